package postgres

import (
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/gpsafety/lfpse-go/lfpse/outbox"
)

// troubles are what errors of the server mean to those who keep the database, by SQLSTATE.
var troubles = map[string]string{
	"53100": "the disk is full",
	"58030": "the disk refuses it",
	"25006": "it may only be read",
	"42501": "its role may not do that, see postgres.Grant",
}

// plainly says what an error means, if that is known.
func plainly(err error) error {
	var refused *pgconn.PgError
	if !errors.As(err, &refused) || troubles[refused.Code] == "" {
		return err
	}
	return fmt.Errorf("%w: %s (%w)", outbox.ErrUnwritable, troubles[refused.Code], err)
}

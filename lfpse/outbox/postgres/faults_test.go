package postgres_test

import (
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/lfpse/outbox/outboxtest"
	"github.com/gpsafety/lfpse-go/lfpse/outbox/postgres/postgrestest"
)

// The server refuses what a transaction writes last, with the error of a full disk, of a
// broken one, and for want of a right.
func TestUnwritable(t *testing.T) {
	for _, c := range []struct{ name, why, breaks, mends string }{
		{"disk full", "the disk is full", refusing("53100"), working},
		{"disk broken", "the disk refuses it", refusing("58030"), working},
		{"read-only", "it may only be read", refusing("25006"), working},
		{"rights", "its role may not do that", `REVOKE INSERT ON lfpse.audit FROM :"role"`, `GRANT INSERT ON lfpse.audit TO :"role"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			db := postgrestest.New(t)
			owner := db.Owned(t)
			app, err := pgx.ParseConfig(db.App)
			require.NoError(t, err)
			run := func(sql string) {
				_, err := owner.Exec(ctx, strings.ReplaceAll(sql, `:"role"`, pgx.Identifier{app.User}.Sanitize()))
				require.NoError(t, err)
			}
			outboxtest.Unwritable(t, db, c.why, func() func() {
				run(c.breaks)
				return func() { run(c.mends) }
			})
		})
	}
}

// refusing has the server refuse each entry of the audit trail with an error.
func refusing(state string) string {
	return `CREATE FUNCTION lfpse.refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'could not extend file' USING ERRCODE = '` + state + `'; END $$;
		CREATE TRIGGER refuse BEFORE INSERT ON lfpse.audit FOR EACH STATEMENT EXECUTE FUNCTION lfpse.refuse()`
}

const working = "DROP FUNCTION lfpse.refuse() CASCADE"

package postgres_test

import (
	"testing"

	"github.com/gpsafety/lfpse-go/lfpse/outbox/outboxtest"
	"github.com/gpsafety/lfpse-go/lfpse/outbox/postgres/postgrestest"
)

func TestMain(m *testing.M) { postgrestest.Main(m) }

func TestStore(t *testing.T) {
	outboxtest.Run(t, func(tb testing.TB) outboxtest.Place { return postgrestest.New(tb) })
}

package postgres_test

import (
	"fmt"
	"os"
	"testing"

	"github.com/gpsafety/lfpse-go/lfpse/outbox/outboxtest"
	"github.com/gpsafety/lfpse-go/lfpse/outbox/postgres/postgrestest"
)

func TestMain(m *testing.M) {
	if os.Getenv(envDatabase) != "" { // a process that a test has started
		if err := work(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	postgrestest.Main(m)
}

func TestStore(t *testing.T) {
	outboxtest.Run(t, func(tb testing.TB) outboxtest.Place { return postgrestest.New(tb) })
}

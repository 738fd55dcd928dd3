package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/gpsafety/lfpse-go/lfpse/outbox/postgres"
	"github.com/gpsafety/lfpse-go/lfpse/outbox/postgres/schedule"
)

type migrateCmd struct {
	Print    bool   `help:"Print the SQL for review, and change nothing. Needs no database."`
	Grant    string `help:"Role that gets the rights that lfpse needs, and no others: it should own nothing there." placeholder:"ROLE"`
	Schedule bool   `help:"The tables of River as well, for programs that use it to send on several machines. Needs --grant. lfpse itself does without."`
}

func (*migrateCmd) Help() string {
	return `Examples:
  lfpse outbox migrate --print
  lfpse outbox migrate --outbox env:OWNER_ADDRESS --grant lfpse_app

Makes the tables of an outbox in a PostgreSQL database, or brings them to this version. They are in a schema of their own, lfpse. Run it once for each version, as the role that is to own the tables. No other command changes them.

Exit codes: 0 done; 2 it could not be done: what is there stays as it is.`
}

// Run migrates the database, or prints how that is done.
func (cmd *migrateCmd) Run(ctx context.Context, c *console, o *outboxCmd) error {
	if cmd.Schedule && cmd.Grant == "" && !cmd.Print {
		return errors.New("--schedule needs --grant ROLE")
	}
	if cmd.Print {
		return cmd.print(c.out)
	}
	address, err := o.Outbox.database()
	switch {
	case err != nil:
		return err
	case address == "":
		return errors.New("an outbox in a file is migrated when it is opened: this command is for one in a PostgreSQL database")
	}
	config, err := pgxpool.ParseConfig(address)
	if err != nil {
		return postgres.ErrAddress
	}
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return err
	}
	defer pool.Close()
	from, to, err := cmd.migrate(ctx, pool)
	if err != nil {
		return err
	}
	return cmd.done(c, o, from, to)
}

func (cmd *migrateCmd) migrate(ctx context.Context, pool *pgxpool.Pool) (from, to int, err error) {
	err = pool.AcquireFunc(ctx, func(conn *pgxpool.Conn) (err error) {
		if from, to, err = postgres.Migrate(ctx, conn.Conn()); err != nil || cmd.Grant == "" {
			return err
		}
		return postgres.Grant(ctx, conn.Conn(), cmd.Grant)
	})
	if err == nil && cmd.Schedule {
		err = schedule.Migrate(ctx, pool, cmd.Grant)
	}
	return from, to, err
}

// done says what was done.
func (cmd *migrateCmd) done(c *console, o *outboxCmd, from, to int) error {
	if o.JSON {
		return writeJSON(c.out, map[string]int{"from": from, "to": to})
	}
	text := fmt.Sprintf("The tables are those of version %d, as before.", to)
	switch {
	case from == 0:
		text = fmt.Sprintf("The database has an outbox now, with the tables of version %d.", to)
	case from < to:
		text = fmt.Sprintf("The tables are those of version %d now; they were of version %d.", to, from)
	}
	if cmd.Grant != "" {
		text += fmt.Sprintf(" The role %s may use them.", clean(cmd.Grant))
	}
	_, err := fmt.Fprintln(c.out, text)
	return err
}

// print prints what is run, so that psql can run it, too.
func (cmd *migrateCmd) print(w io.Writer) error {
	files, grants := postgres.Migrations()
	names, err := fs.Glob(files, "*.sql") // sorted
	if err != nil {
		return err
	}
	var b strings.Builder
	for _, name := range names {
		text, err := fs.ReadFile(files, name)
		if err != nil {
			return err
		}
		fmt.Fprintf(&b, "-- %s\nBEGIN;\n%sCOMMIT;\n\n", name, text)
	}
	b.WriteString(grants)
	if cmd.Schedule {
		river, err := schedule.SQL()
		if err != nil {
			return err
		}
		b.WriteString("\n" + river)
	}
	text := b.String()
	if cmd.Grant != "" {
		text = strings.ReplaceAll(text, `:"role"`, pgx.Identifier{cmd.Grant}.Sanitize())
	}
	_, err = io.WriteString(w, text)
	return err
}

package postgres

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// Finding is one thing that [Check] has looked at.
type Finding struct {
	Subject string // what it is about, in a word or two
	Problem string // empty if all is well
	Remedy  string
	Advice  bool // with a problem: the store works all the same, and somebody should look
}

// Check looks at everything that a store at this address needs, and says of each thing
// whether it is well, and what to do if it is not: the connection, the schema, what the
// role may do and should not, durability, clocks, and the session that shows that a
// process is at work. It takes the arguments of [Open], opens connections of its own and
// changes nothing.
func Check(ctx context.Context, url string, opts ...Option) []Finding {
	var o options
	for _, set := range opts {
		set(&o)
	}
	config, err := pgxpool.ParseConfig(url)
	if err != nil {
		return []Finding{{"address", ErrAddress.Error(), "correct the address in the configuration", false}}
	}
	config.MaxConns = 1
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return []Finding{{"connection", err.Error(), "see whether the database is up, and whether the address is right", false}}
	}
	defer pool.Close()
	c := &checking{ctx: ctx, pool: pool, o: o, direct: config.ConnConfig}
	if !c.note("connection", pool.Ping(ctx), "see whether the database is up, and whether the address and the role are right") ||
		!c.note("schema", checkVersion(ctx, pool), "have the owner of the database migrate it and grant this role its rights, or use the version of lfpse-go that it is for") {
		return c.findings
	}
	c.server()
	c.rights()
	c.note("session", c.liveness(), "set the direct address to that of the database itself, without a connection pooler")
	return c.findings
}

type checking struct {
	ctx      context.Context
	pool     *pgxpool.Pool
	o        options
	direct   *pgx.ConnConfig
	findings []Finding
}

// note adds what was found, and reports whether it is well.
func (c *checking) note(subject string, err error, remedy string) bool {
	f := Finding{Subject: subject}
	if err != nil {
		f.Problem, f.Remedy = err.Error(), remedy
	}
	c.findings = append(c.findings, f)
	return err == nil
}

// advise adds what was found about something without which the store works.
func (c *checking) advise(subject string, err error, remedy string) {
	c.note(subject, err, remedy)
	c.findings[len(c.findings)-1].Advice = err != nil
}

// maxSkew is how far the clocks of a machine and of the database may be apart: what is due
// is told by the clocks of the machines.
const maxSkew = 5 * time.Second

func (c *checking) server() {
	var version int
	var fsync, pages, commit string
	before := time.Now()
	var now time.Time
	err := c.pool.QueryRow(c.ctx, `SELECT current_setting('server_version_num')::int, current_setting('fsync'), current_setting('full_page_writes'),
		current_setting('synchronous_commit'), clock_timestamp()`).Scan(&version, &fsync, &pages, &commit, &now)
	after := time.Now()
	if err == nil && version < 140000 {
		err = fmt.Errorf("the database is PostgreSQL %d, which is too old", version/10000)
	}
	if !c.note("version", err, "use PostgreSQL 14 or later") {
		return
	}
	switch {
	case commit == "off":
		err = errNotDurable
	case fsync != "on" || pages != "on":
		err = fmt.Errorf("the database may lose what it has confirmed when its machine fails: fsync is %s, full_page_writes is %s", fsync, pages)
	}
	c.note("durability", err, "set synchronous_commit, fsync and full_page_writes on")
	err = nil
	if now.Before(before.Add(-maxSkew)) || now.After(after.Add(maxSkew)) {
		err = fmt.Errorf("the clocks of this machine and of the database are %s apart", now.Sub(after).Round(time.Second).Abs())
	}
	c.advise("clock", err, "have both machines keep the time with NTP")
	mark, err := generation(c.ctx, c.pool, c.o.synchronous)
	if err == nil && mark == "" {
		err = errors.New("the database does not say whether it was put back from a backup")
	}
	c.advise("backups", err, "grant the role pg_control_system(), or tell the outbox yourself after a backup was put back")
}

// needed is what grants.sql grants on each table.
var needed = []struct{ table, rights string }{
	{"report", "SELECT INSERT UPDATE DELETE"}, {"payload", "SELECT INSERT UPDATE DELETE"},
	{"draft", "SELECT INSERT UPDATE DELETE"}, {"draft_text", "SELECT INSERT UPDATE DELETE"},
	{"setting", "SELECT INSERT UPDATE"}, {"audit", "SELECT INSERT"}, {"audit_report", "SELECT INSERT"}, {"migration", "SELECT"},
}

func (c *checking) rights() {
	var missing []string
	for _, n := range needed {
		for _, right := range strings.Fields(n.rights) {
			var has bool
			if err := c.pool.QueryRow(c.ctx, "SELECT has_table_privilege($1, $2)", "lfpse."+n.table, right).Scan(&has); err != nil {
				c.note("rights", err, "ask the owner of the database")
				return
			}
			if !has {
				missing = append(missing, right+" on "+n.table)
			}
		}
	}
	var err error
	if len(missing) > 0 {
		err = fmt.Errorf("the role lacks %s", strings.Join(missing, ", "))
	}
	c.note("rights", err, "have the owner of the database run grants.sql for the role")
	c.advise("audit trail", c.excess(), "use a role that owns nothing there and has only what grants.sql gives")
}

// excess says whether the role could change the audit trail.
func (c *checking) excess() error {
	var super, owner, change bool
	err := c.pool.QueryRow(c.ctx, `SELECT rolsuper, pg_has_role(relowner, 'MEMBER'),
			has_table_privilege('lfpse.audit', 'DELETE') OR has_table_privilege('lfpse.audit', 'TRUNCATE') OR has_column_privilege('lfpse.audit', 'act', 'UPDATE')
		FROM pg_roles, pg_class WHERE rolname = current_user AND pg_class.oid = 'lfpse.audit'::regclass`).Scan(&super, &owner, &change)
	switch {
	case err != nil:
		return err
	case super:
		return errors.New("the role is a superuser, who can change the audit trail")
	case owner:
		return errors.New("the role owns the tables, and can change the audit trail")
	case change:
		return errors.New("the role may change entries of the audit trail")
	}
	return nil
}

// liveness opens a session like that of a store, and sees whether others can tell that it
// is there, and that it is gone.
func (c *checking) liveness() error {
	direct := c.direct
	if c.o.direct != "" {
		var err error
		if direct, err = pgx.ParseConfig(c.o.direct); err != nil {
			return ErrAddress
		}
	}
	s, err := openSession(c.ctx, direct)
	if err != nil {
		return err
	}
	there, err := held(c.ctx, c.pool, s.key)
	if failed := s.close(); err == nil {
		err = failed
	}
	if err == nil && !there {
		err = errors.New("the lock of the session is not seen by others: the two addresses are of different databases")
	}
	return err
}

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/gpsafety/lfpse-go/lfpse/endpoint"
	"github.com/gpsafety/lfpse-go/lfpse/internal/display"
	"github.com/gpsafety/lfpse-go/lfpse/printable"
	"github.com/gpsafety/lfpse-go/lfpse/privacy"
	"github.com/gpsafety/lfpse-go/lfpse/taxonomy"
	"github.com/gpsafety/lfpse-go/mapping"
)

type doctorCmd struct {
	taxonomyFlags
	endpointFlags
	To       string            `help:"The url of a sandbox or an endpoint file, as for lfpse submit. It is asked for its abilities; no report is sent." placeholder:"URL|FILE"`
	Outbox   boxPlace          `help:"The outbox: a file, or a PostgreSQL database." env:"LFPSE_OUTBOX" placeholder:"FILE|DATABASE"`
	Key      string            `help:"Key file of the outbox. Default: FILE.key; a database has no default." env:"LFPSE_OUTBOX_KEY" placeholder:"FILE"`
	Endpoint string            `help:"Name of the endpoint, if --to is not given and the outbox has reports for several." placeholder:"NAME"`
	Map      string            `help:"Map file, or the name of a built-in map." placeholder:"FILE|NAME"`
	Privacy  map[string]string `help:"What findings of a privacy class do, as for lfpse submit." placeholder:"CLASS=EFFECT" mapsep:"none"`
	JSON     bool              `name:"json" help:"Print JSON, one object a line."`
}

func (*doctorCmd) Help() string {
	return `Examples:
  lfpse doctor --to endpoint.yaml --outbox outbox.db --map map.yaml
  lfpse doctor --to http://127.0.0.1:8787

It looks at everything that sending depends on, changes nothing and sends no report. Each line says ok, look (somebody should have a look) or wrong (sending does not work, or is not safe), and what to do.

` + databaseHelp + `

Exit codes: 0 nothing is wrong; 1 something is; 2 the command cannot be used.`
}

// verdicts of a check.
const (
	fine  = "ok"
	look  = "look"
	wrong = "wrong"
)

// diagnosis is what was found about one thing that was looked at.
type diagnosis struct {
	Check   string `json:"check"`
	Verdict string `json:"verdict"`
	Text    string `json:"text"`
	Remedy  string `json:"remedy,omitempty"`
}

// checkup collects what was looked at.
type checkup struct{ list []diagnosis }

func (u *checkup) fine(name, format string, args ...any) {
	u.list = append(u.list, diagnosis{name, fine, fmt.Sprintf(format, args...), ""})
}

func (u *checkup) look(name, text, remedy string) {
	u.list = append(u.list, diagnosis{name, look, text, remedy})
}

func (u *checkup) wrong(name, text, remedy string) {
	u.list = append(u.list, diagnosis{name, wrong, text, remedy})
}

// Run looks at everything and prints what it has found.
func (cmd *doctorCmd) Run(ctx context.Context, c *console) error {
	if cmd.To == "sandbox" {
		return errors.New("--to sandbox starts a sandbox, which needs no doctor: give the url of one, or an endpoint file")
	}
	var u checkup
	t := cmd.taxonomy(&u)
	cmd.policy(&u)
	name := cmd.Endpoint
	if cmd.To == "" {
		u.look("endpoint", "Not looked at.", "Name it with --to.")
	} else if ep := cmd.configuration(&u, t); ep != nil {
		name = ep.Config().Name
		u.service(ctx, ep)
	}
	if cmd.Outbox == "" {
		u.look("outbox", "Not looked at.", "Name it with --outbox.")
	} else {
		cmd.outbox(ctx, &u, name)
	}
	return u.print(c.out, cmd.JSON)
}

func (cmd *doctorCmd) taxonomy(u *checkup) *taxonomy.Taxonomy {
	t, err := cmd.load()
	if err != nil {
		u.wrong("taxonomy", err.Error(), "Give another with --taxonomy, or put right what --confirm says.")
		return nil
	}
	u.fine("taxonomy", "version %s of %s, %s not confirmed", t.Version, t.Date, counted(len(t.Unconfirmed()), "element", "elements"))
	return t
}

// policy looks at the map and at what the findings of the privacy screen do.
func (cmd *doctorCmd) policy(u *checkup) {
	if cmd.Map == "" && len(cmd.Privacy) == 0 {
		return
	}
	f := sourceFlags{Map: cmd.Map, Privacy: cmd.Privacy}
	var m *mapping.Map
	var err error
	if m, err = f.definition(); err == nil {
		var policy privacy.Policy
		if policy, err = f.policy(m); err == nil {
			u.privacy(policy)
		}
	}
	if err != nil {
		u.wrong("map", inPlainWords(err), "Put it right in the map; lfpse map shows what becomes of each row.")
	}
}

// configuration looks at the settings of the endpoint.
func (cmd *doctorCmd) configuration(u *checkup, t *taxonomy.Taxonomy) *endpoint.Endpoint {
	if t == nil {
		return nil
	}
	ep, err := cmd.sending(cmd.To, t)
	if err != nil {
		u.wrong("endpoint", inPlainWords(err), "Each line names the setting and what it should be; lfpse rules ID explains a rule.")
		return nil
	}
	c := ep.Config()
	u.fine("endpoint", "%q, %s, %s; its key and certificates can be read", c.Name, c.Environment, c.Host)
	if text := unconfirmed(ep); text != "" {
		u.look("endpoint", text+".", "Ask the LFPSE team whether they are right.")
	}
	if c.Version != t.Version || c.CanonicalBase != t.CanonicalBase {
		u.wrong("taxonomy", fmt.Sprintf("Reports are made for version %s at %s, and the endpoint takes version %s at %s.", t.Version, t.CanonicalBase, c.Version, c.CanonicalBase), "Give the taxonomy of the endpoint with --taxonomy, here and to lfpse submit.")
	}
	if n := len(t.Unconfirmed()); n > 0 && c.Environment != endpoint.Sandbox {
		u.look("taxonomy", fmt.Sprintf("%s not confirmed. A report that uses one is not sent to this endpoint.", counted(n, "element is", "elements are")), "See them with lfpse taxonomy show --unknown, and confirm them with --confirm when the LFPSE team has.")
	}
	return ep
}

// print prints the checks, and returns an error if something is wrong.
func (u *checkup) print(w io.Writer, asJSON bool) error {
	n := map[string]int{}
	for i := range u.list {
		c := &u.list[i]
		n[c.Verdict]++
		var err error
		if asJSON {
			err = writeJSON(w, c)
		} else {
			err = c.print(w)
		}
		if err != nil {
			return err
		}
	}
	text := fmt.Sprintf("%s: %d ok, %d to look at, %d wrong", counted(len(u.list), "check", "checks"), n[fine], n[look], n[wrong])
	if !asJSON {
		fmt.Fprintln(w, "\n"+text)
	}
	if n[wrong] > 0 {
		return attention("something is wrong (exit code 1)")
	}
	return nil
}

// print prints one check: its verdict, what it was about, what was found and what to do.
func (c *diagnosis) print(w io.Writer) error {
	const indent = 20
	var lines []string
	for _, text := range []string{c.Text, c.Remedy} {
		for line := range strings.SplitSeq(text, "\n") {
			if line != "" {
				lines = append(lines, display.Wrap(printable.Line(line), freeWidth, "  ")...)
			}
		}
	}
	_, err := fmt.Fprintf(w, "%-5s  %-11s  %s\n", c.Verdict, c.Check, strings.Join(lines, "\n"+strings.Repeat(" ", indent)))
	return err
}

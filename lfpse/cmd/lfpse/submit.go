package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"

	"github.com/gpsafety/lfpse-go/fhir"
	"github.com/gpsafety/lfpse-go/lfpse/draft"
	"github.com/gpsafety/lfpse-go/lfpse/interview"
	"github.com/gpsafety/lfpse-go/lfpse/outbox"
	"github.com/gpsafety/lfpse-go/lfpse/printable"
	"github.com/gpsafety/lfpse-go/mapping/csvlog"
)

type submitCmd struct {
	sourceFlags
	tableFlags
	endpointFlags
	To       string   `help:"sandbox (a sandbox inside this command, which ends with it), the url of a sandbox, or an endpoint file." required:"" placeholder:"sandbox|URL|FILE"`
	Outbox   boxPlace `help:"File, or PostgreSQL database, that keeps what is to be sent, was sent and came of it, so that no event is sent twice. One outbox serves any number of logs. Required for an endpoint file; without it, a sandbox gets one that is removed at the end." env:"LFPSE_OUTBOX" placeholder:"FILE|DATABASE"`
	Key      string   `help:"Key file of the outbox, with which it keeps the texts of the reports encrypted. Default: FILE.key, which is made with the outbox; a database has no default." env:"LFPSE_OUTBOX_KEY" placeholder:"FILE"`
	Name     string   `name:"source" help:"Name of the log in the outbox. Default: the name of the file without folder and extension. It must stay the same: under another name its rows are other events." placeholder:"NAME"`
	Practice string   `help:"ODS code of the practice whose log it is. It must stay the same. Default: the reporter organisation that --set or the map states for the whole log; if a column states it, that of each row." placeholder:"CODE"`
	limitFlags
	JSON bool `help:"Print one JSON object per row, with its findings, and one with the totals and the warnings about the log." name:"json"`
}

func (*submitCmd) Help() string {
	return `Examples:
  lfpse submit incidents.csv --map map.yaml --to sandbox
  lfpse submit incidents.csv --map map.yaml --to http://127.0.0.1:8787 --outbox outbox.db
  lfpse submit incidents.csv --map map.yaml --to endpoint.yaml --outbox outbox.db --confirm confirmed.json

Every row that is ready is first put into the outbox, then sent. The same command again sends nothing twice: a row that has changed is sent as an update of its record, and one that waits is sent. What only a person can say is asked, with the command that answers: whether a row is an event that is known when its reference was used before, or its text is known under another reference. lfpse outbox --help has the other commands.

` + databaseHelp + `

Keep these the same from one time to the next, because an event is known by them: the name of the log (--source), the practice (--practice), and the name in the endpoint file. Rows are known by their reference, day and type, those without a reference by their content: when such a row changes, it is another event, and what was recorded of it before is listed as not in the log any more. So give every row a reference.

The first report goes alone. If the service does not take it for a reason that would hold for the next, nothing more is sent: the others wait in the outbox. A first Ctrl-C lets what is on its way come to its end; a second one ends the command at once.

Exit codes: 0 nothing is left to do; 1 something waits for a person; 2 the command or a file cannot be used; 3 an event was not delivered, or may not have been, or the outbox cannot be written. Warnings about rows that were sent are shown beside them and counted in the last line; they do not change the exit code. See them before you send with: lfpse map

An endpoint file, in YAML; go doc github.com/gpsafety/lfpse-go/lfpse/endpoint has all of its keys:
  name: LFPSE test
  environment: test
  host: https://lfpse.example
  canonicalBase: https://lfpse.example/taxonomy/fhir/
  version: 6
  key: {file: key}`
}

// Run submits what is ready and accounts for every row exactly once.
func (cmd *submitCmd) Run(ctx context.Context, c *console) error {
	if cmd.JSON {
		if err := cmd.refuse("--json"); err != nil {
			return err
		}
	}
	if err := cmd.usable(); err != nil {
		return err
	}
	if cmd.Source == "-" && cmd.Name == "" && cmd.Outbox != "" {
		return errors.New("--source NAME is needed with standard input: the outbox knows the rows of a log by its name")
	}
	if cmd.Practice != "" && !fhir.ValidODSCode(strings.ToUpper(cmd.Practice)) {
		return fmt.Errorf("--practice: %s is no ODS code, which has %s", quoted(cmd.Practice), fhir.ODSCodeForm)
	}
	s, err := cmd.open(c)
	if err != nil {
		return err
	}
	defer s.close()
	to, err := cmd.service(ctx, s.builder.Codec().Taxonomy())
	if err != nil {
		return err
	}
	defer to.close()
	t := &transfer{cmd: cmd, console: c, source: s, service: to, heard: newHeard(to.client)}
	t.box, err = cmd.openBox(ctx, c, to.client.Endpoint().Config().Name, cmd.limits(to.client), outbox.WithObserver(t.took))
	if err != nil {
		return err
	}
	defer t.box.close()
	if to.server != nil {
		if err := remember(ctx, to.server.Sandbox(), t.box.Outbox); err != nil {
			return err
		}
	}
	return t.run(ctx)
}

// transfer takes the rows of a log into the outbox, sends what is due, and prints what
// became of each row in the order of the log.
type transfer struct {
	cmd     *submitCmd
	console *console
	source  *source
	service *service
	heard   *heard
	box     *box
	bar     *progress
	out     *rowPrinter

	mu      sync.Mutex
	rows    []row
	printed int           // rows that are printed
	at      map[int64]int // the row of a report
	line    outbox.Line
	doubt   bool // the first report may have been recorded or not, so no other was sent
}

func (t *transfer) run(ctx context.Context) error {
	in := &intake{
		box: t.box, teller: t.source.teller, source: t.cmd.logName(), practice: strings.ToUpper(cmp.Or(t.cmd.Practice, t.source.practice)),
		imports: map[string]*outbox.Import{}, batch: map[string]*batch{}, other: map[int64]bool{},
	}
	t.bar = newProgress(t.console.err, t.source.size, rows)
	t.out = newRowPrinter(t.bar.before(t.console.out), t.cmd)
	t.out.totals.source, t.out.guide = t.cmd.sourceName(), t.source.guide
	t.out.totals.Privacy = weaker(t.source.builder.Form().Policy())
	unread := in.read(ctx, t.source, t.cmd.workers(), func() { t.bar.row(t.source.read()) })
	var gone []result
	if unread == nil {
		gone, unread = in.gone(context.WithoutCancel(ctx))
	}
	t.begin(in)
	var broken outboxError
	var err error
	if !errors.As(unread, &broken) {
		t.line, t.doubt, err = t.box.deliver(ctx, t.heard, t.cmd.Rate)
	}
	t.rest(ctx)
	t.bar.hide()
	return t.end(ctx, gone, unread, cmp.Or(err, broken.error))
}

// begin prints the rows that are done before anything is sent.
func (t *transfer) begin(in *intake) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.rows, t.at = in.rows, map[int64]int{}
	t.bar.restart()
	for i := range t.rows {
		if !t.rows[i].done {
			t.at[t.rows[i].report] = i
		}
	}
	t.print()
}

// print prints the rows of which everything is known, as far as those before them are
// printed.
func (t *transfer) print() {
	for t.printed < len(t.rows) && t.rows[t.printed].done {
		t.out.add(t.rows[t.printed].result)
		t.rows[t.printed] = row{}
		t.printed++
		t.bar.row(0)
	}
}

// took takes in what came of an attempt, which may be about a row of another log.
func (t *transfer) took(report outbox.Report) {
	t.mu.Lock()
	defer t.mu.Unlock()
	a := t.heard.take(&report)
	i, ours := t.at[report.ID]
	if !ours {
		t.out.other(report.State)
		return
	}
	r := &t.rows[i]
	r.Details = nil
	t.box.attempted(&r.result, &report, a)
	if r.done = report.State != draft.Pending; r.done {
		delete(t.at, report.ID)
		t.print()
	}
}

// rest accounts for the rows that have not been sent, or of which it could not be stored
// what came.
func (t *transfer) rest(ctx context.Context) {
	kept := context.WithoutCancel(ctx)
	pauses, _ := t.box.Pauses(kept)
	t.mu.Lock()
	defer t.mu.Unlock()
	for i := range t.rows {
		r := &t.rows[i]
		if i < t.printed || r.done {
			continue
		}
		r.done = true
		report, err := t.box.Get(kept, r.report)
		switch {
		case err != nil:
			r.State, r.Details = draft.Unknown, []remark{said("What became of it cannot be read from the outbox.")}
		case report.State == draft.Sending:
			t.box.tell(&r.result, &report)
			r.Details = t.unnoted(&report)
		case report.State == draft.Pending && ctx.Err() != nil:
			r.State, r.Details = draft.Pending, append(r.Details, said("The command was interrupted before it was sent; it waits in the outbox."))
		case report.State == draft.Pending:
			t.box.tell(&r.result, &report)
			r.Details = append(r.Details, t.box.waits(&report, &t.line, pauses)...)
		default:
			t.box.tell(&r.result, &report)
		}
	}
	t.print()
}

// unnoted says what the service answered to an attempt whose outcome could not be stored.
func (t *transfer) unnoted(report *outbox.Report) []remark {
	a := t.heard.take(report)
	if a.receipt.ID == "" {
		return slices.Concat(a.details(), []remark{said("What came of it could not be stored: it may have been recorded.")}, t.box.howToSettle(report))
	}
	text := fmt.Sprintf("The service has recorded it%s, but that could not be stored.", inBrackets(a.receipt.ReferenceNumber))
	return append([]remark{said(text)}, t.box.try("When the outbox can be written again", "settle %d --found %s", report.ID, a.receipt.ID)...)
}

// end prints the totals and what to do next, and returns the error of the command.
func (t *transfer) end(ctx context.Context, gone []result, unread, broken error) error {
	line := t.box.ended(&t.line, t.doubt)
	if err := t.out.end(t.service.describe(t.cmd.Outbox != ""), t.source.warnings(), gone, line); err != nil {
		return err
	}
	printWarnings(t.console.err, t.source.warnings())
	switch {
	case broken != nil:
		return &exit{exitDelivery, fmt.Errorf("%w\nWhat was sent until then is shown above; nothing more was sent (exit code 3)", broken)}
	case unread != nil && ctx.Err() != nil:
		return &exit{exitDelivery, errors.New("interrupted: the rows before that are listed; those after it have not been read (exit code 3)")}
	case unread != nil:
		return fmt.Errorf("%s: %w\nThe rows before that are listed; those after it have not been read", t.cmd.Source, unread)
	}
	return verdict(t.console.err, &t.out.totals, t.cmd.tableFlags, t.cmd.steps(&t.out.totals, t.box))
}

// outboxWords are the flags that name the outbox, for commands to copy.
func (cmd *submitCmd) outboxWords() string {
	words := " --outbox " + cmd.Outbox.word()
	if cmd.Key != "" {
		words += " --key " + quoted(cmd.Key)
	}
	return words
}

// rowPrinter prints what became of the rows: as a table, or as one JSON object per result,
// as they come, and one with the totals.
type rowPrinter struct {
	cmd    *submitCmd
	w      io.Writer
	table  *table // nil: JSON
	guide  *interview.Guide
	totals totals
	err    error // of writing; what is sent is sent all the same
}

func newRowPrinter(w io.Writer, cmd *submitCmd) *rowPrinter {
	if cmd.JSON {
		return &rowPrinter{cmd: cmd, w: w}
	}
	return &rowPrinter{cmd: cmd, w: w, table: newTable(w, cmd.tableFlags, "LFPSE REFERENCE OR WHAT TO DO", true)}
}

func (o *rowPrinter) add(r result) {
	o.totals.add(&r)
	if o.table != nil {
		o.err = cmp.Or(o.err, o.table.add(r))
	} else {
		o.err = cmp.Or(o.err, writeJSON(o.w, &r))
	}
}

// other counts a report of another log that was sent, too.
func (o *rowPrinter) other(s draft.State) {
	if o.totals.Others == nil {
		o.totals.Others = map[draft.State]int{}
	}
	o.totals.Others[s]++
}

// end prints the totals. Warnings about the log as a whole are part of the JSON form;
// beside the table they are printed by themselves.
func (o *rowPrinter) end(endpoint string, log []csvlog.Finding, gone []result, line string) error {
	o.totals.Gone = len(gone)
	if o.table == nil {
		for i := range gone {
			o.err = cmp.Or(o.err, writeJSON(o.w, &gone[i]))
		}
		last := map[string]any{"totals": &o.totals}
		if len(log) > 0 {
			last["log"] = log
		}
		if line != "" {
			last["line"] = line
		}
		return cmp.Or(o.err, writeJSON(o.w, last))
	}
	if err := cmp.Or(o.err, o.table.end(), o.table.more(o.goneHeading(), gone), o.totals.explain(o.w, o.guide, o.cmd.tableFlags)); err != nil {
		return err
	}
	text := o.totals.summary() + "\nEndpoint: " + printable.Text(endpoint)
	if line != "" {
		text += "\n" + printable.Text(line)
	}
	if o.totals.States[draft.Unknown] > 0 {
		text += fmt.Sprintf("\n%s means: %s.", draft.Unknown, draft.Unknown.Meaning())
	}
	_, err := fmt.Fprintln(o.w, "\n"+o.cmd.wrapped(o.w, text))
	return err
}

// goneHeading stands above the reports that the log does not have, as far as it can be
// read.
func (o *rowPrinter) goneHeading() string {
	if o.totals.States[draft.Invalid] > 0 {
		return "Not found in the log (they may be among the rows that cannot be read):"
	}
	return "Not in the log any more:"
}

// steps says what to do next. The last line counts the rows that were sent although
// there are warnings about them.
func (cmd *submitCmd) steps(t *totals, b *box) []string {
	steps := cmd.sourceFlags.steps(t, false)
	step := func(n int, one, many, text string) {
		if n > 0 {
			steps = append(steps, counted(n, one, many)+": "+text)
		}
	}
	list := "an outbox (--outbox FILE) keeps such a question until somebody answers it."
	if b.lasts {
		list = "this shows them, with the commands that go on from there:\n    lfpse outbox ls" + cmd.outboxWords()
	}
	step(t.Asked, "row may be an event that is known, and was not sent", "rows may be events that are known, and were not sent", list)
	step(t.Kept, "row is held in the outbox", "rows are held in the outbox", list)
	step(t.Stands, "row that is not sent now was recorded before, and its record stands", "rows that are not sent now were recorded before, and their records stand", "if that is not right, withdraw it.")
	step(t.Gone, "report is not in the log any more, and its record stands or may stand", "reports are not in the log any more, and their records stand or may stand", "if that is not right, withdraw it.")
	sent := "read them; if one is right, correct the row and run the same command again, which sends the change."
	if !b.lasts {
		sent = "read them; if one is right, correct the row."
	}
	if b.lasts && len(steps) > 0 && t.States[draft.Pending]+t.States[draft.Unknown]+t.Asked+t.Kept+t.Stands+t.Gone > 0 {
		steps = append(steps, "To each command that begins with lfpse outbox, add:"+cmd.outboxWords())
	}
	step(t.Warned, "row with warnings was sent", "rows with warnings were sent", sent)
	return steps
}

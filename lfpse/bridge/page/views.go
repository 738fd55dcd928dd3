package page

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gpsafety/lfpse-go/fhir"
	"github.com/gpsafety/lfpse-go/lfpse"
	"github.com/gpsafety/lfpse-go/lfpse/client"
	"github.com/gpsafety/lfpse-go/lfpse/draft"
	"github.com/gpsafety/lfpse-go/lfpse/outbox"
	"github.com/gpsafety/lfpse-go/lfpse/sheet"
)

// overview is the front page: the line, the queue by practice and state, and the flow.
func (p *Page) overview(r *http.Request, user *User) (view, error) {
	line, err := p.Outbox.Line(r.Context())
	if err != nil {
		return view{}, err
	}
	pauses, err := p.Outbox.Pauses(r.Context())
	if err != nil {
		return view{}, err
	}
	counts, err := p.Outbox.Count(r.Context())
	if err != nil {
		return view{}, err
	}
	drafts, err := p.Outbox.CountDrafts(r.Context())
	if err != nil {
		return view{}, err
	}
	flow, err := p.flow(r.Context())
	if err != nil {
		return view{}, err
	}
	data := overviewData{Line: line, Open: line.Open(p.Clock()), LineText: lineText(line, p.Clock()), Flow: flow}
	data.MayResume = user != nil && user.Role.May(outbox.ActResume) && !data.Open
	data.MayPause = user != nil && user.Role.May(outbox.ActPause)
	for i, c := range slices.Concat(drafts, counts) {
		if user != nil && !user.Sees(c.Practice) {
			continue
		}
		link := "/reports?" + url.Values{"practice": {c.Practice}, "state": {c.State}}.Encode()
		if i < len(drafts) {
			link = "/drafts"
		}
		data.add(c, link, pauses, p.Clock())
	}
	return view{template: "overview", Title: "What waits and what was recorded", Data: data}, nil
}

type overviewData struct {
	Line                outbox.Line
	Open                bool
	LineText            string
	MayResume, MayPause bool
	Practices           []practiceRow
	Waits               int
	Flow                flow
}

// practiceRow is one practice in the table of the front page.
type practiceRow struct {
	Practice string
	Paused   string // since when, and by whom
	Counts   []countCell
}

type countCell struct {
	State draft.State
	Link  string
	N     int
	Age   string
	Waits bool // for a person
}

func (d *overviewData) add(c outbox.Count, link string, pauses map[string]outbox.Pause, now time.Time) {
	i := slices.IndexFunc(d.Practices, func(r practiceRow) bool { return r.Practice == c.Practice })
	if i < 0 {
		row := practiceRow{Practice: c.Practice}
		if pause, ok := pauses[c.Practice]; ok {
			row.Paused = "since " + clock(pause.Since) + " by " + pause.By
		}
		d.Practices, i = append(d.Practices, row), len(d.Practices)
	}
	cell := countCell{State: draft.State(c.State), Link: link, N: c.N}
	if cell.Waits = cell.State.Waits(); cell.Waits {
		d.Waits += c.N
	}
	if !cell.State.Final() {
		cell.Age = age(now.Sub(c.Oldest))
	}
	d.Practices[i].Counts = append(d.Practices[i].Counts, cell)
}

// lineText says in a sentence why nothing is sent.
func lineText(l outbox.Line, now time.Time) string {
	switch {
	case l.Stopped != "":
		return "Nothing is sent since " + clock(l.Since) + ". " + reasonText(l.Stopped)
	case l.Probe:
		return "The service cannot be reached or does not answer. It is asked again at " + clock(l.Until) + "; reports wait until then."
	case now.Before(l.Until):
		return "The service has asked to wait. Reports are sent again from " + clock(l.Until) + " on."
	}
	return ""
}

// reasonText spells out why an attempt did not end in accepted.
func reasonText(reason string) string {
	switch reason {
	case "":
		return ""
	case "restored-from-backup":
		return "A backup was put back: say of each unknown report whether it was recorded, then resume."
	case "process-ended":
		return "The program ended while the report was being sent."
	case "text-unusable":
		return "Its text has been purged or cannot be used: send the event from its source again."
	}
	if text := client.Reason(reason).Error(); text != reason {
		return text
	}
	return strings.ReplaceAll(reason, "-", " ")
}

// pageSize is how many reports one page lists.
const pageSize = 50

type reportsData struct {
	State, Practice string
	Reports         []reportRow
	Next            int64
	States          []draft.State
}

type reportRow struct {
	outbox.Report
	Age    string
	Reason string
}

// reports lists reports, those that came first at the top.
func (p *Page) reports(r *http.Request, user *User) (view, error) {
	q := r.URL.Query()
	after, _ := strconv.ParseInt(q.Get("after"), 10, 64)
	data := reportsData{State: q.Get("state"), Practice: q.Get("practice"), States: draft.States()}
	f := outbox.Filter{Practice: data.Practice, After: after, Limit: pageSize}
	if data.State != "" {
		f.States = []string{data.State}
	}
	found, err := p.Outbox.List(r.Context(), f)
	if err != nil {
		return view{}, err
	}
	if len(found) == pageSize {
		data.Next = found[pageSize-1].ID
	}
	for i := range found {
		if user == nil || user.Sees(found[i].Practice) {
			data.Reports = append(data.Reports, reportRow{found[i], age(p.Clock().Sub(found[i].Changed)), reasonText(found[i].Reason)})
		}
	}
	return view{template: "reports", Title: "Reports", Data: data}, nil
}

type reportData struct {
	reportRow
	Meaning string
	Acts    []actForm
	MayRead bool
	Other   *outbox.Report
	History []historyRow
	Text    []sheet.Section // set when somebody has asked for it
	Purged  bool
}

type historyRow struct {
	outbox.Entry
	Meaning, Reason string
}

// find returns the report of a request, if the user may see it.
func (p *Page) find(r *http.Request, user *User) (outbox.Report, error) {
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil {
		return outbox.Report{}, notFound
	}
	report, err := p.Outbox.Get(r.Context(), id)
	if err != nil || user != nil && !user.Sees(report.Practice) {
		return outbox.Report{}, notFound
	}
	return report, nil
}

func (p *Page) report(r *http.Request, user *User) (view, error) {
	report, err := p.find(r, user)
	if err != nil {
		return view{}, err
	}
	data := reportData{reportRow: reportRow{report, age(p.Clock().Sub(report.Changed)), reasonText(report.Reason)}, Meaning: report.State.Meaning()}
	if report.Question != "" {
		data.Meaning = "a person has to say which event it is about, and nothing is sent until then"
	}
	if user != nil {
		data.Acts, data.MayRead = forms(&report, user.Role), user.Role.May(outbox.ActRead)
	}
	if report.Other != 0 {
		if other, err := p.Outbox.Get(r.Context(), report.Other); err == nil {
			data.Other = &other
		}
	}
	entries, err := p.Outbox.Audit(r.Context(), outbox.AuditFilter{Report: report.ID, Limit: 200})
	for _, e := range entries {
		data.History = append(data.History, historyRow{e, e.Act.Meaning(), reasonText(e.Facts["reason"])})
	}
	return view{template: "report", Title: fmt.Sprintf("Report %d", report.ID), Data: data}, err
}

// text shows a report with its text. That somebody has read it is in the audit trail, so it
// is asked for by a form.
func (p *Page) text(r *http.Request, user *User) (view, error) {
	if user == nil {
		return view{}, errSignIn
	}
	report, err := p.find(r, user)
	if err != nil {
		return view{}, err
	}
	body, err := p.Outbox.Text(r.Context(), outbox.By{ID: user.ID, Role: user.Role}, report.ID)
	if err != nil {
		return view{}, err
	}
	v, err := p.report(r, user)
	if err != nil {
		return view{}, err
	}
	data := v.Data.(reportData)
	if data.Purged = body == nil; !data.Purged {
		event, _ := fhir.Decode(body)
		if event != nil {
			e, _ := p.Builder.Codec().Decode(event)
			data.Text = sheet.New(p.Builder.Codec(), &e).Sections
		}
	}
	v.Data = data
	return v, nil
}

type auditData struct {
	Entries []historyRow
	Next    int64
}

func (p *Page) audit(r *http.Request, user *User) (view, error) {
	if user == nil || user.Role != outbox.Manager && user.Role != outbox.Operator {
		return view{}, &httpError{http.StatusForbidden, "You may not see this", "The audit trail is for managers and operators."}
	}
	after, _ := strconv.ParseInt(r.URL.Query().Get("after"), 10, 64)
	entries, err := p.Outbox.Audit(r.Context(), outbox.AuditFilter{After: after, Limit: pageSize})
	data := auditData{}
	for _, e := range entries {
		if e.Practice == "" || user.Sees(e.Practice) {
			data.Entries = append(data.Entries, historyRow{e, e.Act.Meaning(), reasonText(e.Facts["reason"])})
		}
	}
	if len(entries) == pageSize {
		data.Next = entries[pageSize-1].Seq
	}
	return view{template: "audit", Title: "Audit trail", Data: data}, err
}

// london is where the practices are.
var london = lfpse.London()

func clock(t time.Time) string { return t.In(london).Format("2 Jan 2006 15:04") }

// age says how long something has been so, in its largest unit.
func age(d time.Duration) string {
	for _, u := range []struct {
		size time.Duration
		name string
	}{{24 * time.Hour, "day"}, {time.Hour, "hour"}, {time.Minute, "minute"}} {
		if n := int(d / u.size); n > 0 {
			if n > 1 {
				u.name += "s"
			}
			return fmt.Sprintf("%d %s", n, u.name)
		}
	}
	return "less than a minute"
}

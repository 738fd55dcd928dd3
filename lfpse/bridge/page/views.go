package page

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/gpsafety/lfpse-go/fhir"
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
	Age string
	Why string // it is not recorded
}

// reports lists reports, those that came first at the top.
func (p *Page) reports(r *http.Request, user *User) (view, error) {
	q := r.URL.Query()
	after, _ := strconv.ParseInt(q.Get("after"), 10, 64)
	data := reportsData{State: q.Get("state"), Practice: q.Get("practice"), States: draft.States()}
	f := outbox.Filter{Practice: data.Practice, Limit: pageSize}
	if data.State != "" {
		f.States = []string{data.State}
	}
	found, next, err := pageOf(after, func(after int64) ([]outbox.Report, error) {
		f.After = after
		return p.Outbox.List(r.Context(), f)
	}, func(report *outbox.Report) (int64, bool) { return report.ID, user == nil || user.Sees(report.Practice) })
	data.Next = next
	for i := range found {
		data.Reports = append(data.Reports, reportRow{found[i], age(p.Clock().Sub(found[i].Changed)), found[i].Why()})
	}
	return view{template: "reports", Title: "Reports", Data: data}, err
}

// pageOf reads on until a page is full of what somebody may see, and says after which number
// the next one begins; 0 if there is none. look returns the number of one and whether it is
// shown.
func pageOf[T any](after int64, read func(after int64) ([]T, error), look func(*T) (number int64, seen bool)) (page []T, next int64, err error) {
	for {
		found, err := read(after)
		if err != nil {
			return nil, 0, err
		}
		for i := range found {
			number, seen := look(&found[i])
			if after = number; !seen {
				continue
			}
			if page = append(page, found[i]); len(page) == pageSize {
				return page, after, nil
			}
		}
		if len(found) < pageSize {
			return page, 0, nil
		}
	}
}

type reportData struct {
	reportRow
	Meaning string
	Acts    []actForm
	MayRead bool
	Other   *outbox.Report
	History []outbox.Entry
	Refused bool         // by the service, which may have said more
	Said    []string     // by the service; set, as Text is, when somebody has asked for it
	Text    *sheet.Sheet // what the report says
	Purged  bool
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
	data := reportData{reportRow: reportRow{report, age(p.Clock().Sub(report.Changed)), report.Why()}, Meaning: report.Meaning()}
	data.Refused = report.State == draft.Rejected
	if user != nil {
		data.Acts, data.MayRead = forms(&report, user.Role), user.Role.May(outbox.ActRead)
	}
	if report.Other != 0 {
		if other, err := p.Outbox.Get(r.Context(), report.Other); err == nil {
			data.Other = &other
		}
	}
	data.History, err = p.Outbox.Audit(r.Context(), outbox.AuditFilter{Report: report.ID, Limit: 200})
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
	body, err := p.Outbox.Text(r.Context(), user.By(), report.ID)
	if err != nil {
		return view{}, err
	}
	said, err := p.Outbox.Said(r.Context(), user.By(), report.ID)
	if err != nil {
		return view{}, err
	}
	v, err := p.report(r, user)
	if err != nil {
		return view{}, err
	}
	data := v.Data.(reportData)
	data.Said = said
	if data.Purged = body == nil; !data.Purged {
		event, _ := fhir.Decode(body)
		if event != nil {
			e, _ := p.Builder.Codec().Decode(event)
			says := p.sheet(&e)
			data.Text = &says
		}
	}
	v.Data = data
	return v, nil
}

type auditData struct {
	Entries []outbox.Entry
	Next    int64
}

func (p *Page) audit(r *http.Request, user *User) (view, error) {
	if user == nil || user.Role != outbox.Manager && user.Role != outbox.Operator {
		return view{}, &httpError{http.StatusForbidden, "You may not see this", "The audit trail is for managers and operators."}
	}
	after, _ := strconv.ParseInt(r.URL.Query().Get("after"), 10, 64)
	data := auditData{}
	var err error
	data.Entries, data.Next, err = pageOf(after, func(after int64) ([]outbox.Entry, error) {
		return p.Outbox.Audit(r.Context(), outbox.AuditFilter{After: after, Limit: pageSize})
	}, func(e *outbox.Entry) (int64, bool) { return e.Seq, e.Practice == "" || user.Sees(e.Practice) })
	return view{template: "audit", Title: "Audit trail", Data: data}, err
}

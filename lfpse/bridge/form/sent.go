package form

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"

	"github.com/gpsafety/lfpse-go/lfpse/bridge/page"
	"github.com/gpsafety/lfpse-go/lfpse/draft"
	"github.com/gpsafety/lfpse-go/lfpse/outbox"
)

// mostSent is how many of their reports somebody is shown.
const mostSent = 50

// sentRow is a report in the list of whoever has filled it in.
type sentRow struct {
	outbox.Report
	Title, Meaning string
}

// sent lists the reports that somebody has filled in, the last first.
func (s *site) sent(w http.ResponseWriter, r *http.Request, user *page.User) error {
	drafts, err := s.page.Outbox.Drafts(r.Context(), outbox.DraftFilter{Source: Source, Assigned: user.ID, States: []string{string(draft.Ready)}, Closed: true})
	if err != nil {
		return err
	}
	drafts = slices.DeleteFunc(drafts, func(d outbox.Draft) bool { return s.practice(user, d.Practice) == nil })
	slices.Reverse(drafts)
	var rows []sentRow
	for _, d := range drafts[:min(len(drafts), mostSent)] {
		report, err := s.page.Outbox.Get(r.Context(), d.Report)
		if err != nil {
			return err
		}
		rows = append(rows, sentRow{report, titleOf(&report.Identity), report.Meaning()})
	}
	return s.show(w, r, "reports", "Your reports", struct {
		Reports []sentRow
		More    bool
	}{rows, len(drafts) > mostSent})
}

// receipt says what has become of a report.
func (s *site) receipt(w http.ResponseWriter, r *http.Request, user *page.User) error {
	id, err := strconv.ParseInt(r.PathValue("report"), 10, 64)
	if err != nil {
		return page.ErrNotFound
	}
	report, err := s.page.Outbox.Get(r.Context(), id)
	if err != nil || report.Source != Source || s.practice(user, report.Practice) == nil {
		return page.ErrNotFound
	}
	title, waits := "The report waits to be sent", report.State.Waits()
	if report.State == draft.Accepted {
		title = "The report was recorded"
	} else if waits {
		title = "The report needs somebody to look at it"
	}
	where := fmt.Sprintf("/reports/%d", report.ID)
	if s.page.Alone {
		where = ""
	}
	return s.show(w, r, "sent", title, struct {
		outbox.Report
		Meaning, Why string
		Waits        bool   // for a person
		Where        string // what has to be done is shown; empty if no page shows it
	}{report, report.Meaning(), report.Why(), waits, where})
}

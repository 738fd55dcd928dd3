package bridge

import (
	"encoding/csv"
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/gpsafety/lfpse-go/lfpse/outbox"
)

// exportPage is how many reports are read at once.
const exportPage = 500

// getReceipts exports what has become of the reports of a practice, or of all practices of
// the caller, in the order in which they came in.
func (b *Bridge) getReceipts(w http.ResponseWriter, r *http.Request, run *run, c *caller) *problem {
	q := r.URL.Query()
	f := outbox.Filter{Practice: q.Get("practice"), Limit: exportPage}
	if f.Practice != "" && !c.may(run.setup, f.Practice) {
		return problemOf(http.StatusForbidden, "practice", "The caller may not see this practice.", "")
	}
	if after := q.Get("after"); after != "" {
		var err error
		if f.After, err = strconv.ParseInt(after, 10, 64); err != nil || f.After < 0 {
			return problemOf(http.StatusBadRequest, "after", "The parameter after is not the id of a report.", "")
		}
	}
	out := exporterFor(w, r)
	if out == nil {
		return problemOf(http.StatusBadRequest, "format", "The parameter format is neither csv nor ndjson.", "")
	}
	w.Header().Set("Cache-Control", "no-store")
	for {
		page, err := run.box.List(r.Context(), f)
		if err != nil {
			b.log.Error("an export was broken off", "error", plain(err))
			panic(http.ErrAbortHandler) // so that the caller notices that it is not whole
		}
		for i := range page {
			if f.After = page[i].ID; c.may(run.setup, page[i].Practice) {
				s := statusOf(&page[i])
				if out.write(&s) != nil {
					return nil // the caller does not listen any more
				}
			}
		}
		if len(page) < exportPage {
			out.end()
			return nil
		}
	}
}

// exporterFor begins an export in the format that is asked for; nil if there is no such.
func exporterFor(w http.ResponseWriter, r *http.Request) exporter {
	switch format := r.URL.Query().Get("format"); {
	case format == "csv" || format == "" && strings.Contains(r.Header.Get("Accept"), "text/csv"):
		w.Header().Set("Content-Type", "text/csv; charset=utf-8")
		return newCSVExport(w)
	case format == "ndjson" || format == "":
		w.Header().Set("Content-Type", "application/x-ndjson")
		return ndjsonExport{json.NewEncoder(w)}
	}
	return nil
}

// exporter writes receipts in one format.
type exporter interface {
	write(*Status) error
	end()
}

type ndjsonExport struct{ *json.Encoder }

func (e ndjsonExport) write(s *Status) error { return e.Encode(s) }
func (ndjsonExport) end()                    {}

// csvExport writes receipts for spreadsheets.
type csvExport struct{ *csv.Writer }

func newCSVExport(w io.Writer) csvExport {
	e := csvExport{csv.NewWriter(w)}
	_ = e.Write([]string{"id", "practice", "source", "reference", "day", "type", "state", "national reference", "record", "version", "recorded", "reason", "added", "changed"})
	return e
}

func (e csvExport) write(s *Status) error {
	line := []string{
		strconv.FormatInt(s.ID, 10), s.Practice, s.Source, s.Reference, string(s.Day), string(s.Type), string(s.State), s.National, s.RecordID, s.Version,
		when(s.Recorded), s.Reason, when(s.Added), when(s.Changed),
	}
	for i := range line {
		line[i] = cell(line[i])
	}
	return e.Write(line)
}

func (e csvExport) end() { e.Flush() }

func when(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

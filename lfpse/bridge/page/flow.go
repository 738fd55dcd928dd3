package page

import (
	"context"
	"html/template"
	"strings"
	"time"

	"github.com/gpsafety/lfpse-go/lfpse"
	"github.com/gpsafety/lfpse-go/lfpse/draft"
	"github.com/gpsafety/lfpse-go/lfpse/sheet"
)

// flowHours is how far the picture of the flow goes back.
const flowHours = 24

// flow is what came in and what was recorded, hour by hour, the last hour at the end.
type flow struct {
	Hours []flowHour
	Top   int
}

type flowHour struct {
	From            string
	Added, Recorded int
	// the bars of the picture: the left edge, and heights of 100 at most
	X, AddedHeight, RecordedHeight, AddedY, RecordedY int
}

func (p *Page) flow(ctx context.Context) (f flow, err error) {
	now := p.Clock().In(london).Truncate(time.Hour)
	since := now.Add(-(flowHours - 1) * time.Hour)
	counts, err := p.Outbox.Flow(ctx, since)
	if err != nil {
		return f, err
	}
	for i := range flowHours {
		from := since.Add(time.Duration(i) * time.Hour)
		c := counts[from.UTC()]
		f.Hours = append(f.Hours, flowHour{From: from.Format("15:04"), Added: c.Added, Recorded: c.Recorded})
		f.Top = max(f.Top, c.Added, c.Recorded)
	}
	for i := range f.Hours {
		h := &f.Hours[i]
		h.X = 26 * i
		h.AddedHeight, h.RecordedHeight = height(h.Added, f.Top), height(h.Recorded, f.Top)
		h.AddedY, h.RecordedY = 100-h.AddedHeight, 100-h.RecordedHeight
	}
	return f, nil
}

func height(n, top int) int {
	if n == 0 {
		return 0
	}
	return max(1, 100*n/top)
}

// templateFuncs are for the templates.
var templateFuncs = template.FuncMap{
	"clock":   clock,
	"day":     day,
	"kind":    func(t lfpse.EventType) string { return strings.ReplaceAll(string(t), "-", " ") },
	"label":   sheet.Label,
	"capital": capital,
	"add":     func(a, b int) int { return a + b },

	"askClinician": func() string { return draft.AskClinician },
}

func parse() (map[string]*template.Template, error) {
	all := map[string]*template.Template{}
	for _, name := range []string{"overview", "reports", "report", "drafts", "draft", "audit", "signin", "again", "error"} {
		t, err := template.New(name).Funcs(templateFuncs).ParseFS(files, "templates/layout.html", "templates/"+name+".html")
		if err != nil {
			return nil, err
		}
		all[name] = t
	}
	return all, nil
}

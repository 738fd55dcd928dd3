package conform

import (
	"bytes"
	"encoding/json"
	"path"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/gpsafety/lfpse-go/conformance/cases"
)

// Options say which cases are posted, and how.
type Options struct {
	// Cases are patterns of case names in the form of [path.Match], such as
	// lfpse/LFPSE-HARM-*/*. A pattern that ends before the end of a name takes all that
	// is below it, so that json takes a theme. None means all cases.
	Cases []string
	// Limit is the largest number of cases to post, 0 for no limit.
	Limit int
	// Interval is the least time between two requests, 0 for none.
	Interval time.Duration
	// Marker is put in front of the description of every record, so that whoever runs the
	// service can tell the records apart. A record that the service should accept but that
	// cannot be marked is then not sent. Empty means that documents are sent as they are.
	Marker string
	// CleanUp deletes every record that the service has accepted.
	CleanUp bool
	// RootDescription says that the service takes AdverseEvent.description, which FHIR R4
	// does not have.
	RootDescription bool
	// Differences are those that are known and have a reason.
	Differences cases.Differences
	// Done is called after each case, with its result; nil for nothing.
	Done func(Result)
}

// planned is a case with the document to post, or the reason why it is not sent.
type planned struct {
	*cases.Case
	body   []byte
	marked bool
	reason string
}

// plan decides what is sent. Cases that no pattern names are no part of the report.
func (o *Options) plan(version string, all []cases.Case) []planned {
	var plan []planned
	sent := 0
	for i := range all {
		c := &all[i]
		if !o.names(c.Name) {
			continue
		}
		p := planned{Case: c, body: c.Input}
		if o.Marker != "" && (c.Options == nil || c.Options.PadTo == 0) {
			p.body, p.marked = mark(c.Input, o.Marker)
		}
		p.reason = o.reason(version, &p)
		if p.reason == "" && o.Limit > 0 && sent == o.Limit {
			p.reason = "The limit of cases was reached."
		}
		if p.reason == "" {
			sent++
		}
		plan = append(plan, p)
	}
	return plan
}

func (o *Options) names(name string) bool {
	return len(o.Cases) == 0 || slices.ContainsFunc(o.Cases, func(pattern string) bool {
		steps := strings.Split(name, "/")
		n := min(strings.Count(pattern, "/")+1, len(steps))
		ok, err := path.Match(pattern, strings.Join(steps[:n], "/"))
		return err == nil && ok
	})
}

// reason says why a case is not sent, "" if it is.
func (o *Options) reason(version string, p *planned) string {
	c := p.Case
	switch {
	case c.Version != version:
		return "The case is of another taxonomy version than the service."
	case c.Options != nil && c.Options.Strict:
		return "The case asks a validator to take warnings for errors; a service has no such option."
	case c.Options != nil && c.Options.Today != "":
		return "The case asks a validator to take another day for today; a service has no such option."
	case c.Options != nil && c.Options.DenyList != nil:
		return "The case gives names to look for; a service does not know them."
	case c.Options != nil && c.Options.RootDescription && !o.RootDescription:
		return "The case is for services that take AdverseEvent.description."
	case !c.Valid && c.Refusals() == nil:
		return "Only the screen for personal data refuses the document; a service does not look for that."
	case o.Marker != "" && c.Valid && !p.marked:
		return "The record should be accepted, but it has no description that could be marked."
	}
	return ""
}

// described finds where the value of the description of a record begins. Only bytes after
// it change, so that a document stays as odd as it is.
var described = regexp.MustCompile(`"url"\s*:\s*"Description"\s*,\s*"valueString"\s*:\s*`)

// mark puts a marker in front of the description of a document, and reports whether it
// has one. A blank description stays blank.
func mark(document []byte, marker string) ([]byte, bool) {
	at := described.FindIndex(document)
	if at == nil {
		return document, false
	}
	var text string
	if json.NewDecoder(bytes.NewReader(document[at[1]:])).Decode(&text) != nil || strings.TrimSpace(text) == "" {
		return document, false
	}
	var quoted bytes.Buffer
	enc := json.NewEncoder(&quoted)
	enc.SetEscapeHTML(false)
	if enc.Encode(marker+" ") != nil {
		return document, false
	}
	begin := bytes.TrimSuffix(quoted.Bytes(), []byte("\"\n"))
	return slices.Concat(document[:at[1]], begin, document[at[1]+1:]), true
}

package mapping

import (
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"

	"github.com/gpsafety/lfpse-go/lfpse/draft"
	"github.com/gpsafety/lfpse-go/mapping/csvlog"
)

// Releases are what people have released of what the privacy screen found in the rows of
// a log. They do not change and are safe for concurrent use.
type Releases struct {
	byReference map[string][]draft.Release
	lines       map[string]int // of the first release for a reference
}

// Format prints how many rows have releases, for every verb.
func (r Releases) Format(f fmt.State, _ rune) {
	fmt.Fprintf(f, "mapping.Releases(rows: %d)", len(r.byReference))
}

// LogValue logs how many rows have releases.
func (r Releases) LogValue() slog.Value {
	return slog.GroupValue(slog.Int("rows", len(r.byReference)))
}

// ReadReleases reads a CSV file with the columns reference, target, rules, digest, by and
// why: a row for each [draft.Release], whose rules are separated by semicolons. Other
// columns are passed over, and so are rows in which nobody has filled in by and why. The
// error lists the rows that cannot be used. Whether a release counts is decided when the
// draft is prepared.
func ReadReleases(src io.Reader) (*Releases, error) {
	r, err := csvlog.NewReader(src)
	if err != nil {
		return nil, err
	}
	names := []string{"reference", "target", "rules", "digest", "by", "why"}
	columns := make([]int, len(names))
	var missing []string
	for i, name := range names {
		var ok bool
		if columns[i], ok = r.Column(name); !ok {
			missing = append(missing, name)
		}
	}
	if len(missing) > 0 {
		return nil, fmt.Errorf("a file of releases has the columns %s; missing: %s", strings.Join(names, ", "), strings.Join(missing, ", "))
	}
	if err := r.Repeated(names...); err != nil {
		return nil, err
	}
	out := &Releases{byReference: map[string][]draft.Release{}, lines: map[string]int{}}
	var faults csvlog.Faults
	for row, err := range r.Rows() {
		if err == nil {
			cell := func(i int) string { return strings.TrimSpace(csvlog.Unguard(row.Cell(columns[i]))) }
			err = out.add(row.Line, cell(0), draft.Release{Target: cell(1), Rules: ruleList(cell(2)), Digest: strings.ToLower(cell(3)), By: cell(4), Why: cell(5)})
		}
		faults.Add(err)
	}
	if err := faults.Err(); err != nil {
		return nil, err
	}
	return out, nil
}

// ruleList splits a list of rules.
func ruleList(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool { return r == ';' || r == ' ' })
}

func (r *Releases) add(line int, reference string, release draft.Release) error {
	switch {
	case release.By == "" && release.Why == "":
		return nil
	case release.By == "" || release.Why == "":
		return fmt.Errorf("line %d: a release needs both by, who has read the text, and why it may be sent", line)
	case reference == "" || release.Target == "" || len(release.Rules) == 0 || release.Digest == "":
		return fmt.Errorf("line %d: a release needs reference, target, rules and digest as lfpse map --format releases writes them", line)
	}
	if _, known := r.lines[reference]; !known {
		r.lines[reference] = line
	}
	r.byReference[reference] = append(r.byReference[reference], release)
	return nil
}

// For returns the releases for the row with a reference.
func (r *Releases) For(reference string) []draft.Release {
	if r == nil {
		return nil
	}
	return r.byReference[reference]
}

// Unused names the releases for other rows than those taken, which has their references,
// without quoting them.
func (r *Releases) Unused(taken map[string]bool) []csvlog.Finding {
	if r == nil {
		return nil
	}
	var lines []int
	for reference, line := range r.lines {
		if !taken[reference] {
			lines = append(lines, line)
		}
	}
	slices.Sort(lines)
	out := make([]csvlog.Finding, len(lines))
	for i, line := range lines {
		out[i] = finding(place{}, "MAP-RELEASE-UNUSED", "line %d of the releases is for a reference that no row of the log has", line)
	}
	return out
}

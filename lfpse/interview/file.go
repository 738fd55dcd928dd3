package interview

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/gpsafety/lfpse-go/lfpse/internal/yamlform"
)

// RuleFile is the rule that every finding about a file refers to.
const RuleFile = "INTERVIEW-FILE"

// Finding is one thing that is wrong with a file.
type Finding struct {
	Rule string `json:"rule"`
	Path string `json:"path"` // such as prompts[2].source
	Line int    `json:"line"`
	Text string `json:"text"`
	Fix  string `json:"fix,omitempty"`
}

// String formats the finding on one line.
func (f Finding) String() string {
	return strings.TrimSpace(fmt.Sprintf("line %d: %s at %s: %s %s", f.Line, f.Rule, f.Path, f.Text, f.Fix))
}

// FileError lists everything that is wrong with a file, in the order of its lines.
type FileError struct{ Findings []Finding }

// Error lists the findings, one a line.
func (e *FileError) Error() string {
	lines := make([]string, len(e.Findings))
	for i, f := range e.Findings {
		lines[i] = f.String()
	}
	return strings.Join(lines, "\n")
}

// file is the form of the YAML files. An entry replaces one of the same name in the files
// before.
type file struct {
	Sources   []sourceForm   `yaml:"sources"`
	Texts     []string       `yaml:"texts"`
	Groups    []groupForm    `yaml:"groups"`
	Words     []wordsForm    `yaml:"words"`
	Questions []questionForm `yaml:"questions"`
	Steps     []stepForm     `yaml:"steps"`
	Asks      []noteForm     `yaml:"asks"`
	Prompts   []noteForm     `yaml:"prompts"`
	Themes    []noteForm     `yaml:"themes"`
}

type sourceForm struct {
	ID        string `yaml:"id"`
	Title     string `yaml:"title"`
	Publisher string `yaml:"publisher"`
	URL       string `yaml:"url"`
	Date      string `yaml:"date"`
	Checked   string `yaml:"checked"`
}

type groupForm struct {
	Name  string   `yaml:"name"`
	Words []string `yaml:"words"`
}

type wordsForm struct {
	Name    string   `yaml:"name"`
	Phrases []string `yaml:"phrases"`
	Except  []string `yaml:"except"`
	Behind  []string `yaml:"behind"`
}

type questionForm struct {
	Target  string       `yaml:"target"`
	Who     string       `yaml:"who"`
	Text    string       `yaml:"text"`
	Source  string       `yaml:"source"`
	Choices []choiceForm `yaml:"choices"`
}

type choiceForm struct {
	Value string `yaml:"value"`
	Text  string `yaml:"text"`
}

type noteForm struct {
	ID     string     `yaml:"id"`
	Text   string     `yaml:"text"`
	Source string     `yaml:"source"`
	Types  []string   `yaml:"types"`
	Facts  []factForm `yaml:"facts"`
	Unless []factForm `yaml:"unless"`
}

type factForm struct {
	Field  string   `yaml:"field"`
	Values []string `yaml:"values"`
	Says   []string `yaml:"says"`
}

// reader reads one file and collects what is wrong with it.
type reader struct {
	lines    yamlform.Lines
	findings []Finding
}

func (r *reader) read(data []byte) (f file) {
	var problems []yamlform.Problem
	r.lines, problems = yamlform.Read(data, &f)
	for _, p := range problems {
		r.findings = append(r.findings, Finding{RuleFile, p.Path, p.Line, p.Text, p.Fix})
	}
	return f
}

// add reports what is wrong at a place, with the line of the place or of the nearest one
// around it.
func (r *reader) add(path, text, fix string) {
	at, line := path, r.lines[path]
	for line == 0 && at != "" {
		at = at[:max(0, strings.LastIndexAny(at, ".["))]
		line = r.lines[at]
	}
	r.findings = append(r.findings, Finding{RuleFile, path, max(line, 1), text, fix})
}

// need reports an entry in which something is missing.
func (r *reader) need(path, name, value string) {
	if value == "" {
		r.add(path, fmt.Sprintf("The entry has no %s.", name), "Add it.")
	}
}

// twice reports the names that stand in a list more than once.
func (r *reader) twice(list string, names []string) {
	seen := map[string]bool{}
	for i, n := range names {
		if n != "" && seen[n] {
			r.add(place(list, i), "An entry of the same name stands above.", "Keep one of them.")
		}
		seen[n] = true
	}
}

func (r *reader) err() error {
	if len(r.findings) == 0 {
		return nil
	}
	slices.SortFunc(r.findings, func(a, b Finding) int {
		return cmp.Or(a.Line-b.Line, strings.Compare(a.Path, b.Path), strings.Compare(a.Text, b.Text))
	})
	return &FileError{r.findings}
}

func place(list string, i int) string { return fmt.Sprintf("%s[%d]", list, i) }

// merge returns a list with the entries of another in the place of those of the same name,
// and the others behind them.
func merge[T any](old, own []T, name func(*T) string) []T {
	out := slices.Clone(old)
	for i := range own {
		at := slices.IndexFunc(out, func(t T) bool { return name(&t) == name(&own[i]) })
		if at < 0 {
			out = append(out, own[i])
		} else {
			out[at] = own[i]
		}
	}
	return out
}

// last returns the place of the last entry of a name, which is the one that counts; -1 if
// there is none.
func last[T any](list []T, is func(T) bool) int {
	for i := len(list) - 1; i >= 0; i-- {
		if is(list[i]) {
			return i
		}
	}
	return -1
}

// with returns the file with the entries of another over its own.
func (f file) with(own file) file {
	if len(own.Texts) > 0 {
		f.Texts = own.Texts
	}
	id := func(n *noteForm) string { return n.ID }
	f.Sources = merge(f.Sources, own.Sources, func(s *sourceForm) string { return s.ID })
	f.Groups = merge(f.Groups, own.Groups, func(g *groupForm) string { return g.Name })
	f.Words = merge(f.Words, own.Words, func(w *wordsForm) string { return w.Name })
	f.Questions = merge(f.Questions, own.Questions, func(q *questionForm) string { return q.Target })
	f.Steps = merge(f.Steps, own.Steps, func(s *stepForm) string { return s.ID })
	f.Asks = merge(f.Asks, own.Asks, id)
	f.Prompts = merge(f.Prompts, own.Prompts, id)
	f.Themes = merge(f.Themes, own.Themes, id)
	return f
}

package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/gpsafety/lfpse-go/conformance/cases"
	"github.com/gpsafety/lfpse-go/conformance/cases/tree"
	"github.com/gpsafety/lfpse-go/fhir"
	"github.com/gpsafety/lfpse-go/lfpse/taxonomy"
)

// spec is one case as it is written down here.
type spec struct {
	folder  string
	title   string
	why     string
	about   []string
	base    base
	edits   []edit
	texts   []func(string) string // changes to the text of the record
	places  []string              // where the rule of the table is broken
	wants   []want
	unread  bool   // reading finds errors: the wants are those, in the order of the text
	later   []want // with unread: what the rules and the privacy screen find in what was read
	quiet   bool   // the findings of the base are not there
	options *cases.Options
}

// base is a record that cases start from, and what is found in it as it is.
type base struct {
	edits      []edit
	background []want
}

// want is an expected finding, its place named as by doc.place.
type want struct {
	severity fhir.Severity
	rule     string
	place    string
}

func failure(rule string, places ...string) []want { return wants(fhir.Error, rule, places) }
func warning(rule string, places ...string) []want { return wants(fhir.Warning, rule, places) }
func remark(rule string, places ...string) []want  { return wants(fhir.Information, rule, places) }

func wants(s fhir.Severity, rule string, places []string) []want {
	var out []want
	for _, p := range places {
		out = append(out, want{s, rule, p})
	}
	return out
}

// at names the places of the expected findings.
func at(places ...string) []string { return places }

// bad makes a case that breaks the rule it is listed under, at the places given.
func bad(title string, b base, places []string, edits ...edit) *spec {
	return &spec{title: title, base: b, places: places, edits: edits}
}

// good makes a case that comes close to the rule it is listed under and keeps it.
func good(title string, b base, edits ...edit) *spec {
	return &spec{title: title, base: b, edits: edits}
}

// also adds findings that the same change leads to.
func (s *spec) also(more ...[]want) *spec {
	s.wants = append(s.wants, slices.Concat(more...)...)
	return s
}

// because says why in place of the reason of the rule.
func (s *spec) because(why string) *spec {
	s.why = why
	return s
}

// unreadable says that reading the document finds errors, the wants so far.
func (s *spec) unreadable() *spec {
	s.unread = true
	return s
}

// then adds what the rules and the privacy screen find in a document with errors of
// reading.
func (s *spec) then(more ...[]want) *spec {
	s.later = append(s.later, slices.Concat(more...)...)
	return s
}

// ended reports whether reading ends before anything can be judged: the text is not
// read to its end, or is no object.
func (s *spec) ended() bool {
	return s.unread && slices.ContainsFunc(s.wants, func(w want) bool {
		return slices.Contains([]string{"JSON-SYNTAX", "JSON-DEPTH", "JSON-SIZE", "JSON-TOO-MANY-ISSUES"}, w.rule) ||
			w.place == "" && slices.Contains([]string{"JSON-TYPE", "JSON-NULL", "JSON-EMPTY"}, w.rule) || w.rule == "FHIR-RESOURCE-TYPE" && w.place == ".resourceType"
	})
}

// silent says that the findings of the base are not there.
func (s *spec) silent() *spec {
	s.quiet = true
	return s
}

func (s *spec) with(o cases.Options) *spec {
	s.options = &o
	return s
}

// text replaces a part of the text of the record that must occur once.
func (s *spec) text(old, new string) *spec {
	return s.rewrite(func(text string) string {
		if strings.Count(text, old) != 1 {
			panic(fmt.Sprintf("%s: %q occurs %d times", s.title, old, strings.Count(text, old)))
		}
		return strings.Replace(text, old, new, 1)
	})
}

func (s *spec) rewrite(f func(string) string) *spec {
	s.texts = append(s.texts, f)
	return s
}

// suite collects the cases.
type suite struct {
	specs []*spec
}

// rule adds the cases about one rule.
func (s *suite) rule(theme, id string, severity fhir.Severity, why string, specs ...*spec) {
	for _, c := range specs {
		c.folder = theme + "/" + id
		c.about = append([]string{id}, c.about...)
		c.why = cmp.Or(c.why, why)
		c.wants = append(wants(severity, id, c.places), c.wants...)
		s.specs = append(s.specs, c)
	}
}

// valid adds cases that are about no single rule.
func (s *suite) valid(folder, why string, specs ...*spec) {
	for _, c := range specs {
		c.folder, c.why = folder, cmp.Or(c.why, why)
		s.specs = append(s.specs, c)
	}
}

// file is a generated file.
type file struct {
	name string
	data []byte
}

// files writes the suite.
func (s *suite) files(t *taxonomy.Taxonomy) ([]file, error) {
	var out []file
	seen := map[string]bool{}
	for _, c := range s.specs {
		name := c.folder + "/" + slug(c.title)
		if seen[name] {
			return nil, fmt.Errorf("%s occurs twice", name)
		}
		seen[name] = true
		input, expected, err := c.build(t)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		out = append(out, file{name + "/input.json", input}, file{name + "/expected.json", expected})
	}
	return out, nil
}

var notWord = regexp.MustCompile(`[^a-z0-9]+`)

func slug(title string) string {
	return strings.Trim(notWord.ReplaceAllString(strings.ToLower(title), "-"), "-")
}

// build makes the document of a case and its expectation.
func (s *spec) build(t *taxonomy.Taxonomy) (input, expected []byte, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%v", p)
		}
	}()
	d := &doc{root: tree.MustParse(commonResources(t)).(*tree.Object), tax: t}
	for _, e := range slices.Concat(s.base.edits, s.edits) {
		e(d)
	}
	text := string(tree.Format(d.root))
	for _, f := range s.texts {
		text = f(text)
	}
	e := cases.Expected{
		Title: s.title, Why: s.why, About: slices.Clone(s.about), Version: t.Version, Options: s.options,
		Verdict: cases.Verdict{Issues: s.issues(d), Valid: true},
	}
	for _, i := range e.Issues {
		e.Valid = e.Valid && i.Severity != cases.Error
		if !slices.Contains(e.About, i.Rule) && slices.ContainsFunc(slices.Concat(s.wants, s.later), func(w want) bool { return w.rule == i.Rule }) {
			e.About = append(e.About, i.Rule)
		}
	}
	expected, err = formatExpected(e)
	return []byte(text), expected, err
}

// issues resolves the expected findings and puts them in order: those of reading as
// they are given, the others by their place.
func (s *spec) issues(d *doc) []cases.Issue {
	reading, others := []want(nil), s.wants
	if s.unread {
		reading, others = s.wants, s.later
	}
	others = slices.Clone(others)
	if !s.ended() && !s.quiet {
		for _, w := range s.base.background {
			if ref, _, _ := strings.Cut(w.place, "."); ref == "" || d.find(ref) != nil {
				others = append(others, w)
			}
		}
	}
	judged := s.resolve(d, others)
	slices.SortStableFunc(judged, func(a, b cases.Issue) int {
		return cmp.Or(cmp.Compare(stage(a.Rule), stage(b.Rule)), slices.Compare(position(a), position(b)))
	})
	return append(s.resolve(d, reading), judged...)
}

// resolve turns the places of findings into paths.
func (s *spec) resolve(d *doc, list []want) []cases.Issue {
	out := []cases.Issue{}
	for _, w := range list {
		out = append(out, cases.Issue{Severity: w.severity.String(), Rule: w.rule, Path: d.place(w.place)})
	}
	return out
}

// stage is 0 for what reading finds, 1 for the rules and 2 for the privacy screen,
// whose findings come in the order in which it visits the elements.
func stage(rule string) int {
	switch {
	case rule == "FHIR-R4-DESCRIPTION":
		return 0
	case strings.HasPrefix(rule, "PRIVACY-"):
		return 2
	}
	return 1
}

var pathForm = regexp.MustCompile(`^AdverseEvent(?:\.contained\[(\d+)\])?(?:\.extension\[(\d+)\])?(?:\.extension\[(\d+)\])?(?:\.([A-Za-z]+))?`)

// position is where in a document a finding of the rules stands.
func position(i cases.Issue) []int {
	if stage(i.Rule) == 2 {
		return nil
	}
	m := pathForm.FindStringSubmatch(i.Path)
	number := func(s string) int {
		n, err := strconv.Atoi(s)
		if err != nil {
			return -1
		}
		return n
	}
	contained, ext, sub := number(m[1]), number(m[2]), number(m[3])
	element := slices.Index(rootOrder, m[4])
	switch {
	case contained >= 0:
		if ext < 0 && m[4] != "" && (element < 0 || element > slices.Index(rootOrder, "extension")) {
			ext = 1 << 30 // after the extensions
		}
		element = slices.Index(rootOrder, "contained")
	case ext >= 0:
		element = slices.Index(rootOrder, "extension")
	}
	return []int{element, contained, ext, sub, layer(i.Rule)}
}

// layer orders the findings about one place: FHIR, the taxonomy, LFPSE, quality.
func layer(rule string) int {
	switch {
	case strings.HasPrefix(rule, "FHIR-"), strings.HasPrefix(rule, "CHECK-"):
		return 0
	case strings.HasPrefix(rule, "PROFILE-"), rule == "LFPSE-PROVISIONAL":
		return 1
	case strings.HasPrefix(rule, "QUALITY-"), strings.HasPrefix(rule, "LFPSE-ASK-"), slices.Contains(olderQuality, rule):
		return 3
	}
	return 2
}

// olderQuality are rules on quality whose ids are older than the layer.
var olderQuality = []string{"LFPSE-AGENT-FOLLOW-UP", "LFPSE-OUTCOME-INCIDENT", "LFPSE-PATIENT-MANY", "LFPSE-LOCATION-OWN"}

// formatExpected writes one issue a line.
func formatExpected(e cases.Expected) ([]byte, error) {
	issues := e.Issues
	e.Issues = []cases.Issue{}
	head, err := marshal(e, "  ")
	if err != nil {
		return nil, err
	}
	var list bytes.Buffer
	for i, issue := range issues {
		b, err := marshal(issue, "")
		if err != nil {
			return nil, err
		}
		if i > 0 {
			list.WriteByte(',')
		}
		list.WriteString("\n    ")
		list.Write(b)
	}
	if len(issues) > 0 {
		list.WriteString("\n  ")
	}
	return append(bytes.Replace(head, []byte(`"issues": []`), []byte(`"issues": [`+list.String()+`]`), 1), '\n'), nil
}

func marshal(v any, indent string) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", indent)
	err := enc.Encode(v)
	return bytes.TrimSpace(b.Bytes()), err
}

package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/gpsafety/lfpse-go/lfpse/draft"
	"github.com/gpsafety/lfpse-go/lfpse/privacy"
	"github.com/gpsafety/lfpse-go/lfpse/submission"
	"github.com/gpsafety/lfpse-go/lfpse/taxonomy"
	"github.com/gpsafety/lfpse-go/mapping"
	"github.com/gpsafety/lfpse-go/mapping/csvlog"
)

// taxonomyFlags choose the taxonomy of a command.
type taxonomyFlags struct {
	Taxonomy string `help:"Version of an embedded taxonomy, a taxonomy file, or a FHIR package (folder or .tgz)." default:"6" placeholder:"VERSION|FILE"`
	Confirm  string `help:"File that confirms provisional elements; see: lfpse taxonomy show --unknown." type:"existingfile" placeholder:"FILE"`
}

func (f *taxonomyFlags) load() (*taxonomy.Taxonomy, error) {
	t, err := loadTaxonomy(f.Taxonomy)
	if err != nil || f.Confirm == "" {
		return t, err
	}
	data, err := os.ReadFile(f.Confirm)
	if err != nil {
		return nil, err
	}
	c, err := taxonomy.ParseConfirmation(data)
	if err == nil {
		t, err = t.Confirm(c)
	}
	if err != nil {
		return nil, fmt.Errorf("%s:\n%w", f.Confirm, err)
	}
	return t, nil
}

// workersFlag says how many cores a command uses.
type workersFlag struct {
	Workers int `help:"How many rows or records to process at the same time. Default: one per core." default:"0" placeholder:"N"`
}

func (f *workersFlag) workers() int {
	if f.Workers > 0 {
		return f.Workers
	}
	return runtime.GOMAXPROCS(0)
}

// sourceFlags say what is mapped and how.
type sourceFlags struct {
	taxonomyFlags
	inputFlags
	Map      string            `help:"Map file (YAML), or the name of a built-in map: ${maps}." placeholder:"FILE|NAME"`
	Set      map[string]string `help:"Set a property of every event, such as reporter.reporterOrganisation=A81001. May be repeated." placeholder:"TARGET=VALUE" mapsep:"none"`
	Profile  string            `help:"Practice profile (YAML): constants of the practice that fill what a row does not say." type:"existingfile" placeholder:"FILE"`
	User     string            `help:"Who reports, by the name in the roles of the profile." placeholder:"NAME"`
	Answers  string            `help:"CSV file with the columns reference, target and answer." type:"existingfile" placeholder:"FILE"`
	Releases string            `help:"CSV file with the columns reference, target, rules, digest, by and why: what people have released of what the privacy screen found. --format releases of lfpse map writes one to fill in." type:"existingfile" placeholder:"FILE"`
	Privacy  map[string]string `help:"What findings of a privacy class do: inform, hold or block, such as titled-name=block. May be repeated. Also in the map, as privacy." placeholder:"CLASS=EFFECT" mapsep:"none"`
	Records  string            `help:"Folder to which the map's source.context is relative. Default: the folder of the log." type:"existingdir" placeholder:"DIR"`
	guideFlag
	Today string `help:"The date to use as today, YYYY-MM-DD. Default: the current day in England." placeholder:"DATE"`
	workersFlag
}

// source is an opened input, which yields drafts in its order.
type source struct {
	teller
	practice string // whose log it is, if that does not depend on the row
	rows     draft.Source
	warnings func() []csvlog.Finding
	size     int64        // bytes of the input, 0 if not known
	read     func() int64 // bytes read so far
	close    func() error
}

func (f *sourceFlags) open(c *console) (*source, error) {
	m, err := f.definition()
	if err != nil {
		return nil, err
	}
	policy, err := f.policy(m)
	if err != nil {
		return nil, err
	}
	b, err := f.builder(policy)
	if err != nil {
		return nil, err
	}
	printPolicy(c.err, policy)
	g, err := f.guide(b.Codec())
	if err != nil {
		return nil, err
	}
	s := &source{teller: teller{builder: b, guide: g}, practice: f.ownPractice(m), warnings: func() []csvlog.Finding { return nil }, read: func() int64 { return 0 }, close: func() error { return nil }}
	in, err := f.input(c, m)
	if err != nil {
		return nil, err
	}
	s.close = in.close
	if m == nil {
		err = f.openEvents(s, in)
	} else {
		err = f.openLog(s, m, in)
	}
	if err != nil {
		return nil, errors.Join(err, s.close())
	}
	return s, nil
}

// definition reads the map, if there is one.
func (f *sourceFlags) definition() (*mapping.Map, error) {
	if f.Map == "" {
		return nil, nil
	}
	return readMap(f.Map)
}

// policy is that of the map, with what the flags change.
func (f *sourceFlags) policy(m *mapping.Map) (privacy.Policy, error) {
	policy, err := privacy.ParsePolicy(f.Privacy)
	if err != nil {
		err = fmt.Errorf("--privacy:\n%w", err)
	}
	if m == nil {
		return policy, err
	}
	ofMap, wrong := m.Policy()
	if wrong != nil {
		wrong = fmt.Errorf("%s cannot be used:\n%w", f.Map, wrong)
	}
	return policy.Over(ofMap), errors.Join(err, wrong)
}

// weaker has the effects of privacy classes that are weaker than the default.
func weaker(p privacy.Policy) map[string]string {
	out := map[string]string{}
	for _, c := range p.Weaker() {
		out[c.Setting()] = p.Effect(c).String()
	}
	return out
}

// weakerText says which privacy classes are weaker than the default, empty for none.
func weakerText(p privacy.Policy) string {
	var parts []string
	for _, c := range p.Weaker() {
		parts = append(parts, fmt.Sprintf("%s is %s (default: %s)", c.Setting(), p.Effect(c), c.Effect()))
	}
	return strings.Join(parts, ", ")
}

// printPolicy says which privacy classes are weaker than the default.
func printPolicy(w io.Writer, p privacy.Policy) {
	if text := weakerText(p); text != "" {
		fmt.Fprintf(w, "privacy: weaker than the default: %s\n", text)
	}
}

func (f *sourceFlags) builder(policy privacy.Policy) (*submission.Builder, error) {
	opts, err := todayOption(f.Today)
	if err != nil {
		return nil, err
	}
	t, err := f.load()
	if err != nil {
		return nil, err
	}
	return submission.NewBuilder(t, append(opts, submission.WithPolicy(policy))...)
}

// counted is the stream of an input, of which the source knows how much was read.
func (s *source) counted(in *input) io.Reader {
	counted := &countingReader{r: in.stream}
	s.size, s.read = in.size, func() int64 { return counted.n }
	return counted
}

// openLog reads a log by a map.
func (f *sourceFlags) openLog(s *source, definition *mapping.Map, in *input) error {
	profile, constants, err := f.constants(s.builder)
	if err != nil {
		return err
	}
	if s.practice == "" && profile != nil && !reads(definition, organisation) {
		s.practice = profile.Constants[organisation]
	}
	m, err := mapping.New(definition, s.builder.Form(), mapping.WithValues(f.Set), mapping.WithProfile(constants))
	if err != nil {
		return fmt.Errorf("%s cannot be used:\n%w", f.Map, err)
	}
	opts, err := f.logOptions()
	if err != nil {
		return err
	}
	var log *mapping.Log
	if in.table != nil {
		log, err = m.OpenTable(in.table, opts...)
	} else {
		log, err = m.Open(s.counted(in), opts...)
	}
	if err != nil {
		return f.named(err)
	}
	s.rows = log.Rows()
	s.warnings = func() []csvlog.Finding { return append(m.Warnings(), log.Warnings()...) }
	return nil
}

// constants are those of the profile for the user, nil without a profile.
func (f *sourceFlags) constants(b *submission.Builder) (p *mapping.Profile, out *mapping.Constants, err error) {
	if f.Profile == "" {
		if f.User != "" {
			err = errors.New("--user is for a profile, which says the role of a user")
		}
		return nil, nil, err
	}
	data, err := os.ReadFile(f.Profile)
	if err != nil {
		return nil, nil, err
	}
	if p, err = mapping.ParseProfile(data); err == nil {
		out, err = p.Compile(b.Form(), f.User)
	}
	switch {
	case err != nil:
		err = fmt.Errorf("%s cannot be used:\n%w", f.Profile, err)
	case f.User != "" && p.Roles[f.User] == "":
		err = fmt.Errorf("the profile has no role for %s: give a name of --user that stands under roles in %s, or add it there", clean(f.User), filepath.Base(f.Profile))
	}
	return p, out, err
}

// reads reports whether a map fills a target from a column.
func reads(m *mapping.Map, target string) bool {
	return slices.ContainsFunc(m.Fields, func(f mapping.Field) bool { return f.To == target && (f.Column != "" || len(f.Columns) > 0) })
}

// logOptions are the records, the answers and the releases that go with the log.
func (f *sourceFlags) logOptions() (opts []mapping.LogOption, err error) {
	folder := f.Records
	if folder == "" && f.Source != "-" {
		folder = filepath.Dir(f.Source)
	}
	if folder != "" {
		inside, err := os.OpenRoot(folder)
		if err != nil {
			return nil, err
		}
		opts = append(opts, mapping.WithRecords(inside.FS()))
	}
	if f.Answers != "" {
		answers, err := readFile(f.Answers, mapping.ReadAnswers)
		if err != nil {
			return nil, err
		}
		opts = append(opts, mapping.WithAnswers(answers))
	}
	releases, err := f.releases()
	return append(opts, mapping.WithReleases(releases)), err
}

// releases are those of the file, nil without one.
func (f *sourceFlags) releases() (*mapping.Releases, error) {
	if f.Releases == "" {
		return nil, nil
	}
	return readFile(f.Releases, mapping.ReadReleases)
}

// readFile reads a file that goes with the log.
func readFile[T any](name string, read func(io.Reader) (T, error)) (out T, err error) {
	file, err := os.Open(name)
	if err != nil {
		return out, err
	}
	defer file.Close()
	if out, err = read(file); err != nil {
		err = fmt.Errorf("%s:\n%w", name, err)
	}
	return out, err
}

// checkEvents says why an input without a map cannot be a file of events.
func (f *sourceFlags) checkEvents() error {
	switch strings.ToLower(filepath.Ext(f.Source)) {
	case ".json", ".ndjson", ".jsonl":
	default:
		if f.Source != "-" {
			return fmt.Errorf("a log needs a map: --map FILE, or a built-in one: --map %s\nTo draft one: lfpse maps new %s > map.yaml", strings.Join(mapping.BuiltinNames(), ", "), quoted(f.Source))
		}
	}
	if len(f.Set) > 0 || f.Answers+f.Records+f.Profile+f.User != "" {
		return errors.New("--set, --profile, --user, --answers and --records are for a log with a --map; events are taken as they are")
	}
	return nil
}

// openEvents reads the input as events in their JSON form.
func (f *sourceFlags) openEvents(s *source, in *input) error {
	if err := f.checkEvents(); err != nil {
		return err
	}
	releases, err := f.releases()
	if err != nil {
		return err
	}
	released := map[string]bool{}
	s.rows = eventRows(s.counted(in), documentReader(s.builder), func(reference string) []draft.Release {
		released[reference] = true
		return releases.For(reference)
	})
	s.warnings = func() []csvlog.Finding { return releases.Unused(released) }
	return nil
}

type countingReader struct {
	r io.Reader
	n int64
}

func (c *countingReader) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	return n, err
}

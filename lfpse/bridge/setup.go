package bridge

import (
	"cmp"
	"crypto/sha256"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/gpsafety/lfpse-go/fhir"
	"github.com/gpsafety/lfpse-go/lfpse/bridge/form"
	"github.com/gpsafety/lfpse-go/lfpse/bridge/page"
	"github.com/gpsafety/lfpse-go/lfpse/client"
	"github.com/gpsafety/lfpse-go/lfpse/endpoint"
	"github.com/gpsafety/lfpse-go/lfpse/interview"
	"github.com/gpsafety/lfpse-go/lfpse/outbox"
	"github.com/gpsafety/lfpse-go/lfpse/outbox/sqlite"
	"github.com/gpsafety/lfpse-go/lfpse/submission"
	"github.com/gpsafety/lfpse-go/lfpse/taxonomy"
	"github.com/gpsafety/lfpse-go/mapping"
	"github.com/gpsafety/lfpse-go/mapping/csvlog"
)

// setup is what a configuration stands for, ready to use. It does not change: a new
// configuration gives a new one.
type setup struct {
	cfg       Config // complete
	client    *client.Client
	builder   *submission.Builder // for events and records
	guide     *interview.Guide    // of the form and the page
	sources   []*source
	callers   []*caller
	webhooks  []*webhook
	serving   serving
	users     *page.Users // of the page, nil for none
	proxy     page.Proxy
	form      *form.Config // nil without a form
	collector *collector   // nil without traces
}

// source is a folder that is watched, with its map if it has one.
type source struct {
	Source
	practice Practice
	builder  *submission.Builder
	mapper   *mapping.Mapper // nil without a map
	records  string          // folder below which the patients' records are, empty if there is none
}

// caller is a system that may report by HTTP.
type caller struct {
	Caller
	token [sha256.Size]byte // of its token, zero if a certificate identifies it
}

// Check lists everything that is wrong with a configuration. It reads the files that the
// configuration names and changes nothing. The result is empty if nothing is wrong.
func Check(c Config) Findings {
	_, list := prepare(c)
	return list
}

// Warnings lists what looks wrong in the maps of a configuration but does not prevent their
// use, once for each map.
func Warnings(c Config) (list []csvlog.Finding) {
	s, _ := prepare(c)
	for _, src := range s.sources {
		if src.mapper == nil {
			continue
		}
		for _, w := range src.mapper.Warnings() {
			w.File = cmp.Or(w.File, src.Map)
			if !slices.Contains(list, w) {
				list = append(list, w)
			}
		}
	}
	return list
}

// prepare makes a setup of a configuration. The setup is of use only if nothing is wrong.
func prepare(c Config) (*setup, Findings) {
	c = c.complete()
	fs := &findings{c: &c}
	s := &setup{cfg: c}
	if len(c.form) > 0 && len(c.lines) <= 1 {
		return s, fs.sorted() // nothing could be read, so nothing is missing
	}
	t := s.loadTaxonomy(fs)
	s.loadGuide(fs)
	s.loadEndpoint(fs, t)
	c.checkOutbox(fs)
	c.checkLimits(fs)
	if t != nil {
		s.loadPractices(fs, t)
	}
	s.loadHTTP(fs)
	s.loadForm(fs)
	s.loadTraces(fs)
	return s, fs.sorted()
}

func (s *setup) loadTaxonomy(fs *findings) *taxonomy.Taxonomy {
	t, err := taxonomy.Embedded(s.cfg.Taxonomy)
	if err != nil {
		fs.add(RuleTaxonomy, "taxonomy", "This is not the version of an embedded taxonomy.", "State one of "+strings.Join(taxonomy.Versions(), ", ")+".")
		return nil
	}
	if s.cfg.Confirm != "" {
		data, err := os.ReadFile(s.cfg.Confirm)
		if err == nil {
			var confirmed taxonomy.Confirmation
			if confirmed, err = taxonomy.ParseConfirmation(data); err == nil {
				t, err = t.Confirm(confirmed)
			}
		}
		if err != nil {
			fs.failed(RuleTaxonomy, "confirm", "The confirmations cannot be used", err)
			return nil
		}
	}
	if s.builder, err = submission.NewBuilder(t); err != nil {
		fs.failed(RuleTaxonomy, "taxonomy", "The taxonomy cannot be used", err)
		return nil
	}
	return t
}

func (s *setup) loadEndpoint(fs *findings, t *taxonomy.Taxonomy) {
	c := s.cfg.Endpoint
	if c.Environment == endpoint.Sandbox && c.CanonicalBase+c.Version == "" && t != nil {
		c.CanonicalBase, c.Version = t.CanonicalBase, t.Version // a sandbox takes what it is given
	}
	if t != nil && c.Environment != "" && (c.Version != t.Version || c.CanonicalBase != t.CanonicalBase) {
		fs.add(RuleTaxonomy, "endpoint.version", "The endpoint takes another version than that of the taxonomy, or another canonical base.",
			"State version and canonicalBase as the service has them, and the taxonomy of that version.")
	}
	ep, err := endpoint.New(c)
	var list endpoint.Findings
	switch {
	case errors.As(err, &list):
		fs.under("endpoint", list)
		return
	case err != nil:
		fs.failed(RuleForm, "endpoint", "The endpoint cannot be used", err)
		return
	}
	if s.client, err = client.New(ep); err != nil {
		fs.failed(RuleForm, "endpoint", "The endpoint cannot be used", err)
	}
}

func (c *Config) checkOutbox(fs *findings) {
	switch o := c.Outbox; {
	case o.File == "" && o.Postgres.IsZero():
		fs.add(RuleOutbox, "outbox", "It is not said where reports are stored.", "Name a file, such as outbox.db, or a PostgreSQL database.")
	case o.File != "" && !o.Postgres.IsZero():
		fs.add(RuleOutbox, "outbox", "Reports are said to be stored in two places.", "State file or postgres, not both.")
	case !o.Postgres.IsZero():
		if _, err := readWord(o.Postgres); err != nil {
			fs.failed(RuleSecret, "outbox.postgres", "The address of the database cannot be used", err)
		}
		if _, err := os.Stat(o.Key); o.Key != "" && err != nil {
			fs.add(RuleOutbox, "outbox.key", "There is no such key file.", "Make one with lfpse bridge --make-key, and give all bridges that share the database the same.")
		}
	}
	if c.Outbox.File != "" {
		if err := sqlite.Check(c.Outbox.File); err != nil {
			fs.failed(RuleOutbox, "outbox.file", "The outbox cannot be used", err)
		}
	}
	if c.Outbox.Key == "" {
		fs.add(RuleOutbox, "outbox.key", "There is no key file.", "Name one; it is made if it is not there.")
	} else if _, err := outbox.LoadKey(c.Outbox.Key); err != nil && !errors.Is(err, os.ErrNotExist) {
		fs.failed(RuleOutbox, "outbox.key", "The key cannot be used", err)
	}
}

func (c *Config) checkLimits(fs *findings) {
	l, k := c.Limits, c.Keep
	for _, n := range []struct {
		at  string
		bad bool
	}{
		{"limits.inFlight", l.InFlight < 0 || l.InFlight > 1000}, {"limits.perSecond", l.PerSecond < 0}, {"limits.perPractice", l.PerPractice < 0},
		{"limits.backlog", l.Backlog < 0}, {"limits.freeDisk", l.FreeDisk < 0}, {"limits.body", l.Body < 0 || l.Body > 64}, {"limits.file", l.File < 0 || l.File > 1024},
		{"limits.settle", l.Settle < 0}, {"limits.stop", l.Stop < 0}, {"keep.final", k.Final < 0}, {"keep.open", k.Open < 0}, {"keep.files", k.Files < 0},
	} {
		if n.bad {
			fs.add(RuleLimit, n.at, "The number is negative, or larger than the bridge can keep to.", "Leave it out for the default.")
		}
	}
	var level slog.Level
	if level.UnmarshalText([]byte(c.Log.Level)) != nil {
		fs.add(RuleLog, "log.level", "There is no such level.", "State debug, info, warn or error.")
	}
	if c.Log.Format != "text" && c.Log.Format != "json" {
		fs.add(RuleLog, "log.format", "There is no such format.", "State text or json.")
	}
}

var nameGrammar = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$`)

func (s *setup) loadPractices(fs *findings, t *taxonomy.Taxonomy) {
	if len(s.cfg.Practices) == 0 {
		fs.add(RulePractice, "practices", "There is no practice.", "List each practice that reports, with its ODS code.")
	}
	maps := &mapCache{taxonomy: t, known: map[string]*loadedMap{}}
	seen, folders := map[string]bool{}, map[string]bool{}
	for i, p := range s.cfg.Practices {
		path := at("practices", i, "")
		switch {
		case !fhir.ValidODSCode(p.ODS):
			fs.add(RulePractice, path+".ods", "The ODS code is missing, or has other than "+fhir.ODSCodeForm+".", "Write it as A81001.")
		case seen[p.ODS]:
			fs.add(RulePractice, path+".ods", "The practice is listed twice.", "Put all of its sources below one entry.")
		}
		if p.Rate < 0 {
			fs.add(RulePractice, path+".rate", "A rate is not negative.", "Leave it out for limits.perPractice.")
		}
		seen[p.ODS] = true
		s.loadWebhook(fs, path+".webhook", p)
		names := map[string]bool{}
		for k, cfg := range p.Sources {
			at := at(path+".sources", k, "")
			if names[cfg.Name] || !nameGrammar.MatchString(cfg.Name) {
				fs.add(RuleSource, at+".name", "The name is missing, is that of another source of the practice, or has other than 1 to 40 letters, digits, dots, hyphens and underscores.",
					"Name it after the log or system; the name stays the same for as long as the log lives.")
			}
			if folders[filepath.Clean(cfg.Folder)] {
				fs.add(RuleSource, at+".folder", "Another source watches this folder.", "Give each source a folder of its own.")
			}
			names[cfg.Name], folders[filepath.Clean(cfg.Folder)] = true, true
			if src := s.loadSource(fs, at, cfg, maps); src != nil {
				src.practice = p
				s.sources = append(s.sources, src)
			}
		}
	}
}

func (s *setup) loadSource(fs *findings, path string, c Source, maps *mapCache) *source {
	if c.Folder == "" {
		fs.add(RuleSource, path+".folder", "The folder is missing.", "Name the folder into which the files are put.")
		return nil
	}
	if info, err := os.Stat(c.Folder); err == nil && !info.IsDir() {
		fs.add(RuleSource, path+".folder", "This is not a folder.", "Name the folder into which the files are put; it is made if it is not there.")
	}
	if s.cfg.holdsOwn(c) {
		fs.add(RuleSource, path+".folder", "In this folder are files of the bridge itself, which would be taken in as if they were reports.",
			"Give the source a folder of its own, such as in/incidents.")
	}
	if info, err := os.Stat(c.Records); c.Records != "" && (err != nil || !info.IsDir()) {
		fs.add(RuleSource, path+".records", "There is no such folder.", "Name the folder below which the map finds the patients' records.")
	}
	src := &source{Source: c, builder: s.builder, records: c.Records}
	if _, err := src.answers(); err != nil {
		fs.failed(RuleSource, path+".answers", "The answers cannot be used", err)
	}
	if _, err := src.releases(); err != nil {
		fs.failed(RuleSource, path+".releases", "The releases cannot be used", err)
	}
	if c.Map == "" {
		if len(c.Set) > 0 || c.Records+c.Answers+c.Releases != "" {
			fs.add(RuleMap, path, "set, records, answers and releases are for a log with a map.", "Name the map, or leave them out.")
		}
		return src
	}
	m, err := maps.load(c.Map)
	if err == nil {
		src.builder, src.records = m.builder, c.recordsOf(m.definition)
		src.mapper, err = mapping.New(m.definition, m.builder.Form(), mapping.WithValues(c.Set))
	}
	if err != nil {
		fs.failed(RuleMap, path+".map", "The map cannot be used", err)
	}
	return src
}

// recordsOf is the folder below which a map finds the patients' records, empty if it reads none.
func (c *Source) recordsOf(m *mapping.Map) string {
	name := m.Source.Context
	if name == "" {
		return c.Records
	}
	fixed, _, _ := strings.Cut(name, "{")
	return filepath.Join(cmp.Or(c.Records, c.Folder), fixed[:strings.LastIndex(fixed, "/")+1])
}

// holdsOwn reports whether files of the bridge lie in the folder of a source, but for those
// that go with its logs.
func (c *Config) holdsOwn(src Source) bool {
	folder, _ := filepath.Abs(src.Folder)
	for _, file := range append(c.files(), &c.file) {
		at, _ := filepath.Abs(*file)
		if *file != "" && filepath.Dir(at) == folder && !slices.Contains([]string{src.Map, src.Answers, src.Releases}, *file) {
			return true
		}
	}
	return false
}

// mapCache reads each map once, however many practices use it.
type mapCache struct {
	taxonomy *taxonomy.Taxonomy
	known    map[string]*loadedMap
}

type loadedMap struct {
	definition *mapping.Map
	builder    *submission.Builder // with the policy of the map
}

// isFile reports whether a map is a file and not one of the built-in maps.
func isFile(name string) bool { return name != "" && !slices.Contains(mapping.BuiltinNames(), name) }

func (c *mapCache) load(name string) (*loadedMap, error) {
	if m := c.known[name]; m != nil {
		return m, nil
	}
	definition, err := mapping.ReadMap(name)
	if err != nil {
		return nil, err
	}
	policy, err := definition.Policy()
	if err != nil {
		return nil, err
	}
	b, err := submission.NewBuilder(c.taxonomy, submission.WithPolicy(policy))
	if err != nil {
		return nil, err
	}
	c.known[name] = &loadedMap{definition, b}
	return c.known[name], nil
}

// answers reads what people have answered, and releases what they have released. Both are
// nil without a file.
func (s *source) answers() (*mapping.Answers, error) { return readFile(s.Answers, mapping.ReadAnswers) }

func (s *source) releases() (*mapping.Releases, error) {
	return readFile(s.Releases, mapping.ReadReleases)
}

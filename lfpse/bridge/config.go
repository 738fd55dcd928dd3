package bridge

import (
	"cmp"
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/gpsafety/lfpse-go/lfpse/endpoint"
	"github.com/gpsafety/lfpse-go/lfpse/internal/yamlform"
)

// Config describes a bridge. The package documentation has its YAML form. It holds no
// secret, only where secrets are kept.
type Config struct {
	Endpoint  endpoint.Config `yaml:"endpoint"`
	Taxonomy  string          `yaml:"taxonomy"`
	Confirm   string          `yaml:"confirm"`
	Guide     string          `yaml:"guide"` // file of package interview with texts of one's own
	Outbox    Outbox          `yaml:"outbox"`
	Practices []Practice      `yaml:"practices"`
	HTTP      HTTP            `yaml:"http"`
	Page      Page            `yaml:"page"`
	Form      Form            `yaml:"form"`
	Keep      Keep            `yaml:"keep"`
	Limits    Limits          `yaml:"limits"`
	Log       Log             `yaml:"log"`
	Traces    Traces          `yaml:"traces"`

	file  string // in which it stands, if it was loaded from one
	lines yamlform.Lines
	form  Findings // what is wrong with the document itself
}

// Outbox says where reports are stored.
type Outbox struct {
	File     string          `yaml:"file"`
	Postgres endpoint.Secret `yaml:"postgres"` // the address of the database, which holds a password
	Key      string          `yaml:"key"`
}

// Practice is one organisation that reports.
type Practice struct {
	ODS     string   `yaml:"ods"`
	Name    string   `yaml:"name"`
	Rate    float64  `yaml:"rate"`
	Paused  bool     `yaml:"paused"`
	Profile string   `yaml:"profile"` // file with what is the same in every report, for the form
	Webhook Webhook  `yaml:"webhook"`
	Sources []Source `yaml:"sources"`
}

// Webhook is where a practice's system is told what became of its reports.
type Webhook struct {
	URL         string          `yaml:"url"`
	Key         endpoint.Secret `yaml:"key"`
	Authorities string          `yaml:"authorities"` // trusted instead of those of the operating system
}

// Source is a folder that is watched.
type Source struct {
	Name     string            `yaml:"name"`
	Folder   string            `yaml:"folder"`
	Map      string            `yaml:"map"`
	Set      map[string]string `yaml:"set"`
	Records  string            `yaml:"records"`
	Answers  string            `yaml:"answers"`
	Releases string            `yaml:"releases"`
	Partial  bool              `yaml:"partial"`
}

// HTTP is the listener of the interface for other systems.
type HTTP struct {
	Address     string   `yaml:"address"`
	TLS         TLS      `yaml:"tls"`
	BehindProxy bool     `yaml:"behindProxy"`
	Callers     []Caller `yaml:"callers"`

	on bool // the document has the block
}

// TLS is the certificate of a listener.
type TLS struct {
	Certificate string          `yaml:"certificate"`
	Key         endpoint.Secret `yaml:"key"`
	Clients     string          `yaml:"clients"` // authorities of the callers' certificates
}

// Caller is a system that may report.
type Caller struct {
	Name        string          `yaml:"name"`
	Token       endpoint.Secret `yaml:"token"`
	Certificate string          `yaml:"certificate"`
	Practices   []string        `yaml:"practices"`
	Launch      bool            `yaml:"launch"` // it may open the form for its users, whom it has signed in
}

// Page is the page for operators.
type Page struct {
	Address string   `yaml:"address"` // of a listener of its own
	Users   string   `yaml:"users"`   // file of the accounts
	Hosts   []string `yaml:"hosts"`   // names under which it may be asked for, beside loopback
	// UserHeader is the header in which a proxy names the user that it has signed in, whose
	// role is that of the account; Proxies are the addresses of the proxies that may.
	UserHeader string   `yaml:"userHeader"`
	Proxies    []string `yaml:"proxies"`
}

// proxyPrefixes are the addresses of the proxies that may name a user.
func (p Page) proxyPrefixes() (prefixes []netip.Prefix, err error) {
	for _, text := range p.Proxies {
		prefix, failed := netip.ParsePrefix(text)
		if failed != nil {
			return nil, errors.New("an address of a proxy is written as 127.0.0.1/32")
		}
		prefixes = append(prefixes, prefix)
	}
	if (p.UserHeader == "") != (len(prefixes) == 0) {
		err = errors.New("userHeader and proxies belong together: whoever can reach the page past the proxy could name anybody")
	}
	return prefixes, err
}

// Keep says how long texts and files are kept.
type Keep struct {
	Final       time.Duration `yaml:"final"`
	Open        time.Duration `yaml:"open"`
	Files       time.Duration `yaml:"files"`
	RemoveFiles bool          `yaml:"removeFiles"`
}

// Limits bound what is sent at once and what is taken in.
type Limits struct {
	InFlight    int           `yaml:"inFlight"`
	PerSecond   float64       `yaml:"perSecond"`
	PerPractice float64       `yaml:"perPractice"`
	Backlog     int           `yaml:"backlog"`
	FreeDisk    int           `yaml:"freeDisk"` // MiB
	Body        int           `yaml:"body"`     // MiB
	File        int           `yaml:"file"`     // MiB
	Settle      time.Duration `yaml:"settle"`
	Stop        time.Duration `yaml:"stop"`
}

// Log says what is logged.
type Log struct {
	Level  string `yaml:"level"`  // debug, info, warn or error
	Format string `yaml:"format"` // text or json
}

// Traces says where traces are exported to, by OTLP over HTTP. The zero value exports none.
type Traces struct {
	URL         string          `yaml:"url"`
	Headers     endpoint.Secret `yaml:"headers"`     // one a line, such as a key of the collector
	Authorities string          `yaml:"authorities"` // trusted instead of those of the operating system
	Sample      float64         `yaml:"sample"`      // share of the traces that begin here
	Service     string          `yaml:"service"`     // name under which the collector knows the bridge
}

const defaultService = "lfpse-bridge"

// defaultAddress is where the bridge listens if it is not said.
const defaultAddress = "127.0.0.1:8686"

// complete fills in the defaults.
func (c Config) complete() Config {
	c.Taxonomy = cmp.Or(c.Taxonomy, "6")
	if c.HTTP.on {
		c.HTTP.Address = cmp.Or(c.HTTP.Address, defaultAddress)
	}
	const month = 30 * 24 * time.Hour
	c.Keep.Open = cmp.Or(c.Keep.Open, month)
	c.Keep.Files = cmp.Or(c.Keep.Files, month)
	l := &c.Limits
	l.InFlight = cmp.Or(l.InFlight, 4)
	l.Backlog = cmp.Or(l.Backlog, 100_000)
	l.FreeDisk = cmp.Or(l.FreeDisk, 256)
	l.Body = cmp.Or(l.Body, 5)
	l.File = cmp.Or(l.File, 64)
	l.Settle = cmp.Or(l.Settle, 5*time.Second)
	l.Stop = cmp.Or(l.Stop, time.Minute)
	c.Log.Level = cmp.Or(c.Log.Level, "info")
	c.Log.Format = cmp.Or(c.Log.Format, "text")
	if t := &c.Traces; *t != (Traces{}) {
		t.Service = cmp.Or(t.Service, defaultService)
		if c.lines["traces.sample"] == 0 { // 0 that was written is wrong, and not the default
			t.Sample = cmp.Or(t.Sample, 1)
		}
	}
	return c
}

// LogLevel returns the level of the log, and whether it is written as JSON.
func (c Config) LogLevel() (level slog.Level, asJSON bool) {
	c = c.complete()
	_ = level.UnmarshalText([]byte(c.Log.Level)) // a level that is not known is a finding
	return level, c.Log.Format == "json"
}

// Load reads a configuration from a file; see [Parse]. Relative paths in it start at the
// folder of the file. It returns an error only if the file cannot be read.
func Load(file string) (Config, error) {
	info, err := os.Stat(file)
	if err != nil {
		return Config{}, err
	}
	if !info.Mode().IsRegular() || info.Size() > yamlform.MaxBytes {
		return Config{}, fmt.Errorf("%s is not a configuration: it is not a regular file of at most %d KiB", file, yamlform.MaxBytes>>10)
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return Config{}, err
	}
	c := Parse(data).In(filepath.Dir(file))
	c.file = file
	return c, nil
}

// Parse reads a configuration from a YAML document. Faults of the document become
// findings, with their lines, which [Check] returns among the others.
func Parse(data []byte) Config {
	var c Config
	lines, problems := yamlform.Read(data, &c)
	for _, p := range problems {
		rule := RuleForm
		if p.Secret {
			rule = RuleSecret
		}
		c.form = append(c.form, Finding{Rule: rule, Path: p.Path, Line: p.Line, Text: p.Text, Fix: p.Fix})
	}
	c.lines = lines
	c.form = append(c.form, c.zeros()...)
	c.HTTP.on, c.Form.on = lines["http"] > 0, lines["form"] > 0
	c.Endpoint = c.Endpoint.Within(func(path string) int { return lines[strings.TrimSuffix("endpoint."+path, ".")] })
	return c
}

// zeros are the limits that were written as 0, which would silently stand for their defaults.
func (c *Config) zeros() (list Findings) {
	l, k := &c.Limits, &c.Keep
	for path, zero := range map[string]bool{
		"limits.inFlight": l.InFlight == 0, "limits.backlog": l.Backlog == 0, "limits.freeDisk": l.FreeDisk == 0, "limits.body": l.Body == 0,
		"limits.file": l.File == 0, "limits.settle": l.Settle == 0, "limits.stop": l.Stop == 0, "keep.open": k.Open == 0, "keep.files": k.Files == 0,
	} {
		if zero && c.lines[path] > 0 && !slices.ContainsFunc(c.form, func(f Finding) bool { return f.Path == path }) {
			list = append(list, Finding{Rule: RuleLimit, Path: path, Line: c.lines[path], Text: "This is 0 or empty, which does not switch it off.",
				Fix: "State a larger number, or leave the key out for the default. Files are removed at once with keep.removeFiles."})
		}
	}
	slices.SortFunc(list, func(a, b Finding) int { return strings.Compare(a.Path, b.Path) })
	return list
}

// In returns the configuration with relative paths resolved against a folder. Otherwise
// they start at the working directory.
func (c Config) In(folder string) Config {
	c.Endpoint = c.Endpoint.In(folder)
	files := c.files()
	for i := range c.Practices {
		for k := range c.Practices[i].Sources {
			src := &c.Practices[i].Sources[k]
			files = append(files, &src.Folder, &src.Records)
		}
	}
	for _, file := range files {
		if *file != "" && !filepath.IsAbs(*file) {
			*file = filepath.Join(folder, *file)
		}
	}
	return c
}

// files are the files that the configuration names, but for those of its endpoint.
func (c *Config) files() []*string {
	files := []*string{
		&c.Confirm, &c.Guide, &c.Outbox.File, &c.Outbox.Postgres.File, &c.Outbox.Key,
		&c.HTTP.TLS.Certificate, &c.HTTP.TLS.Key.File, &c.HTTP.TLS.Clients, &c.Page.Users, &c.Form.Signposts,
		&c.Traces.Headers.File, &c.Traces.Authorities,
	}
	for i := range c.HTTP.Callers {
		files = append(files, &c.HTTP.Callers[i].Token.File)
	}
	for i := range c.Practices {
		p := &c.Practices[i]
		files = append(files, &p.Webhook.Key.File, &p.Webhook.Authorities, &p.Profile)
		for k := range p.Sources {
			s := &p.Sources[k]
			files = append(files, &s.Answers, &s.Releases)
			if isFile(s.Map) {
				files = append(files, &s.Map)
			}
		}
	}
	return files
}

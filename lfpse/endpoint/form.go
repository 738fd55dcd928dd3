package endpoint

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/gpsafety/lfpse-go/lfpse/internal/yamlform"
)

// The ids of the findings about a configuration.
const (
	RuleForm        = "ENDPOINT-FORM"         // not YAML of the documented form
	RuleName        = "ENDPOINT-NAME"         // name
	RuleEnvironment = "ENDPOINT-ENVIRONMENT"  // environment
	RuleHost        = "ENDPOINT-HOST"         // host
	RulePath        = "ENDPOINT-PATH"         // basePath, taxonomyPath
	RuleBase        = "ENDPOINT-BASE"         // canonicalBase
	RuleVersion     = "ENDPOINT-VERSION"      // version
	RuleContentType = "ENDPOINT-CONTENT-TYPE" // contentType
	RuleSecret      = "ENDPOINT-SECRET"       // a secret in the document, or one that cannot be read
	RuleKey         = "ENDPOINT-KEY"          // key, or no credentials at all
	RuleOAuth       = "ENDPOINT-OAUTH"        // oauth
	RuleTLS         = "ENDPOINT-TLS"          // tls
	RuleProxy       = "ENDPOINT-PROXY"        // proxy
	RuleTimeout     = "ENDPOINT-TIMEOUT"      // timeout, connectTimeout
)

// Rules lists the ids of all findings that this package can give.
func Rules() []string {
	return []string{
		RuleForm, RuleName, RuleEnvironment, RuleHost, RulePath, RuleBase, RuleVersion, RuleContentType,
		RuleSecret, RuleKey, RuleOAuth, RuleTLS, RuleProxy, RuleTimeout,
	}
}

// Finding is one thing that is wrong with a configuration. It quotes no value.
type Finding struct {
	Rule string `json:"rule"`           // stable id, such as ENDPOINT-HOST
	Path string `json:"path"`           // of the key, such as tls.certificate; empty for the whole
	Line int    `json:"line,omitempty"` // of the YAML document, 0 where there is none
	Text string `json:"text"`           // what is wrong
	Fix  string `json:"fix,omitempty"`  // what to do about it
}

// String formats the finding on one line.
func (f Finding) String() string {
	s := f.Rule
	if f.Path != "" {
		s += " at " + f.Path
	}
	if f.Line > 0 {
		s = fmt.Sprintf("line %d: %s", f.Line, s)
	}
	return strings.TrimSpace(s + ": " + f.Text + " " + f.Fix)
}

// Findings list everything that is wrong with one configuration, in the order of its
// lines. As an error they have this type and are never empty.
type Findings []Finding

// Error lists the findings, one a line.
func (fs Findings) Error() string {
	lines := make([]string, len(fs))
	for i, f := range fs {
		lines[i] = f.String()
	}
	return strings.Join(lines, "\n")
}

// Err returns the findings as an error, nil if there are none.
func (fs Findings) Err() error {
	if len(fs) == 0 {
		return nil
	}
	return fs
}

// Load reads a configuration from a YAML file; see [Parse]. Relative file paths in it are
// relative to the folder of the file. It returns an error only if the file cannot be
// read.
func Load(file string) (Config, error) {
	info, err := os.Stat(file)
	if err != nil {
		return Config{}, err
	}
	if !info.Mode().IsRegular() || info.Size() > yamlform.MaxBytes {
		return Config{}, fmt.Errorf("%s is not an endpoint file: it is not a regular file of at most %d KiB", file, yamlform.MaxBytes>>10)
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return Config{}, err
	}
	return Parse(data).In(filepath.Dir(file)), nil
}

// Parse reads a configuration from a YAML document. Faults of the document become
// findings of the configuration, with their lines, and [New] then fails. So a program can
// set what the document leaves out, and still report everything at once.
func Parse(data []byte) Config {
	var c Config
	lines, problems := yamlform.Read(data, &c)
	for _, p := range problems {
		rule := RuleForm
		if p.Secret {
			rule = RuleSecret
		}
		c.form = append(c.form, Finding{rule, p.Path, p.Line, p.Text, p.Fix})
	}
	c.line = func(path string) int { return lines[path] }
	c.unread = len(problems) > 0 && len(lines) <= 1
	return c
}

// Within returns the configuration as a block of a larger document: line returns the line
// of a key by its path below the block, 0 if the key is absent.
func (c Config) Within(line func(path string) int) Config {
	c.line = line
	return c
}

// findings collects what is wrong with one configuration.
type findings struct {
	list Findings
	line func(path string) int
	form Findings
}

func (fs *findings) add(rule, path, text, fix string) {
	for _, f := range fs.form {
		if f.Path == path {
			return // the value could not be read, which has been said
		}
	}
	fs.list = append(fs.list, Finding{rule, path, fs.lineOf(path), text, fix})
}

// stated says that the document has a key, even if nothing could be read of it.
func (fs *findings) stated(path string) bool { return fs.line != nil && fs.line(path) > 0 }

// lineOf is the line of a key, or of the block in which it is missing.
func (fs *findings) lineOf(path string) int {
	for fs.line != nil {
		if line := fs.line(path); line > 0 || path == "" {
			return line
		}
		path = path[:max(0, strings.LastIndexByte(path, '.'))]
	}
	return 0
}

func (fs *findings) sorted() Findings {
	all := append(slices.Clone(fs.form), fs.list...)
	slices.SortStableFunc(all, func(a, b Finding) int { return a.Line - b.Line })
	return all
}

package bridge

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gpsafety/lfpse-go/lfpse/endpoint"
)

// Finding is one thing that is wrong with a configuration. It quotes no secret.
type Finding = endpoint.Finding

// Findings list everything that is wrong with one configuration, in the order of its lines.
type Findings = endpoint.Findings

// The ids of the findings about a configuration. Those about the endpoint are in package
// endpoint.
const (
	RuleForm     = "BRIDGE-FORM"     // not YAML of the documented form
	RuleSecret   = "BRIDGE-SECRET"   // a secret in the document, or one that cannot be read
	RuleTaxonomy = "BRIDGE-TAXONOMY" // taxonomy, confirm
	RuleOutbox   = "BRIDGE-OUTBOX"   // outbox
	RulePractice = "BRIDGE-PRACTICE" // practices: ods, rate
	RuleSource   = "BRIDGE-SOURCE"   // sources: name, folder, records, answers, releases
	RuleMap      = "BRIDGE-MAP"      // sources: map, set
	RuleWebhook  = "BRIDGE-WEBHOOK"  // webhook
	RuleListen   = "BRIDGE-LISTEN"   // http, page
	RuleCaller   = "BRIDGE-CALLER"   // callers
	RuleRecord   = "BRIDGE-RECORD"   // guide, form, practices: profile
	RuleLimit    = "BRIDGE-LIMIT"    // limits, keep
	RuleLog      = "BRIDGE-LOG"      // log
	RuleTraces   = "BRIDGE-TRACES"   // traces
	RuleRestart  = "BRIDGE-RESTART"  // cannot change while the bridge runs
)

// findings collects what is wrong with one configuration.
type findings struct {
	c    *Config
	list Findings
}

// add notes a finding, unless the value could not be read, which has been said.
func (fs *findings) add(rule, path, text, fix string) {
	for _, f := range fs.c.form {
		if f.Path == path {
			return
		}
	}
	fs.list = append(fs.list, Finding{Rule: rule, Path: path, Line: fs.c.line(path), Text: text, Fix: fix})
}

// failed notes why something cannot be used, in the words of an error of this library,
// which may have several lines.
func (fs *findings) failed(rule, path, what string, err error) {
	fs.add(rule, path, what+": "+strings.TrimRight(strings.ReplaceAll(strings.TrimSpace(err.Error()), "\n", "; "), ".")+".", "")
}

// under takes over the findings about a block of the configuration.
func (fs *findings) under(path string, list Findings) {
	for _, f := range list {
		f.Path = strings.TrimSuffix(path+"."+f.Path, ".")
		fs.list = append(fs.list, f)
	}
}

func (fs *findings) sorted() Findings {
	all := append(slices.Clone(fs.c.form), fs.list...)
	slices.SortStableFunc(all, func(a, b Finding) int { return a.Line - b.Line })
	return all
}

// line is the line of a key, or of the block in which it is missing.
func (c *Config) line(path string) int {
	for {
		if line := c.lines[path]; line > 0 || path == "" {
			return line
		}
		path = path[:max(0, strings.LastIndexAny(path, ".["))]
	}
}

// at is the path of an element of a list.
func at(list string, i int, key string) string {
	return strings.TrimSuffix(fmt.Sprintf("%s[%d].%s", list, i, key), ".")
}

package draft

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"

	"github.com/gpsafety/lfpse-go/fhir"
	"github.com/gpsafety/lfpse-go/lfpse/privacy"
	"github.com/gpsafety/lfpse-go/lfpse/rule"
)

// Release says that a person has read a text in which the privacy screen found something,
// and that it may be sent: it is a false alarm, or no personal data. [Form.Release] makes
// one. It counts for that very text only; the text itself is not in it. To use one again
// after the draft was made anew from its source, put it into the Releases of the new draft.
//
// Its JSON form can be read back, so that releases can be stored and audited. Printing or
// logging one shows its target and the number of rules.
type Release struct {
	Target string   `json:"target"` // the property that has the text
	Rules  []string `json:"rules"`  // what is released, such as PRIVACY-TITLED-NAME
	By     string   `json:"by"`     // who has read the text
	Why    string   `json:"why"`    // why it may be sent
	Digest string   `json:"digest"` // SHA-256, in hexadecimal, of Target, Rules and the text
}

// Format prints the target and the number of rules, for every verb.
func (r Release) Format(f fmt.State, _ rune) {
	fmt.Fprintf(f, "draft.Release(%s: %d rules)", r.Target, len(r.Rules))
}

// LogValue logs the target and the number of rules.
func (r Release) LogValue() slog.Value {
	return slog.GroupValue(slog.String("target", r.Target), slog.Int("rules", len(r.Rules)))
}

// releaseRule is the rule of a release that does not count.
const releaseRule = "MAP-RELEASE"

// fromRelease is the source of a release in the trace.
const fromRelease = "release"

// Errors of a release. None quotes who, why or a text.
var (
	errReleaseEmpty   = errors.New("a release needs who has read the text, and why it may be sent")
	errReleaseNothing = errors.New("nothing about this property is blocked or held; prepare the draft first, which finds what is")
	errReleaseChanged = errors.New("the text, or what was released, is not what it was when the release was given")
	errReleasePrivate = errors.New("who or why holds personal data itself; a release is kept and listed, so write it without")
)

// Release records that a person has read the text of a property and says that it may be
// sent. by is who, why the reason; both are kept with the draft. It releases everything
// about the property for which the draft is blocked or held, as the last check found it,
// in place of an earlier release of the property. Prepare the draft again afterwards.
//
// The error says why this cannot be released, and the draft is then unchanged: what
// [privacy.Unreleasable] finds has to be taken out of the text, and so has what is of a
// class that nobody may release, see [privacy.Class.Releasable]. by and why must not hold
// personal data that blocks a report, nor why a name of the draft's Terms. The error never
// quotes them or the text.
func (f *Form) Release(d *Draft, target, by, why string) error {
	if !d.Open() {
		return errClosed
	}
	if _, err := f.accessor(target); err != nil {
		return errTarget
	}
	i := slices.IndexFunc(d.Releasable, func(r Release) bool { return r.Target == target })
	if i < 0 {
		return f.refusal(d, target)
	}
	r := d.Releasable[i]
	r.By, r.Why = strings.TrimSpace(by), strings.TrimSpace(why)
	if err := f.void(d, &r, d.DenyList()); err != nil {
		return err
	}
	d.Releases = append(slices.DeleteFunc(slices.Clone(d.Releases), func(o Release) bool { return o.Target == target }), r)
	return nil
}

// refusal says why a property is not among those that people may release.
func (f *Form) refusal(d *Draft, target string) error {
	r := Release{Target: target, Rules: d.stopped(target)}
	return cmp.Or(f.fixed(d, &r, d.DenyList()), errReleaseNothing)
}

// releasable returns the releases that people may give, without who and why: one for each
// property about which something blocks or holds the draft, unless it cannot be released.
// They are in the order of the findings.
func (f *Form) releasable(d *Draft) []Release {
	var out []Release
	var deny *privacy.DenyList
	seen := map[string]bool{"": true} // what is about no property cannot be released
	for i := range d.Privacy {
		target := d.Targets[d.Privacy[i].Path]
		if !stops(&d.Privacy[i]) || seen[target] {
			continue
		}
		if seen[target] = true; deny == nil {
			deny = d.DenyList()
		}
		r := Release{Target: target, Rules: d.stopped(target)}
		r.Digest = f.digest(d, &r)
		if f.fixed(d, &r, deny) == nil {
			out = append(out, r)
		}
	}
	return out
}

// stops reports whether a finding of the privacy screen blocks or holds.
func stops(i *fhir.Issue) bool { return i.Severity > privacy.Inform.Severity() }

// stopped returns the rules by which a property is blocked or held, in alphabetical order.
func (d *Draft) stopped(target string) (rules []string) {
	for i := range d.Privacy {
		if p := &d.Privacy[i]; stops(p) && d.Targets[p.Path] == target && !slices.Contains(rules, p.Rule) {
			rules = append(rules, p.Rule)
		}
	}
	slices.Sort(rules)
	return rules
}

// release applies the releases of a draft to the findings of the privacy screen: what is
// released informs only. It reports whether anything still blocks or holds the draft, and
// notes what of it people may release.
func (f *Form) release(d *Draft) (stopped bool) {
	f.applyReleases(d)
	d.Releasable = nil
	if stopped = slices.ContainsFunc(d.Privacy, func(i fhir.Issue) bool { return stops(&i) }); stopped {
		d.Releasable = f.releasable(d)
	}
	return stopped
}

// applyReleases lets the releases that count take effect, and puts them into the trace.
// One that does not count is a finding itself. One that holds personal data is not kept.
func (f *Form) applyReleases(d *Draft) {
	d.Trace = slices.DeleteFunc(d.Trace, func(s Step) bool { return s.From == fromRelease })
	if len(d.Releases) == 0 {
		return
	}
	deny := d.DenyList()
	var kept []Release
	for i := range d.Releases {
		r := &d.Releases[i]
		err := f.void(d, r, deny)
		if !errors.Is(err, errReleasePrivate) {
			kept = append(kept, *r)
		}
		if err != nil {
			d.Issues = append(slices.Clip(d.Issues), f.voidIssue(r, err))
			continue
		}
		for j := range d.Privacy {
			if p := &d.Privacy[j]; stops(p) && d.Targets[p.Path] == r.Target && slices.Contains(r.Rules, p.Rule) {
				p.Severity, p.Text, p.Fix = privacy.Inform.Severity(), p.Text+" A person has released it.", ""
			}
		}
		d.step(r.Target, fromRelease, strings.Join(r.Rules, ", "))
	}
	d.Releases = kept
}

// voidIssue is the finding about a release that does not count.
func (f *Form) voidIssue(r *Release, err error) fhir.Issue {
	path := r.Target
	if _, unknown := f.accessor(path); unknown != nil {
		path = "releases" // the target may be a text in the wrong place
	}
	return rule.Issue(releaseRule, path, "A release does not count: "+err.Error()+".")
}

// void says why a release does not count, or nil.
func (f *Form) void(d *Draft, r *Release, deny *privacy.DenyList) error {
	// People who work in the practice may be on the deny-list, and may release.
	if blocks(r.By, nil) || blocks(r.Why, deny) {
		return errReleasePrivate
	}
	_, err := f.accessor(r.Target)
	switch {
	case err != nil:
		return errTarget
	case strings.TrimSpace(r.By) == "" || strings.TrimSpace(r.Why) == "":
		return errReleaseEmpty
	case len(r.Rules) == 0 || f.digest(d, r) != r.Digest:
		return errReleaseChanged
	}
	return f.fixed(d, r, deny)
}

// blocks reports whether a text holds personal data of a class that blocks by default.
func blocks(text string, deny *privacy.DenyList) bool {
	return slices.ContainsFunc(screener.ScanText(text, deny), func(h privacy.Hit) bool { return h.Class.Effect() == privacy.Block })
}

// screener is for who and why.
var screener = privacy.New()

// fixed says which of the rules of a release nobody may release in that text, or nil.
func (f *Form) fixed(d *Draft, r *Release, deny *privacy.DenyList) error {
	for _, id := range r.Rules {
		if class, known := privacy.ClassOf(id); !known || !class.Releasable() {
			return errFixed(id)
		}
	}
	for _, text := range f.stated(d, r.Target) {
		for _, h := range privacy.Unreleasable(text, deny) {
			if slices.Contains(r.Rules, h.Class.Rule()) {
				return errFixed(h.Class.Rule())
			}
		}
	}
	return nil
}

func errFixed(id string) error {
	if _, known := privacy.ClassOf(id); !known {
		return errors.New("it names a rule that is not of the privacy screen")
	}
	return fmt.Errorf("what %s found cannot be released, because it belongs to a person of the row, its own words say what it is, or nobody may release this class; take it out of the text", id)
}

// digest binds a release to its property, its rules and the text.
func (f *Form) digest(d *Draft, r *Release) string {
	bound, _ := json.Marshal([][]string{{r.Target}, r.Rules, f.stated(d, r.Target)}) // cannot fail for texts
	sum := sha256.Sum256(bound)
	return hex.EncodeToString(sum[:])
}

package draft

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/gpsafety/lfpse-go/fhir"
	"github.com/gpsafety/lfpse-go/lfpse"
	"github.com/gpsafety/lfpse-go/lfpse/code"
	"github.com/gpsafety/lfpse-go/lfpse/internal/wording"
)

// Checks is the result of checking an event.
type Checks struct {
	// Questions are still open, with the conditions under which they arise.
	Questions []lfpse.Question
	// Wanted returns the conditions under which an answer is not refused because of
	// another, for the questions of the source, which may not know them. It may be nil.
	Wanted func(target string) []lfpse.Condition
	// Privacy are the findings of the privacy screen, Issues all others.
	Issues, Privacy fhir.Issues
	// Targets has, by the path of a finding, the target of the property that it is about.
	Targets map[string]string
}

// Decide calls check on the event of a draft and decides the state of the draft. First it
// fills in what follows from the date. Afterwards it combines the questions and findings
// of the source with those of the check; they replace those of an earlier check. What
// people have released of the findings of the privacy screen only informs. A draft that is
// not [Draft.Open] is not checked and does not change.
func (f *Form) Decide(d *Draft, check func(*lfpse.Event) Checks) {
	if !d.Open() {
		return
	}
	f.derive(d)
	f.list(d)
	possible := f.ifAffected(d, check)
	c := check(&d.Event)
	if found := f.unwanted(d, check, c.Wanted); len(found) > 0 || len(d.Unasked) > 0 {
		c = check(&d.Event)
		c.Issues = slices.Concat(found, c.Issues)
	}
	d.Issues, d.Privacy, d.Targets = c.Issues, c.Privacy, c.Targets
	if len(d.Found) > 0 {
		d.Issues = slices.Concat(d.Found, c.Issues)
	}
	all := f.byNumber(d, merged(f.pertinent(d), f.byNumber(d, append(c.Questions, possible...))))
	d.Questions = f.questions(d, f.referred(d, all, c.Wanted), c.Wanted)
	stopped := f.release(d)
	d.locate()
	switch {
	case d.Privacy.HasErrors():
		d.State = Blocked
	case d.Issues.HasErrors():
		d.State = Invalid
	case f.waits(d):
		d.State = NeedsAnswers
	case stopped:
		d.State = Held
	default:
		d.State = Ready
	}
}

// questions puts the questions in order, the required ones first, each with a text
// and its conditions, without those that do not arise.
func (f *Form) questions(d *Draft, all []lfpse.Question, wanted func(string) []lfpse.Condition) []lfpse.Question {
	conditional, sorted := false, true
	for i := range all {
		q := &all[i]
		if wanted != nil {
			q.When = limited(q.When, wanted(q.Target))
		}
		if q.Text == "" {
			q.Text = f.plainQuestion(q.Target)
		}
		if strings.HasSuffix(q.Target, "."+ageBracket) {
			q.Choices = inWords(q.Choices)
		}
		conditional = conditional || len(q.When) > 0
		sorted = sorted && (i == 0 || all[i-1].Required || !q.Required)
	}
	if conditional {
		all, sorted = f.remaining(d, all, func(target string) bool {
			return target == "type" || slices.ContainsFunc(all, func(q lfpse.Question) bool { return q.Target == target })
		}), false
	}
	if !sorted || slices.ContainsFunc(all, func(q lfpse.Question) bool { return q.Target == CompleteTarget }) {
		slices.SortStableFunc(all, func(a, b lfpse.Question) int { return cmp.Compare(f.rank(d, &a), f.rank(d, &b)) })
	}
	return all
}

// inWords returns choices with their words as values, for a list whose codes look like
// ages.
func inWords(choices []lfpse.Choice) []lfpse.Choice {
	out := slices.Clone(choices)
	for i := range out {
		out[i].Value = out[i].Display
	}
	return out
}

// limited adds to the conditions of a question those under which its answer is wanted,
// but for those about what it depends on anyway.
func limited(when, wanted []lfpse.Condition) []lfpse.Condition {
	all := when[:len(when):len(when)]
	for _, c := range wanted {
		if !slices.ContainsFunc(when, func(o lfpse.Condition) bool { return o.Target == c.Target }) {
			all = append(all, c)
		}
	}
	return all
}

// rank puts required questions first, and those that arise now before those that may
// arise. Whether the report is complete is asked after all others that arise now.
func (f *Form) rank(d *Draft, q *lfpse.Question) int {
	switch arises := f.Arises(d, q); {
	case q.Target == CompleteTarget:
		return 1
	case q.Required && arises:
		return 0
	case q.Required:
		return 2
	case arises:
		return 3
	}
	return 4
}

// waits reports whether a required question arises now.
func (f *Form) waits(d *Draft) bool {
	for i := range d.Questions {
		if q := &d.Questions[i]; q.Required && f.Arises(d, q) {
			return true
		}
	}
	return false
}

// locate records for each finding which source gave the value it is about.
func (d *Draft) locate() {
	d.Origins = nil
	for path, target := range d.Targets {
		n := slices.IndexFunc(d.Trace, func(s Step) bool { return s.Target == target })
		if n < 0 {
			continue
		}
		if d.Origins == nil {
			d.Origins = map[string]string{}
		}
		d.Origins[path] = d.Trace[n].From
	}
}

// The targets of what follows from the date of an event.
const (
	occurredTodayTarget = "estimatedDate.incidentOccurredToday"
	todaysDateTarget    = "estimatedDate.todaysDate"
)

// The rules by which they follow.
const (
	itIsToday    = "it is today"
	itIsNotToday = "it is not today"
)

// derive fills in what follows from the date: whether the event occurred today, unless
// somebody has said so, and if it did, today's date, which LFPSE asks for as well. The
// trace records it.
func (f *Form) derive(d *Draft) {
	e := &d.Event
	estimated, isToday := &e.EstimatedDate, e.Date != "" && e.Date == f.today()
	f.outdated(d, isToday)
	if estimated.IncidentOccurredToday == "" {
		switch {
		case e.Date == "" && estimated.ApproximateDate != "":
			estimated.IncidentOccurredToday = code.YesNoUnknownIDontKnow
			d.step(occurredTodayTarget, monthTarget, "only the month is known")
		case e.Date == "":
		case isToday:
			estimated.IncidentOccurredToday = code.YesNoUnknownYes
			d.step(occurredTodayTarget, "date", itIsToday)
		default:
			estimated.IncidentOccurredToday = code.YesNoUnknownNo
			d.step(occurredTodayTarget, "date", itIsNotToday)
		}
	}
	if isToday && estimated.IncidentOccurredToday == code.YesNoUnknownYes && estimated.TodaysDate == "" {
		estimated.TodaysDate = e.Date
		d.step(todaysDateTarget, "date", itIsToday)
	}
}

// outdated removes what was derived on an earlier day and is not so any more: a draft may
// wait for days.
func (f *Form) outdated(d *Draft, isToday bool) {
	wrong := itIsToday
	if isToday {
		wrong = itIsNotToday
	}
	d.Trace = slices.DeleteFunc(d.Trace, func(s Step) bool {
		stale := s.From == "date" && s.Rule == wrong
		if p, err := f.accessor(s.Target); stale && err == nil {
			p.Clear(&d.Event)
		}
		return stale
	})
}

// underive removes what was derived from a property that is answered again. It returns
// the targets of the properties that are now unset.
func (f *Form) underive(d *Draft, p *Property) (gone []string) {
	if p.Name != "date" && p.Name != monthTarget {
		return nil
	}
	for _, s := range d.Trace {
		if s.From != "date" && s.From != monthTarget {
			continue
		}
		if derived, err := f.accessor(s.Target); err == nil {
			derived.Clear(&d.Event)
			gone = append(gone, s.Target)
		}
	}
	return gone
}

// unwanted takes out of the event the answers to questions that do not arise, and reports
// them: those that another answer makes pointless, and those that neither the source nor
// a check asks for. Who fills in all questions at once answers some of these as well.
func (f *Form) unwanted(d *Draft, check func(*lfpse.Event) Checks, wanted func(string) []lfpse.Condition) (out fhir.Issues) {
	out = f.overruled(d, wanted)
	for _, a := range d.Answers {
		p, err := f.accessor(a.Target)
		if err != nil {
			continue
		}
		if strings.HasSuffix(a.Target, "."+ageProperty) && lfpse.IsBareAge(a.Text) && f.speaksOfBaby(d) {
			p.Clear(&d.Event) // given before the narrative was known
			out = append(out, fhir.Issue{
				Severity: fhir.Error, Rule: "MAP-ANSWER", Path: a.Target, Offset: -1,
				Text: "The answer cannot be used: " + errYounger.Error() + ".", Fix: "Correct the answer.",
			})
			continue
		}
		because := f.pointless(d, a.Target, wanted)
		if because == "" && slices.Contains(d.Unasked, a.Target) && !f.asks(d, p, check) {
			because = "the event is of another type"
		}
		if because == "" {
			continue
		}
		if p.IsSet(&d.Event) {
			p.Clear(&d.Event)
			d.Trace = slices.DeleteFunc(d.Trace, func(s Step) bool { return s.Target == a.Target })
			d.step(a.Target, fromAnswer, "not used, because "+because)
		}
		out = append(out, fhir.Issue{
			Severity: fhir.Warning, Rule: "MAP-ANSWER-POINTLESS", Path: a.Target, Offset: -1,
			Text: "The answer is not used: its question does not arise, because " + because + ".", Fix: "Nothing, or correct the answer that it depends on.",
		})
	}
	return out
}

// overruled leaves out what the source says where a person's answer makes it pointless:
// the psychological grade of a patient of whom somebody has confirmed the death.
func (f *Form) overruled(d *Draft, wanted func(string) []lfpse.Condition) (out fhir.Issues) {
	if wanted == nil || len(d.Answers) == 0 {
		return nil
	}
	const leftOut = "left out, because "
	for target := range d.Event.Stated() {
		p, err := f.accessor(target)
		if err != nil || d.Answered(target) {
			continue
		}
		for _, c := range wanted(target) {
			if !d.Answered(c.Target) || f.fulfilled(d, c) {
				continue
			}
			c.Not = !c.Not
			p.Clear(&d.Event)
			d.Trace = slices.DeleteFunc(d.Trace, func(s Step) bool { return s.Target == target })
			d.step(target, fromAnswer, leftOut+wording.Says(f.codec, c))
		}
	}
	for _, s := range d.Trace {
		if s.From == fromAnswer && strings.HasPrefix(s.Rule, leftOut) {
			out = append(out, fhir.Issue{
				Severity: fhir.Warning, Rule: "MAP-ANSWER-POINTLESS", Path: s.Target, Offset: -1,
				Text: "What was stated is " + s.Rule + ".", Fix: "Nothing, or correct the answer that it depends on.",
			})
		}
	}
	return out
}

// pointless says why another answer makes the one about a target pointless, empty if none
// does.
func (f *Form) pointless(d *Draft, target string, wanted func(string) []lfpse.Condition) string {
	if n, known := d.affected(); target == riskTarget && d.Event.Type == lfpse.TypeIncident && known && n > 0 && !d.riskStated() {
		return "somebody was affected"
	}
	if because := d.noHarm(target); because != "" {
		return because
	}
	if wanted == nil {
		return ""
	}
	for _, c := range wanted(target) {
		if !f.fulfilled(d, c) {
			c.Not = !c.Not
			return wording.Says(f.codec, c)
		}
	}
	return ""
}

// noHarm says why a question about harm does not arise, empty if it does or is about
// something else.
func (d *Draft) noHarm(target string) string {
	const association = ".strengthOfAssociation"
	list, index, _ := strings.Cut(target, "[")
	about := func(property string) bool { return strings.HasSuffix(target, property) }
	n, err := strconv.Atoi(index[:max(0, strings.IndexByte(index, ']'))])
	switch t := d.Event.Type; {
	case list != PatientsTarget || err != nil || n >= len(d.Event.Patients):
		return ""
	case (t == lfpse.TypeRisk || t == lfpse.TypeGoodCare) && (about(".physicalHarm") || about(".psychologicalHarm") || about(association)):
		return "good care and risks have no harm"
	case !about(association):
		return ""
	}
	p := &d.Event.Patients[n]
	if p.PhysicalHarm == lfpse.PhysicalFatal || p.PhysicalHarm == lfpse.PhysicalSevere || p.PsychologicalHarm == lfpse.PsychologicalSevere {
		return ""
	}
	return "the harm is neither severe nor fatal"
}

// asks reports whether a check asks for a property if the event does not state it.
func (f *Form) asks(d *Draft, p *lfpse.Accessor, check func(*lfpse.Event) Checks) bool {
	e := d.Event
	e.Patients, e.Devices, e.Medicines = slices.Clone(e.Patients), slices.Clone(e.Devices), slices.Clone(e.Medicines)
	p.Clear(&e)
	return slices.ContainsFunc(check(&e).Questions, func(q lfpse.Question) bool { return q.Target == p.Target() })
}

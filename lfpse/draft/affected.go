package draft

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/gpsafety/lfpse-go/lfpse"
)

// PatientsTarget is the target of the number of patients that an incident affected. The
// event itself has no such property: it lists the patients.
const PatientsTarget = "patients"

// riskTarget is the target of the question that an incident raises which affected nobody.
const riskTarget = "riskDetails.riskImminent"

// noPatientRule is the rule that asks it.
const noPatientRule = "LFPSE-NO-PATIENT-RISK"

// maxAffected is the largest number of patients that is taken for an answer. The form of
// LFPSE says what to do about more.
const maxAffected = 9

// Affects is the condition that an event affected at least n patients or, for 0, nobody.
func Affects(n int) lfpse.Condition {
	return lfpse.Condition{Target: PatientsTarget, Values: []string{affects(n)}}
}

func affects(n int) string {
	if n == 0 {
		return "none"
	}
	return "at least " + strconv.Itoa(n)
}

// AffectedQuestion asks how many patients an incident affected. why says what in the
// source leaves it open; it may be empty.
func AffectedQuestion(why, rule string) lfpse.Question {
	q := lfpse.Question{
		Target: PatientsTarget, Required: true, Rule: rule, Why: why,
		Text: "How many patients were affected? Answer 0 if nobody was. For ten or more answer 1, for the one with the most severe harm, and say in the description how many they were.",
	}
	for n := range 4 {
		q.Choices = append(q.Choices, lfpse.Choice{Value: strconv.Itoa(n), Display: affects(n)})
	}
	q.Choices[0].Display = nobody
	for n := 1; n < len(q.Choices); n++ {
		q.Choices[n].Display = strconv.Itoa(n)
	}
	return q
}

// affected returns the number of patients, unless nobody has said it yet. An incident
// without patients that answers the question for those that affected nobody says so.
func (d *Draft) affected() (n int, known bool) {
	switch n := len(d.Event.Patients); {
	case slices.ContainsFunc(d.Asked, isAboutNumber):
		return 0, false
	case n > 0:
		return n, true
	case d.Affected != nil:
		return *d.Affected, true
	}
	return 0, d.Event.RiskDetails.RiskImminent != ""
}

func isAboutNumber(q lfpse.Question) bool { return q.Target == PatientsTarget }

// riskStated reports whether the event says anything about a risk but whether it is
// imminent, which it then has to say as well.
func (d *Draft) riskStated() bool {
	for target := range d.Event.Stated() {
		if strings.HasPrefix(target, "riskDetails.") && target != riskTarget {
			return true
		}
	}
	return false
}

// statedNumber returns the number of patients in the form of conditions.
func (d *Draft) statedNumber() (out []string) {
	n, known := d.affected()
	if !known {
		return nil
	}
	for i := min(n, 1); i <= n; i++ {
		out = append(out, affects(i))
	}
	return append(out, strconv.Itoa(n))
}

// ParseAffected reads a number of patients affected. The error never quotes the text.
func ParseAffected(text string) (int, error) {
	text = strings.TrimSuffix(lfpse.Fold(text), ".0")
	n, err := strconv.Atoi(text)
	if slices.Contains([]string{"none", "nobody", "nil"}, text) {
		n, err = 0, nil
	}
	switch {
	case err != nil || n < 0:
		return 0, errors.New("this is not the number of patients affected, such as 0, 1 or 2")
	case n > maxAffected:
		return 0, errors.New("of ten or more patients LFPSE takes the one with the most severe harm: answer 1, and say in the description how many they were")
	}
	return n, nil
}

// answerNumber takes the answer how many patients were affected.
func (f *Form) answerNumber(d *Draft, text string) error {
	if code, display, _ := strings.Cut(text, ChoiceIs); strings.TrimSpace(display) == nobody {
		text = code // copied from the choices
	}
	n, err := ParseAffected(text)
	if err != nil {
		return err
	}
	var left []string // what records say of more patients than that
	for target := range d.Event.Stated() {
		if i, ok := patientOf(target); ok && i >= n {
			if d.fromRecord(target) == "" {
				return errors.New("the report says something about more patients than that")
			}
			left = append(left, target)
		}
	}
	d.forgetNumber()
	if len(d.Event.Patients) > n {
		d.Event.Patients = d.Event.Patients[:n]
	}
	d.Affected = &n
	d.Answers = append(d.Answers, Answer{PatientsTarget, text})
	d.step(PatientsTarget, fromAnswer, asAnswered)
	for _, target := range left {
		d.LeaveOut(d.fromRecord(target))
		d.Trace = slices.DeleteFunc(d.Trace, func(s Step) bool { return s.Target == target })
	}
	d.Asked = slices.DeleteFunc(d.Asked, func(q lfpse.Question) bool { return d.beyond(q.Target) != nil })
	f.resolve(d)
	return nil
}

// fromRecord is the part of a patient's record from which a value was taken, empty if it is
// not from one.
func (d *Draft) fromRecord(target string) string {
	for _, s := range d.Trace {
		for _, facts := range d.records {
			if s.Target == target && slices.ContainsFunc(facts, func(x Fact) bool { return x.From == s.From }) {
				return s.From
			}
		}
	}
	return ""
}

// patientOf is the index of the patient that a target is about.
func patientOf(target string) (index int, ok bool) {
	rest, ok := strings.CutPrefix(target, PatientsTarget+"[")
	number, _, _ := strings.Cut(rest, "]")
	index, err := strconv.Atoi(number)
	return index, ok && err == nil
}

// forgetNumber removes what is known about the number of patients.
func (d *Draft) forgetNumber() {
	d.Affected = nil
	d.Asked = slices.DeleteFunc(d.Asked, isAboutNumber)
	d.Questions = slices.DeleteFunc(d.Questions, isAboutNumber)
	d.Answers = slices.DeleteFunc(d.Answers, func(a Answer) bool { return a.Target == PatientsTarget })
	d.Trace = slices.DeleteFunc(d.Trace, func(s Step) bool { return s.Target == PatientsTarget })
}

// leftOutByNumber is the rule by which what the source says of a patient is left out whom
// the answered number of patients does not have.
const leftOutByNumber = "left out, because fewer patients were affected by the answer"

// LeaveOut records that what a source says of a patient is left out, because a person has
// answered that fewer were affected. from names the part of the source.
func (d *Draft) LeaveOut(from string) { d.step(PatientsTarget, from, leftOutByNumber) }

// ErrPointless is the error for an answer to a question that does not arise.
var ErrPointless = errors.New("the question does not arise")

// beyond returns an error for an answer about a patient whom the number of patients that
// a person has given does not have.
func (d *Draft) beyond(target string) error {
	if !d.Answered(PatientsTarget) || d.Affected == nil {
		return nil
	}
	if i, ok := patientOf(target); ok && i >= *d.Affected {
		return fmt.Errorf("%w, because the number of patients is answered with %d", ErrPointless, *d.Affected)
	}
	return nil
}

// list adds to an incident the patients of whom nothing but their number is known, so
// that the questions about them arise.
func (f *Form) list(d *Draft) {
	e := &d.Event
	if e.Type != lfpse.TypeIncident || d.Affected == nil || len(e.Patients) >= *d.Affected {
		return
	}
	for len(e.Patients) < *d.Affected {
		e.Patients = append(e.Patients, lfpse.Patient{})
	}
	if !slices.ContainsFunc(d.Trace, func(s Step) bool { return s.Target == PatientsTarget }) {
		d.step(PatientsTarget, "the source", "a blank cell does not say that nobody was affected")
	}
}

// ifAffected returns the questions that arise if an incident of which the number of
// patients is not known has affected somebody.
func (f *Form) ifAffected(d *Draft, check func(*lfpse.Event) Checks) (out []lfpse.Question) {
	if _, known := d.affected(); known || len(d.Event.Patients) > 0 || d.Event.Type != lfpse.TypeIncident && d.Event.Type != "" {
		return nil
	}
	for _, q := range check(withPatient(d.Event)).Questions {
		if strings.HasPrefix(q.Target, PatientsTarget+"[") {
			out = append(out, q)
		}
	}
	return out
}

// withPatient is an event with a patient of whom nothing is known. It stands by itself, so
// that an event is copied only where it is needed.
func withPatient(e lfpse.Event) *lfpse.Event {
	e.Patients = []lfpse.Patient{{}}
	return &e
}

// byNumber brings the questions about patients and about the risk of an incident that
// affected nobody under the condition of the number of patients, so that they are never
// put together, and asks for the number where it is not known.
func (f *Form) byNumber(d *Draft, all []lfpse.Question) []lfpse.Question {
	n, known := d.affected()
	if matters := d.Event.Type == lfpse.TypeIncident || d.Event.Type == "" || slices.ContainsFunc(d.Asked, isAboutNumber); known || !matters {
		return slices.DeleteFunc(all, func(q lfpse.Question) bool {
			return isAboutNumber(q) || n > 0 && q.Target == riskTarget && d.Event.Type == lfpse.TypeIncident && !d.riskStated()
		})
	}
	risk := slices.IndexFunc(all, func(q lfpse.Question) bool { return q.Target == riskTarget && q.Rule == noPatientRule })
	if risk >= 0 && !slices.ContainsFunc(all, isAboutNumber) {
		q := AffectedQuestion("", noPatientRule)
		q.When = slices.Clone(all[risk].When)
		all = append(all, q)
	}
	if !slices.ContainsFunc(all, isAboutNumber) {
		return all
	}
	for i := range all {
		q := &all[i]
		switch {
		case slices.ContainsFunc(q.When, func(c lfpse.Condition) bool { return c.Target == PatientsTarget }):
		case q.Target == riskTarget && (d.Event.Type != "" || q.Rule == noPatientRule):
			q.When = append(slices.Clip(q.When), Affects(0))
		case len(d.Event.Patients) == 0 && strings.HasPrefix(q.Target, PatientsTarget+"["):
			q.When = append(slices.Clip(q.When), Affects(1))
		}
	}
	return all
}

// nobody is how the choice 0 is shown.
const nobody = "Nobody"

package questionnaire

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/gpsafety/lfpse-go/fhir"
	"github.com/gpsafety/lfpse-go/lfpse"
	"github.com/gpsafety/lfpse-go/lfpse/draft"
	"github.com/gpsafety/lfpse-go/lfpse/privacy"
	"github.com/gpsafety/lfpse-go/lfpse/rule"
	"github.com/gpsafety/lfpse-go/mapping/fhircontext"
)

// MaxResponse is the largest response that is read, in bytes.
const MaxResponse = 5 << 20

// The rules of the findings.
const (
	ruleResponse = "RESPONSE-FORM"
	ruleStatus   = "RESPONSE-STATUS"
	ruleOther    = "RESPONSE-OTHER-FORM"
	ruleItem     = "RESPONSE-ITEM"
	ruleAnswer   = "RESPONSE-ANSWER"
)

// given is a response as it arrives. Only what is read is named: whose response it is, and
// the texts of the questions, are not.
type given struct {
	ResourceType  string      `json:"resourceType"`
	Questionnaire string      `json:"questionnaire"`
	Status        string      `json:"status"`
	Item          []givenItem `json:"item"`
}

type givenItem struct {
	LinkID string                       `json:"linkId"`
	Answer []map[string]json.RawMessage `json:"answer"`
	Item   []givenItem                  `json:"item"`
}

// Draft makes a draft of a QuestionnaireResponse (R4, JSON). reference and line identify it
// in reports. The response is treated as untrusted.
//
// Answers are found by their linkId. An answer that cannot be used is a finding with its
// place in the response and, where the question is known, a question of the draft: nothing
// is guessed. A document that is no response makes a draft that is invalid, and a response
// that says that it was entered in error, or abandoned, one that is set aside. One that does
// not say that it is completed or amended asks whether it may be sent.
func (f *Form) Draft(reference string, line int, data []byte) draft.Draft {
	r := reader{Form: f, d: draft.Draft{Reference: reference, Line: line}, at: map[string]int{}, once: map[string]bool{}, asked: map[string]bool{}}
	var g given
	issues := fhir.CheckJSON(data, fhir.WithLimit(MaxResponse), fhir.WithNullAndEmpty())
	if !issues.HasErrors() && (json.Unmarshal(data, &g) != nil || g.ResourceType != "QuestionnaireResponse") {
		issues = append(issues, rule.Issue(ruleResponse, "$this", "The document is not a QuestionnaireResponse, or a part of it has another form."))
	}
	if issues.HasErrors() {
		r.d.State, r.d.Reason, r.d.Issues = draft.Invalid, "This is not a response that can be read.", issues
		return r.d
	}
	switch g.Status {
	case "completed", "amended":
	case "entered-in-error", "stopped":
		r.d.State, r.d.Reason = draft.NotForLFPSE, "The response says that it is "+strings.ReplaceAll(g.Status, "-", " ")+"."
		return r.d
	default:
		r.find(ruleStatus, "QuestionnaireResponse.status", "The response does not say that somebody has completed it.")
		fallthrough
	case "in-progress": // somebody is still at it
		r.d.Ask(draft.CompleteQuestion())
	}
	r.d.Terms = peopleOf(data)
	r.answersTo(g.Questionnaire)
	r.items(g.Item, "QuestionnaireResponse", "", 0)
	r.number()
	return r.d
}

// peopleOf are the names and numbers of those whom a response is about, be it in a reference
// or in a resource inside it: they are looked for in the texts, and go nowhere else. Those of
// who has filled it in are not: a reporter may say how to be reached.
func peopleOf(data []byte) []privacy.Term {
	var parts map[string]json.RawMessage
	var inside []json.RawMessage
	_ = json.Unmarshal(data, &parts) // it has been read before
	_ = json.Unmarshal(parts["contained"], &inside)
	inside = slices.DeleteFunc(inside, func(one json.RawMessage) bool {
		var r given
		return json.Unmarshal(one, &r) == nil && strings.HasPrefix(r.ResourceType, "Practitioner")
	})
	delete(parts, "author")
	delete(parts, "source")
	parts["contained"], _ = json.Marshal(inside)
	data, _ = json.Marshal(parts)
	people, _ := fhircontext.Load(data)
	if people == nil {
		return nil
	}
	return people.DenyTerms()
}

// reader reads one response.
type reader struct {
	*Form
	d      draft.Draft
	at     map[string]int // entries of each list so far
	said   *int           // the number of patients
	saidAt string
	// once and asked are the targets that were answered and asked for.
	once, asked map[string]bool
}

// mostFindings is how many findings are kept: a response with more is no response to the form.
const mostFindings = 1000

func (r *reader) find(id, path, text string) {
	if len(r.d.Found) < mostFindings {
		r.d.Found = append(r.d.Found, rule.Issue(id, path, text))
	}
}

// answersTo reports a response to another form, or to that of another taxonomy.
func (r *reader) answersTo(canonical string) {
	url, version, _ := strings.Cut(canonical, "|")
	if canonical == "" || url == URL && (version == "" || version == r.Form.form.Codec().Taxonomy().Version) {
		return
	}
	r.find(ruleOther, "QuestionnaireResponse.questionnaire", "The response is to another form, or to one of another version.")
}

// items reads the items of a group, in an entry of a list or outside all.
func (r *reader) items(items []givenItem, path, list string, index int) {
	for i := range items {
		it, at := &items[i], fmt.Sprintf("%s.item[%d]", path, i)
		name, isList := strings.CutSuffix(it.LinkID, "[]")
		known := r.byLink[it.LinkID]
		switch {
		case isList && r.outline[it.LinkID]:
			if it.answers() {
				r.entry(it, at, name)
			}
		case r.outline[it.LinkID]:
			r.items(it.Item, at, list, index)
		case known == nil || known.each != list:
			if it.answers() {
				r.find(ruleItem, at, "The form has no question of this linkId here; its answer is not used.")
			}
		default:
			r.answers(known, it, at, list, index)
		}
	}
}

// entry reads one entry of a list.
func (r *reader) entry(it *givenItem, at, list string) {
	const most = 100
	n := r.at[list]
	if list == draft.PatientsTarget && n >= mostPatients || n >= most {
		r.find(ruleItem, at, "There are more entries than a record takes; this one is not used.")
		return
	}
	r.at[list] = n + 1
	r.items(it.Item, at, list, n)
}

// answers reports whether there is an answer in an item.
func (it *givenItem) answers() bool {
	return len(it.Answer) > 0 || slices.ContainsFunc(it.Item, func(c givenItem) bool { return c.answers() })
}

// answers puts the answers to a question into the draft.
func (r *reader) answers(q *item, it *givenItem, path, list string, index int) {
	target := q.at(index)
	if n := len(it.Answer); !q.repeats() && n > 0 && (n > 1 || r.once[target]) {
		r.refuse(q, target, path, errors.New("the question takes one answer"))
		return
	}
	r.once[target] = r.once[target] || len(it.Answer) > 0
	for i, a := range it.Answer {
		at := fmt.Sprintf("%s.answer[%d]", path, i)
		text, err := q.read(a)
		if err == nil {
			err = r.put(q, target, text, at)
		}
		if err != nil {
			r.refuse(q, target, at, err)
		}
		var inner []givenItem
		if raw := a["item"]; raw != nil && json.Unmarshal(raw, &inner) == nil {
			r.items(inner, at, list, index)
		}
	}
	r.items(it.Item, path, list, index)
}

// refuse reports an answer that cannot be used, and asks the question.
func (r *reader) refuse(q *item, target, path string, err error) {
	r.find(ruleAnswer, path, "The answer cannot be used: "+err.Error()+".")
	if r.asked[target] {
		return
	}
	r.asked[target] = true
	const why = "The answer in the form cannot be used."
	if q.property == nil {
		r.d.Ask(draft.AffectedQuestion(why, ruleAnswer))
		return
	}
	if p, err := r.Form.form.Property(target); err == nil {
		r.d.Ask(p.Question("", why, ruleAnswer))
	}
}

func (r *reader) put(q *item, target, text, at string) error {
	if q.property == nil {
		n, err := draft.ParseAffected(text)
		if err == nil {
			r.said, r.saidAt = &n, at
		}
		return err
	}
	p, err := r.Form.form.Property(target)
	if err != nil {
		return err
	}
	return r.Form.form.Put(&r.d, p, text, draft.Origin{From: at, Rule: "answer to " + q.link})
}

// number takes the number of patients, and asks for it if fewer are affected than listed.
func (r *reader) number() {
	switch {
	case r.said == nil:
	case *r.said < len(r.d.Event.Patients):
		r.refuse(r.byLink[draft.PatientsTarget], draft.PatientsTarget, r.saidAt, errors.New("more patients are listed"))
	default:
		r.d.Affected = r.said
		r.d.Trace = append(r.d.Trace, draft.Step{Target: draft.PatientsTarget, From: r.saidAt, Rule: "answer to " + draft.PatientsTarget})
	}
}

var (
	errKind  = errors.New("it is of another type than the question")
	errTwo   = errors.New("it has two values")
	errCode  = errors.New("its code is not one of the options")
	errUnit  = errors.New("an age is a whole number of years, months or days")
	errBlank = errors.New("it is blank")
)

// property is the element of an answer in which a kind of question has its value.
var property = map[kind]string{
	kindChoice: "valueCoding", kindString: "valueString", kindText: "valueString", kindBoolean: "valueBoolean",
	kindInteger: "valueInteger", kindQuantity: "valueQuantity", kindDate: "valueDate", kindTime: "valueTime",
}

// read returns an answer in the form that a draft takes. The error never quotes it.
func (q *item) read(answer map[string]json.RawMessage) (string, error) {
	raw := answer[property[q.kind]]
	if raw == nil || string(raw) == "null" { // which would be read as no, or 0
		return "", errKind
	}
	for name := range answer {
		if strings.HasPrefix(name, "value") && name != property[q.kind] {
			return "", errTwo
		}
	}
	switch q.kind {
	case kindChoice:
		var c coding
		if json.Unmarshal(raw, &c) != nil {
			return "", errKind
		}
		value, ok := q.valueOf(c.Code)
		if !ok || c.System != "" && c.System != q.system {
			return "", errCode
		}
		return value, nil
	case kindBoolean:
		var yes bool
		err := json.Unmarshal(raw, &yes)
		return strconv.FormatBool(yes), ifAny(err, errKind)
	case kindInteger:
		var n int
		err := json.Unmarshal(raw, &n)
		return strconv.Itoa(n), ifAny(err, errKind)
	case kindQuantity:
		return readAge(raw)
	}
	var text string
	if json.Unmarshal(raw, &text) != nil {
		return "", errKind
	}
	if lfpse.IsBlank(text) {
		return "", errBlank
	}
	return text, nil
}

func ifAny(err, instead error) error {
	if err != nil {
		return instead
	}
	return nil
}

// readAge reads an age: the unit by its code in UCUM or, without one, by its name.
func readAge(raw json.RawMessage) (string, error) {
	var q quantity
	if json.Unmarshal(raw, &q) != nil {
		return "", errKind
	}
	n, err := strconv.Atoi(strings.TrimSuffix(string(q.Value), ".0"))
	for _, u := range ageUnits {
		if err == nil && n >= 0 && (q.Code == u.code || q.Code == "" && q.Unit == string(u.unit)) {
			return fmt.Sprintf("%d %s", n, u.unit), nil
		}
	}
	return "", errUnit
}

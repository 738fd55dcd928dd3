package questionnaire_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/lfpse"
	"github.com/gpsafety/lfpse-go/lfpse/draft"
	"github.com/gpsafety/lfpse-go/mapping/questionnaire"
)

// respond makes a response of items.
func respond(items string) []byte {
	return []byte(`{"resourceType":"QuestionnaireResponse","status":"completed","item":[` + items + `]}`)
}

// found lists the findings of a draft as rule and place.
func found(d *draft.Draft) (out []string) {
	for _, i := range d.Found {
		out = append(out, i.Rule+" "+i.Path)
	}
	return out
}

func TestDraft(t *testing.T) {
	m := newForm(t, "6")
	d := m.form.Draft("7", 7, respond(`
		{"linkId":"step/what","text":"ignored","item":[
			{"linkId":"type","answer":[{"valueCoding":{"code":"1"}}]},
			{"linkId":"description","answer":[{"valueString":"A dose was given twice at the surgery."}]},
			{"linkId":"type/help"}]},
		{"linkId":"date","answer":[{"valueDate":"2026-03"}]},
		{"linkId":"patients","answer":[{"valueInteger":2}]},
		{"linkId":"patients[]","item":[{"linkId":"step/harm","item":[{"linkId":"patients[].physicalHarm","answer":[{"valueCoding":{"code":"4"},"item":[{"linkId":"patients[].clinicalOutcome","answer":[{"valueString":"Recovered."}]}]}]}]}]},
		{"linkId":"patients[]","item":[]},
		{"linkId":"patients[]","item":[{"linkId":"patients[].age","answer":[{"valueQuantity":{"value":5,"code":"mo"}}]}]},
		{"linkId":"agent.involvedAgents","answer":[{"valueCoding":{"code":"4"}},{"valueCoding":{"code":"3"}}]},
		{"linkId":"governance.dutyOfCandour","answer":[{"valueBoolean":false}]},
		{"linkId":"estimatedDate.preciseTime","answer":[{"valueTime":"10:30:00"}]}`))
	assert.Empty(t, d.Found)
	e := d.Event
	assert.Equal(t, lfpse.TypeIncident, e.Type)
	assert.Equal(t, "2026-03", e.EstimatedDate.ApproximateDate)
	assert.Equal(t, lfpse.Time("10:30:00"), e.EstimatedDate.PreciseTime)
	require.Len(t, e.Patients, 2)
	assert.Equal(t, lfpse.PhysicalLow, e.Patients[0].PhysicalHarm)
	assert.Equal(t, "Recovered.", e.Patients[0].ClinicalOutcome)
	assert.Equal(t, lfpse.Age{Value: 5, Unit: lfpse.Months}, e.Patients[1].Age)
	assert.Len(t, e.Agent.InvolvedAgents, 2)
	assert.False(t, *e.Governance.DutyOfCandour)
	assert.Equal(t, 2, *d.Affected)
	assert.Contains(t, d.Trace, draft.Step{Target: "type", From: "QuestionnaireResponse.item[0].item[0].answer[0]", Rule: "answer to type"})
	m.builder.Prepare(&d)
	assert.Equal(t, draft.NeedsAnswers, d.State)
}

// What cannot be used is found at its place, and asked if the question is known.
func TestDraftFindsWhatItCannotUse(t *testing.T) {
	m := newForm(t, "6")
	for items, want := range map[string]struct{ found, asks string }{
		`{"linkId":"nothing","answer":[{"valueString":"x"}]}`: {"RESPONSE-ITEM QuestionnaireResponse.item[0]", ""},
		`{"linkId":"nothing"}`:                                {"", ""},
		`{"linkId":"nothing","item":[{"linkId":"type","answer":[{"valueCoding":{"code":"1"}}]}]}`:                                                                           {"RESPONSE-ITEM QuestionnaireResponse.item[0]", ""},
		`{"linkId":"patients[].age","answer":[{"valueQuantity":{"value":5,"code":"a"}}]}`:                                                                                   {"RESPONSE-ITEM QuestionnaireResponse.item[0]", ""},
		`{"linkId":"patients[]","item":[{"linkId":"type","answer":[{"valueString":"x"}]}]}`:                                                                                 {"RESPONSE-ITEM QuestionnaireResponse.item[0].item[0]", ""},
		`{"linkId":"type","answer":[{"valueString":"incident"}]}`:                                                                                                           {"RESPONSE-ANSWER QuestionnaireResponse.item[0].answer[0]", "type"},
		`{"linkId":"type","answer":[{"valueCoding":{"code":"9"}}]}`:                                                                                                         {"RESPONSE-ANSWER QuestionnaireResponse.item[0].answer[0]", "type"},
		`{"linkId":"type","answer":[{"valueCoding":{"code":1}}]}`:                                                                                                           {"RESPONSE-ANSWER QuestionnaireResponse.item[0].answer[0]", "type"},
		`{"linkId":"type","answer":[{"valueCoding":{"code":"1","system":"https://x.example"}}]}`:                                                                            {"RESPONSE-ANSWER QuestionnaireResponse.item[0].answer[0]", "type"},
		`{"linkId":"type","answer":[{"valueCoding":{"code":"1"}},{"valueCoding":{"code":"2"}}]}`:                                                                            {"RESPONSE-ANSWER QuestionnaireResponse.item[0]", "type"},
		`{"linkId":"description","answer":[{"valueString":"  "}]}`:                                                                                                          {"RESPONSE-ANSWER QuestionnaireResponse.item[0].answer[0]", "description"},
		`{"linkId":"date","answer":[{"valueDate":"2027-01-01"}]}`:                                                                                                           {"RESPONSE-ANSWER QuestionnaireResponse.item[0].answer[0]", "date"},
		`{"linkId":"date","answer":[{"valueDate":"2026"}]}`:                                                                                                                 {"RESPONSE-ANSWER QuestionnaireResponse.item[0].answer[0]", "date"},
		`{"linkId":"patients","answer":[{"valueInteger":10}]}`:                                                                                                              {"RESPONSE-ANSWER QuestionnaireResponse.item[0].answer[0]", "patients"},
		`{"linkId":"patients","answer":[{"valueInteger":-1}]}`:                                                                                                              {"RESPONSE-ANSWER QuestionnaireResponse.item[0].answer[0]", "patients"},
		`{"linkId":"patients","answer":[{"valueInteger":"1"}]}`:                                                                                                             {"RESPONSE-ANSWER QuestionnaireResponse.item[0].answer[0]", "patients"},
		`{"linkId":"governance.neverEvent","answer":[{"valueBoolean":"true"}]}`:                                                                                             {"RESPONSE-ANSWER QuestionnaireResponse.item[0].answer[0]", "governance.neverEvent"},
		`{"linkId":"estimatedDate.preciseTime","answer":[{"valueTime":"25:00:00"}]}`:                                                                                        {"RESPONSE-ANSWER QuestionnaireResponse.item[0].answer[0]", "estimatedDate.preciseTime"},
		`{"linkId":"patients[]","item":[{"linkId":"patients[].age","answer":[{"valueQuantity":{"value":5,"unit":"weeks"}}]}]}`:                                              {"RESPONSE-ANSWER QuestionnaireResponse.item[0].item[0].answer[0]", "patients[0].ageBracket"},
		`{"linkId":"patients","answer":[{"valueInteger":0}]},{"linkId":"patients[]","item":[{"linkId":"patients[].physicalHarm","answer":[{"valueCoding":{"code":"4"}}]}]}`: {"RESPONSE-ANSWER QuestionnaireResponse.item[0].answer[0]", "patients"},
		`{"linkId":"type","answer":[{"valueCoding":{"code":"1"}}]},{"linkId":"type","answer":[{"valueCoding":{"code":"2"}}]}`:                                               {"RESPONSE-ANSWER QuestionnaireResponse.item[1]", "type"},
	} {
		d := m.form.Draft("1", 1, respond(items))
		assert.Equal(t, want.found, strings.Join(found(&d), ", "), items)
		asked := ""
		for _, q := range d.Asked {
			assert.True(t, q.Required)
			asked += q.Target
		}
		assert.Equal(t, want.asks, asked, items)
	}
}

// Ten patients are more than a record takes; the tenth is not used.
func TestTooManyPatients(t *testing.T) {
	m := newForm(t, "6")
	d := m.form.Draft("1", 1, respond(strings.TrimSuffix(strings.Repeat(`{"linkId":"patients[]","item":[{"linkId":"patients[].physicalHarm","answer":[{"valueCoding":{"code":"4"}}]}]},`, 10), ",")))
	assert.Len(t, d.Event.Patients, 9)
	assert.Equal(t, []string{"RESPONSE-ITEM QuestionnaireResponse.item[9]"}, found(&d))
}

func TestDraftOfWhatIsNoResponse(t *testing.T) {
	m := newForm(t, "6")
	for text, state := range map[string]draft.State{
		`{`:                                draft.Invalid,
		`{"resourceType":"Questionnaire"}`: draft.Invalid,
		`{"resourceType":"QuestionnaireResponse","item":{}}`:                                       draft.Invalid,
		`{"resourceType":"QuestionnaireResponse","item":[{"linkId":7}]}`:                           draft.Invalid,
		`{"resourceType":"QuestionnaireResponse","status":"entered-in-error"}`:                     draft.NotForLFPSE,
		`{"resourceType":"QuestionnaireResponse","status":"stopped","item":[{"linkId":"type"}]}`:   draft.NotForLFPSE,
		`{"resourceType":"QuestionnaireResponse","status":"in-progress"}`:                          "",
		`{"resourceType":"QuestionnaireResponse","item":` + strings.Repeat(`[{"item":`, 200) + `1`: draft.Invalid,
	} {
		d := m.form.Draft("1", 1, []byte(text))
		assert.Equal(t, state, d.State, text)
		assert.Equal(t, state != "", d.Reason != "", text)
	}
	d := m.form.Draft("1", 1, []byte(`{"resourceType":"QuestionnaireResponse","status":"completed","questionnaire":"`+questionnaire.URL+`|5"}`))
	assert.Equal(t, []string{"RESPONSE-OTHER-FORM QuestionnaireResponse.questionnaire"}, found(&d))
	d = m.form.Draft("1", 1, []byte(`{"resourceType":"QuestionnaireResponse","status":"completed","questionnaire":"`+questionnaire.URL+`|6"}`))
	assert.Empty(t, found(&d))
}

// An answer of null is none: neither no nor 0.
func TestNullIsNoAnswer(t *testing.T) {
	m := newForm(t, "6")
	d := m.form.Draft("7", 7, respond(`{"linkId":"type","answer":[{"valueCoding":{"code":"1"}}]},
		{"linkId":"patients","answer":[{"valueInteger":null}]},
		{"linkId":"governance.dutyOfCandour","answer":[{"valueBoolean":null}]}`))
	assert.Nil(t, d.Affected)
	assert.Nil(t, d.Event.Governance.DutyOfCandour)
	assert.Len(t, found(&d), 2)
}

// A response that does not say that it is complete is not sent before somebody says that it
// may be.
func TestStatus(t *testing.T) {
	m := newForm(t, "6")
	complete := string(respond(`{"linkId":"type","answer":[{"valueCoding":{"code":"1"}}]}`))
	none := []string(nil)
	for status, finds := range map[string][]string{
		`"completed"`: none, `"amended"`: none, `"in-progress"`: none,
		`"done"`: {"RESPONSE-STATUS QuestionnaireResponse.status"}, `""`: {"RESPONSE-STATUS QuestionnaireResponse.status"},
		`null`: {"RESPONSE-STATUS QuestionnaireResponse.status"}, `"Completed "`: {"RESPONSE-STATUS QuestionnaireResponse.status"},
	} {
		d := m.form.Draft("7", 7, []byte(strings.Replace(complete, `"completed"`, status, 1)))
		assert.Equal(t, status != `"completed"` && status != `"amended"`, d.Asks(draft.CompleteTarget), status)
		assert.ElementsMatch(t, finds, found(&d), status)
	}
}

// No finding and no question repeats what a response says, and who has filled it in is not
// read.
func TestFindingsHoldNoAnswer(t *testing.T) {
	m := newForm(t, "6")
	d := m.form.Draft("1", 1, []byte(`{"resourceType":"QuestionnaireResponse","status":"Quxzilla","author":{"display":"Quxzilla"},"questionnaire":"https://quxzilla.example","item":[
		{"linkId":"Quxzilla","text":"Quxzilla","answer":[{"valueString":"Quxzilla"}]},
		{"linkId":"type","answer":[{"valueCoding":{"code":"Quxzilla","display":"Quxzilla"}}]},
		{"linkId":"date","answer":[{"valueDate":"Quxzilla"}]},
		{"linkId":"estimatedDate.preciseTime","answer":[{"valueTime":"Quxzilla"}]}]}`))
	m.builder.Prepare(&d)
	text, err := json.Marshal(d)
	require.NoError(t, err)
	assert.Len(t, d.Found, 6)
	assert.NotContains(t, strings.ToLower(string(text)), "quxzilla")
}

// A hostile response ends soon: the work grows with its size alone.
func TestHostileResponses(t *testing.T) {
	m := newForm(t, "6")
	many := func(item string) []byte {
		n := (questionnaire.MaxResponse - 200) / (len(item) + 1)
		return respond(strings.TrimSuffix(strings.Repeat(item+",", n), ","))
	}
	entry := `{"linkId":"devices[]","item":[`
	for target := range strings.FieldsSeq("deviceType deviceTypeOther manufacturer modelNumber") {
		entry += `{"linkId":"devices[].` + target + `","answer":[{"valueBoolean":true}]},`
	}
	for name, data := range map[string][]byte{
		"unknown items":  many(`{"linkId":"x","answer":[{"valueBoolean":true}]}`),
		"one answer":     many(`{"linkId":"type","answer":[{"valueCoding":{"code":"1"}}]}`),
		"a list":         many(`{"linkId":"agent.involvedAgents","answer":[{"valueCoding":{"code":"4"}}]}`),
		"wrong entries":  many(strings.TrimSuffix(entry, ",") + `]}`),
		"deep":           respond(strings.Repeat(`{"linkId":"step/what","item":[`, 1000)),
		"above the size": append(respond(""), make([]byte, questionnaire.MaxResponse)...),
	} {
		begin := time.Now()
		d := m.form.Draft("1", 1, data)
		assert.Less(t, time.Since(begin), 20*time.Second, name)
		assert.LessOrEqual(t, len(d.Found), 1000, name)
		t.Log(name, len(data), time.Since(begin).Round(time.Millisecond), fmt.Sprint(d))
	}
}

// What a response says is the same after it was written out again, whatever it is.
func FuzzDraft(f *testing.F) {
	f.Add(`{"linkId":"type","answer":[{"valueCoding":{"code":"1"}}]},{"linkId":"patients[]","item":[{"linkId":"patients[].age","answer":[{"valueQuantity":{"value":5,"code":"mo"}}]}]}`)
	f.Add(`{"linkId":"date","answer":[{"valueDate":"2026-03"}]},{"linkId":"patients","answer":[{"valueInteger":0}]}`)
	f.Add(`{"linkId":"estimatedDate.approximateDate","answer":[{"valueString":"spring"}]},{"linkId":"devices[]","item":[{"linkId":"devices[].manufacturer","answer":[{"valueString":"x"}]}]}`)
	m := newForm(f, "6")
	f.Fuzz(func(t *testing.T, items string) {
		d := m.form.Draft("1", 1, respond(items))
		if !d.Open() {
			return
		}
		text, left, err := m.form.Response(&d)
		require.NoError(t, err)
		again := m.form.Draft("1", 1, text)
		assert.Empty(t, left)
		assert.Empty(t, again.Found)
		assert.Equal(t, d.Event, again.Event)
	})
}

// Whoever a response is about is looked for in its texts, and shown nowhere. Its author may
// say how to be reached.
func TestPeopleOfAResponse(t *testing.T) {
	m := newForm(t, "6")
	const about = `"subject":{"reference":"Patient/9990000018","display":"Quillina Testington"},"author":{"reference":"#a"},
		"contained":[{"resourceType":"Practitioner","id":"a","name":[{"family":"Zabriskie"}]},{"resourceType":"RelatedPerson","id":"r","name":[{"given":["Walther"]}]}],`
	for text, state := range map[string]draft.State{
		"A letter was sent twice by the surgery.":           draft.NeedsAnswers,
		"Quillina was sent the same letter twice.":          draft.Blocked,
		"The letter was sent twice to Testington.":          draft.Blocked,
		"Walther asked for the letter that was sent twice.": draft.Blocked,
		"The letter of 999 000 0018 was sent to two people": draft.Blocked,
	} {
		response := strings.Replace(string(respond(`{"linkId":"type","answer":[{"valueCoding":{"code":"1"}}]},
			{"linkId":"description","answer":[{"valueString":"`+text+`"}]},{"linkId":"date","answer":[{"valueDate":"2026-03-05"}]},
			{"linkId":"reporter.reporterContact","answer":[{"valueString":"Zabriskie, at the desk"}]}`)), `"status"`, about+`"status"`, 1)
		d := m.form.Draft("1", 1, []byte(response))
		m.builder.Prepare(&d)
		assert.Equal(t, state, d.State, text)
		shown, err := json.Marshal(&d)
		require.NoError(t, err)
		for _, name := range []string{"Quillina", "Testington", "Walther", "9990000018"} {
			assert.NotContains(t, string(shown), name)
		}
	}
}

// Which of two values of one answer is meant is not guessed.
func TestTwoValues(t *testing.T) {
	d := newForm(t, "6").form.Draft("1", 1, respond(`{"linkId":"type","answer":[{"valueCoding":{"code":"1"},"valueString":"Risk"}]}`))
	assert.Empty(t, d.Event.Type)
	assert.Equal(t, []string{"RESPONSE-ANSWER QuestionnaireResponse.item[0].answer[0]"}, found(&d))
}

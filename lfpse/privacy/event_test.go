package privacy_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"
	"testing"

	r4 "github.com/samply/golang-fhir-models/fhir-models/fhir"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/gpsafety/lfpse-go/fhir"
	"github.com/gpsafety/lfpse-go/lfpse/privacy"
)

// field is an LFPSE field with a text value.
func field(name, value string) r4.Extension {
	return r4.Extension{Url: name, ValueString: &value}
}

func group(name string, fields ...r4.Extension) r4.Extension {
	const base = "https://developer.learn-from-patient-safety-events.nhs.uk/taxonomy/fhir/StructureDefinition/"
	return r4.Extension{Url: base + name, Extension: fields}
}

// cleanEvent is a report with nothing to find in it.
const cleanVTM = "9990018006"

func cleanEvent() *fhir.AdverseEvent {
	vtm, vmp := cleanVTM, "42206511000001102"
	date, created := "1950-02-01", "2026-11-22T10:15:00+00:00"
	return &fhir.AdverseEvent{
		Meta: &r4.Meta{Profile: []string{"https://developer.learn-from-patient-safety-events.nhs.uk/taxonomy/fhir/StructureDefinition/patient-safety-adverse-event-6"}},
		Contained: []fhir.Resource{
			{Location: &r4.Location{Id: new("location1"), Extension: []r4.Extension{group("location-details-6", r4.Extension{Url: "Organisation", ValueCode: new("A81001")})}}},
			{Practitioner: &r4.Practitioner{Id: new("practitioner1"), Extension: []r4.Extension{
				group("practitioner-details-6", field("ReporterContact", "jo.bloggs@example.org, 07700 900456"))}}},
			{Patient: &r4.Patient{Id: new("patient"), Extension: []r4.Extension{
				group("patient-information-6", r4.Extension{Url: "AgeAtTimeOfIncidentDays", ValueInteger: new(18600)})}}},
			{Device: &r4.Device{Id: new("device1"), Manufacturer: new("Example Ltd"), ModelNumber: new("AB-1234")}},
		},
		Extension: []r4.Extension{
			group("adverse-event-core-6", field("Description", "Wrong dose of methotrexate given on 12/03/2026.")),
			group("medication-dmd-6", r4.Extension{Url: "VTMCode", ValueCode: &vtm}, r4.Extension{Url: "VMPCode", ValueCode: &vmp}),
		},
		Subject: &r4.Reference{Reference: new("#patient")}, Recorder: &r4.Reference{Reference: new("#practitioner1")},
		Date: &date, RecordedDate: &created,
	}
}

func TestScanEventLetsACleanReportPass(t *testing.T) {
	assert.Empty(t, newScreener().ScanEvent(cleanEvent(), nil))
	assert.Empty(t, newScreener().ScanEvent(cleanEvent(), denied()), "the day of the event may be a birth date")
	assert.Empty(t, newScreener().ScanEvent(&fhir.AdverseEvent{}, nil))
	assert.Empty(t, newScreener().ScanEvent(nil, nil))
}

func TestScanEvent(t *testing.T) {
	const nhs = "9990000018"
	nhsInt := 9990000018
	tests := []struct {
		name   string
		change func(*fhir.AdverseEvent)
		rule   string
		path   string
	}{
		{"description", func(a *fhir.AdverseEvent) { a.Extension[0].Extension[0] = field("Description", "for "+nhs) },
			"PRIVACY-NHS-NUMBER", "AdverseEvent.extension[0].extension[0].value"},
		{"root description", func(a *fhir.AdverseEvent) { a.Description = new("call 07700 900123") }, "PRIVACY-PHONE", "AdverseEvent.description"},
		{"markdown", func(a *fhir.AdverseEvent) { a.Extension[0].ValueMarkdown = new("mail jo@example.org") }, "PRIVACY-EMAIL", "AdverseEvent.extension[0].value"},
		{"code", func(a *fhir.AdverseEvent) { a.Extension[0].ValueCode = new(nhs) }, "PRIVACY-NHS-NUMBER", "AdverseEvent.extension[0].value"},
		{"NHS number as a dm+d id", func(a *fhir.AdverseEvent) { a.Extension[1].Extension[0].ValueCode = new(nhs) }, "PRIVACY-NHS-NUMBER", "AdverseEvent.extension[1].extension[0].value"},
		{"integer", func(a *fhir.AdverseEvent) { a.Extension[0].ValueInteger = &nhsInt }, "PRIVACY-NHS-NUMBER", "AdverseEvent.extension[0].value"},
		{"decimal", func(a *fhir.AdverseEvent) { a.Extension[0].ValueDecimal = new(json.Number(nhs)) }, "PRIVACY-NHS-NUMBER", "AdverseEvent.extension[0].value"},
		{"extension url", func(a *fhir.AdverseEvent) { a.Extension[0].Url = "https://example.org/" + nhs }, "PRIVACY-NHS-NUMBER", "AdverseEvent.extension[0].url"},
		{"codeable concept", func(a *fhir.AdverseEvent) { a.Event = &r4.CodeableConcept{Text: new("NHS " + nhs)} }, "PRIVACY-NHS-NUMBER", "AdverseEvent.event.text"},
		{"coding", func(a *fhir.AdverseEvent) {
			a.Category = []r4.CodeableConcept{{}, {Coding: []r4.Coding{{Display: new(nhs)}}}}
		}, "PRIVACY-NHS-NUMBER", "AdverseEvent.category[1].coding[0].display"},
		{"identifier", func(a *fhir.AdverseEvent) { a.Identifier = &r4.Identifier{Value: new(nhs)} }, "PRIVACY-NHS-NUMBER", "AdverseEvent.identifier.value"},
		{"id", func(a *fhir.AdverseEvent) { a.Id = new(nhs) }, "PRIVACY-NHS-NUMBER", "AdverseEvent.id"},
		{"narrative", func(a *fhir.AdverseEvent) { a.Text = &r4.Narrative{Div: "<div>" + nhs + "</div>"} }, "PRIVACY-NHS-NUMBER", "AdverseEvent.text.div"},
		{"narrative across tags", func(a *fhir.AdverseEvent) { a.Text = &r4.Narrative{Div: "<div><b>999</b>&#160;000&nbsp;0018</div>"} }, "PRIVACY-NHS-NUMBER", "AdverseEvent.text.div"},
		{"contained text", func(a *fhir.AdverseEvent) { a.Contained[3].Device.Note = []r4.Annotation{{Text: nhs}} }, "PRIVACY-NHS-NUMBER", "AdverseEvent.contained[3].note[0].text"},
		{"suspect entity", func(a *fhir.AdverseEvent) {
			a.SuspectEntity = []r4.AdverseEventSuspectEntity{{Instance: r4.Reference{Reference: new("#device1"), Display: new(nhs)}}}
		}, "PRIVACY-NHS-NUMBER", "AdverseEvent.suspectEntity[0].instance.display"},
		{"reporter contact", func(a *fhir.AdverseEvent) {
			a.Contained[1].Practitioner.Extension[0].Extension[0] = field("ReporterContact", nhs+"@example.org")
		}, "PRIVACY-NHS-NUMBER", "AdverseEvent.contained[1].extension[0].extension[0].value"},
		{"e-mail elsewhere", func(a *fhir.AdverseEvent) {
			a.Contained[1].Practitioner.Extension[0].Extension[0] = field("ReporterRoleOther", "jo@example.org")
		}, "PRIVACY-EMAIL", "AdverseEvent.contained[1].extension[0].extension[0].value"},

		{"patient identifier", func(a *fhir.AdverseEvent) { a.Contained[2].Patient.Identifier = []r4.Identifier{{}} }, "PRIVACY-ELEMENT", "AdverseEvent.contained[2].identifier"},
		{"patient name", func(a *fhir.AdverseEvent) { a.Contained[2].Patient.Name = []r4.HumanName{{}} }, "PRIVACY-ELEMENT", "AdverseEvent.contained[2].name"},
		{"patient birth date", func(a *fhir.AdverseEvent) { a.Contained[2].Patient.BirthDate = new("1950") }, "PRIVACY-ELEMENT", "AdverseEvent.contained[2].birthDate"},
		{"patient address", func(a *fhir.AdverseEvent) { a.Contained[2].Patient.Address = []r4.Address{{}} }, "PRIVACY-ELEMENT", "AdverseEvent.contained[2].address"},
		{"patient telecom", func(a *fhir.AdverseEvent) { a.Contained[2].Patient.Telecom = []r4.ContactPoint{{}} }, "PRIVACY-ELEMENT", "AdverseEvent.contained[2].telecom"},
		{"patient relatives", func(a *fhir.AdverseEvent) { a.Contained[2].Patient.Contact = []r4.PatientContact{{}} }, "PRIVACY-ELEMENT", "AdverseEvent.contained[2].contact"},
		{"practitioner name", func(a *fhir.AdverseEvent) { a.Contained[1].Practitioner.Name = []r4.HumanName{{}} }, "PRIVACY-ELEMENT", "AdverseEvent.contained[1].name"},
		{"practitioner identifier", func(a *fhir.AdverseEvent) { a.Contained[1].Practitioner.Identifier = []r4.Identifier{{}} }, "PRIVACY-ELEMENT", "AdverseEvent.contained[1].identifier"},
		{"practitioner telecom", func(a *fhir.AdverseEvent) { a.Contained[1].Practitioner.Telecom = []r4.ContactPoint{{}} }, "PRIVACY-ELEMENT", "AdverseEvent.contained[1].telecom"},
		{"serial number", func(a *fhir.AdverseEvent) { a.Contained[3].Device.SerialNumber = new("S1") }, "PRIVACY-ELEMENT", "AdverseEvent.contained[3].serialNumber"},
		{"whole UDI", func(a *fhir.AdverseEvent) {
			a.Contained[3].Device.UdiCarrier = []r4.DeviceUdiCarrier{{CarrierHRF: new("(01)1(21)2")}}
		}, "PRIVACY-ELEMENT", "AdverseEvent.contained[3].udiCarrier[0].carrierHRF"},
		{"home address", func(a *fhir.AdverseEvent) { a.Contained[0].Location.Address = &r4.Address{} }, "PRIVACY-ELEMENT", "AdverseEvent.contained[0].address"},
		{"name as a value", func(a *fhir.AdverseEvent) { a.Extension[0].ValueHumanName = &r4.HumanName{} }, "PRIVACY-ELEMENT", "AdverseEvent.extension[0].value"},
		{"attachment", func(a *fhir.AdverseEvent) { a.Extension[0].ValueAttachment = &r4.Attachment{} }, "PRIVACY-ELEMENT", "AdverseEvent.extension[0].value"},
		{"binary", func(a *fhir.AdverseEvent) { a.Extension[0].ValueBase64Binary = new("AAAA") }, "PRIVACY-BINARY", "AdverseEvent.extension[0].value"},
		{"display of the subject", func(a *fhir.AdverseEvent) { a.Subject.Display = new("a person") }, "PRIVACY-ELEMENT", "AdverseEvent.subject.display"},
		{"logical reference", func(a *fhir.AdverseEvent) { a.Recorder.Identifier = &r4.Identifier{} }, "PRIVACY-ELEMENT", "AdverseEvent.recorder.identifier"},
		{"outside reference", func(a *fhir.AdverseEvent) { a.Encounter = &r4.Reference{Reference: new("Encounter/e1")} }, "PRIVACY-REFERENCE", "AdverseEvent.encounter.reference"},

		{"other resource", func(a *fhir.AdverseEvent) {
			a.Contained[3] = fhir.Resource{Other: json.RawMessage(`{"resourceType":"Observation","note":[{"text":"x"},{"text":"NHS ` + nhs + `"}]}`)}
		}, "PRIVACY-NHS-NUMBER", "AdverseEvent.contained[3].note[1].text"},
		{"other resource, number", func(a *fhir.AdverseEvent) {
			a.Contained[3] = fhir.Resource{Other: json.RawMessage(`{"resourceType":"Basic","extension":[{"url":"u","valueDecimal":` + nhs + `}]}`)}
		}, "PRIVACY-NHS-NUMBER", "AdverseEvent.contained[3].extension[0].value"},
		{"other resource, property name", func(a *fhir.AdverseEvent) {
			a.Contained[3] = fhir.Resource{Other: json.RawMessage(`{"resourceType":"Basic","` + nhs + `":true}`)}
		}, "PRIVACY-NHS-NUMBER", "AdverseEvent.contained[3].(unprintable name)"},
		{"other resource, address", func(a *fhir.AdverseEvent) {
			a.Contained[3] = fhir.Resource{Other: json.RawMessage(`{"resourceType":"Organization","address":[{"city":"x"}]}`)}
		}, "PRIVACY-ELEMENT", "AdverseEvent.contained[3].address"},
		{"other resource, person", func(a *fhir.AdverseEvent) {
			a.Contained[3] = fhir.Resource{Other: json.RawMessage(`{"resourceType":"RelatedPerson","name":[{"family":"x"}]}`)}
		}, "PRIVACY-ELEMENT", "AdverseEvent.contained[3].name"},
		{"other resource, reference", func(a *fhir.AdverseEvent) {
			a.Contained[3] = fhir.Resource{Other: json.RawMessage(`{"resourceType":"Basic","subject":{"reference":"Patient/1"}}`)}
		}, "PRIVACY-REFERENCE", "AdverseEvent.contained[3].subject.reference"},
		{"other resource, broken", func(a *fhir.AdverseEvent) { a.Contained[3] = fhir.Resource{Other: json.RawMessage(`{`)} }, "PRIVACY-BINARY", "AdverseEvent.contained[3]"},
	}
	screener := newScreener()
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			event := cleanEvent()
			tt.change(event)
			issues := screener.ScanEvent(event, nil)
			require.Len(t, issues, 1, issues)
			assert.Equal(t, tt.rule, issues[0].Rule)
			assert.Equal(t, tt.path, issues[0].Path)
			assert.Equal(t, fhir.Error, issues[0].Severity)
			assert.Equal(t, -1, issues[0].Offset)
			assert.NotEmpty(t, issues[0].Fix)
			assert.NotContains(t, issues.Error(), nhs)
		})
	}
}

func TestScanEventWithDenyList(t *testing.T) {
	tests := []struct {
		name     string
		change   func(*fhir.AdverseEvent)
		rules    []string
		severity fhir.Severity
	}{
		{"free text", func(a *fhir.AdverseEvent) { a.Description = new("Siobhan fell") }, []string{"PRIVACY-NAME"}, fhir.Error},
		{"ordinary word", func(a *fhir.AdverseEvent) { a.Description = new("Brown sputum") }, []string{"PRIVACY-POSSIBLE-NAME"}, fhir.Information},
		{"product named after a person", func(a *fhir.AdverseEvent) { a.Contained[3].Device.Manufacturer = new("George & Sons") }, []string{"PRIVACY-POSSIBLE-NAME"}, fhir.Information},
		{"medicine named after a person", func(a *fhir.AdverseEvent) { a.Extension[1].Extension[0] = field("VTMString", "George's solution") }, []string{"PRIVACY-POSSIBLE-NAME"}, fhir.Information},
		{"birth date in a text", func(a *fhir.AdverseEvent) { a.Description = new("1 Feb 1950") }, []string{"PRIVACY-BIRTH-DATE"}, fhir.Error},
		{"address", func(a *fhir.AdverseEvent) { a.Description = new("at 12 High St") }, []string{"PRIVACY-ADDRESS"}, fhir.Error},
		{"local key in an id", func(a *fhir.AdverseEvent) { a.Id = new("emis-12-34567") }, []string{"PRIVACY-IDENTIFIER"}, fhir.Error},
		{"denied contact", func(a *fhir.AdverseEvent) {
			a.Contained[1].Practitioner.Extension[0].Extension[0] = field("ReporterContact", "siobhan@example.org 07700 900123")
		}, []string{"PRIVACY-EMAIL", "PRIVACY-PHONE"}, fhir.Error},
		{"name in the reporter's address", func(a *fhir.AdverseEvent) {
			a.Contained[1].Practitioner.Extension[0].Extension[0] = field("ReporterContact", "george@example.org")
		}, nil, fhir.Error},
		{"name of the reporter", func(a *fhir.AdverseEvent) {
			a.Contained[1].Practitioner.Extension[0].Extension[0] = field("ReporterContact", "George, 07700 900124")
		}, []string{"PRIVACY-NAME"}, fhir.Error},
		{"found once, not twice", func(a *fhir.AdverseEvent) { a.Description = new("999 000 0018") }, []string{"PRIVACY-NHS-NUMBER"}, fhir.Error},
	}
	screener, deny := newScreener(), denied()
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			event := cleanEvent()
			tt.change(event)
			var rules []string
			for _, issue := range screener.ScanEvent(event, deny) {
				rules = append(rules, issue.Rule)
				assert.Equal(t, tt.severity, issue.Severity)
			}
			assert.Equal(t, tt.rules, rules)
		})
	}
}

func TestScanEventCountsCharacters(t *testing.T) {
	event := &fhir.AdverseEvent{Description: new("é£ 9990000018!")}
	issues := newScreener().ScanEvent(event, nil)
	require.Len(t, issues, 1)
	assert.Equal(t, "An NHS number stands at characters 4 to 13.", issues[0].Text)
}

// A report made of hits is screened and redacted as well as one with few.
func TestScreeningManyHits(t *testing.T) {
	const times = 2_000
	text := strings.Repeat("Mrs Brown 9990000018 07700 900123 jo@example.org Siobhan E10 6QN 1/2/1950 ", times)
	screener, deny := newScreener(), denied()
	event := &fhir.AdverseEvent{Description: &text}
	assert.Len(t, screener.ScanEvent(event, deny), 7*times)
	assert.Len(t, screener.RedactEvent(event, deny), 7*times)
	assert.Empty(t, screener.ScanEvent(event, deny))
}

func TestScanEventRaisesWarnings(t *testing.T) {
	event := &fhir.AdverseEvent{Description: new("near E10 6QN")}
	assert.False(t, newScreener().ScanEvent(event, nil).HasErrors())
	assert.True(t, newScreener(raised(t, privacy.Postcode)).ScanEvent(event, nil).HasErrors())
}

// nested is an extension within others.
func nested(depth int, innermost r4.Extension) r4.Extension {
	for range depth {
		innermost = r4.Extension{Url: "outer", Extension: []r4.Extension{innermost}}
	}
	return innermost
}

// What is nested too deep to be screened is an error, and hides nothing else.
func TestScanEventSaysWhatIsTooDeep(t *testing.T) {
	const nhs = "9990000018"
	event := &fhir.AdverseEvent{Extension: []r4.Extension{nested(63, field("inner", nhs)), nested(64, field("inner", nhs)), field("after", nhs)}}
	var found []string
	for _, issue := range newScreener().ScanEvent(event, nil) {
		assert.Equal(t, fhir.Error, issue.Severity)
		found = append(found, issue.Rule+" "+strings.ReplaceAll(issue.Path, ".extension[0]", "/"))
	}
	assert.Equal(t, []string{
		"PRIVACY-NHS-NUMBER AdverseEvent" + strings.Repeat("/", 64) + ".value",
		"PRIVACY-DEPTH AdverseEvent.extension[1]" + strings.Repeat("/", 64),
		"PRIVACY-NHS-NUMBER AdverseEvent.extension[2].value",
	}, found)
}

// stubborn is a visitor that goes nowhere, and counts where it could.
type stubborn struct {
	fhir.VisitNothing
	inside bool
	calls  int
}

func (s *stubborn) Enter(*fhir.Walker, *fhir.Element, any) bool {
	s.calls++
	return s.inside
}

func (s *stubborn) Extension(*fhir.Walker, *fhir.Element, *r4.Extension, *fhir.Value) bool {
	s.calls++
	return s.inside
}

// A screening that shares a walk finds the same, and neither visitor stops the other.
func TestScreeningSharesAWalk(t *testing.T) {
	event, screener, deny := cleanEvent(), newScreener(), denied()
	event.Contained[2].Patient.Name = []r4.HumanName{{Text: new("Siobhan"), Period: &r4.Period{}}, {}}
	event.Extension = append(event.Extension, field("Description", "for 999 000 0018"), r4.Extension{Url: "x", Extension: []r4.Extension{{Url: "PreciseTime"}}})
	event.Contained = append(event.Contained, fhir.Resource{Other: json.RawMessage(`{"resourceType":"Basic","text":"Siobhan"}`)})
	event.Contained[2].Patient.Extension[0].Extension = append(event.Contained[2].Patient.Extension[0].Extension, r4.Extension{Url: "PatientEthnicity", ValueCode: new("11")})
	want := screener.ScanEvent(event, deny)
	require.Len(t, want, 4)

	var walker fhir.Walker
	everywhere, nowhere := &stubborn{inside: true}, &stubborn{}
	walker.Walk(event, everywhere)
	alone := everywhere.calls
	for range 2 {
		everywhere.calls = 0
		screening := screener.Begin(deny)
		walker.Walk(event, nowhere, screening, everywhere)
		assert.Equal(t, want, screening.Issues())
		assert.Equal(t, alone, everywhere.calls, "what the screen refuses others visit")
	}
}

// A screening takes nothing over from the one before.
func TestScreeningsAreIndependent(t *testing.T) {
	screener := newScreener()
	event := cleanEvent()
	event.Description = new("9990000018")
	event.Extension = append(event.Extension, r4.Extension{Url: "x", Extension: []r4.Extension{{Url: "PreciseTime"}}})
	event.Contained[2].Patient.Extension[0].Extension = append(event.Contained[2].Patient.Extension[0].Extension, r4.Extension{Url: "PatientEthnicity", ValueCode: new("11")})
	for range 3 {
		assert.Len(t, screener.ScanEvent(event, nil), 2)
		assert.Empty(t, screener.ScanEvent(cleanEvent(), nil))
		assert.Empty(t, screener.Begin(nil).Issues())
	}
}

// No finding repeats what it found, wherever it stood.
func TestFindingsNeverHoldTheValue(t *testing.T) {
	screener, deny := newScreener(), denied()
	words := rapid.StringMatching(`([a-z]{0,8} ){0,3}`)
	secrets := []string{"9990000018", "jo.secret@example.org", "07700900123", "Siobhan", "Okonkwo", "Driscoll", "1234567", "E10 6QN", "Rosebank", "1950"}
	rapid.Check(t, func(t *rapid.T) {
		event := cleanEvent()
		parts := []string{}
		for range rapid.IntRange(1, 4).Draw(t, "secrets") {
			parts = append(parts, words.Draw(t, "words"), rapid.SampledFrom(secrets).Draw(t, "secret"))
		}
		text := strings.Join(parts, " ")
		event.Description = &text
		event.Extension[0].Extension[0] = field("Description", text)
		event.Contained[3].Device.Manufacturer = &text
		raw, err := json.Marshal(map[string]any{"resourceType": "Basic", "text": text, text: text})
		require.NoError(t, err)
		event.Contained = append(event.Contained, fhir.Resource{Other: raw})
		issues := screener.ScanEvent(event, deny)
		printed := strings.ToLower(issues.Error() + fmt.Sprintf("%+v %#v", issues, issues))
		for _, secret := range secrets {
			require.NotContains(t, printed, strings.ToLower(secret))
		}
	})
}

// The reconstructed samples hold invented content only, so they must pass.
func TestScanEventOnSamples(t *testing.T) {
	files, err := filepath.Glob("../../../shared/lfpse/samples/v6-*.reconstructed.json")
	require.NoError(t, err)
	if len(files) == 0 {
		t.Skip("samples are not beside the project")
	}
	screener := newScreener()
	for _, file := range files {
		data, err := os.ReadFile(file)
		require.NoError(t, err)
		event, issues := fhir.Decode(data, fhir.WithRootDescription())
		require.False(t, issues.HasErrors(), "%s: %v", file, issues)
		for _, issue := range screener.ScanEvent(event, denied()) {
			assert.Equal(t, "PRIVACY-REIDENTIFICATION", issue.Rule, file)
			assert.Equal(t, fhir.Information, issue.Severity)
		}
		assert.Empty(t, newScreener(privacy.WithoutHints()).ScanEvent(event, denied()), file)
	}
}

func TestScanEventDoesNotAllocateOnACleanReport(t *testing.T) {
	screener, deny, event := newScreener(), denied(), cleanEvent()
	// A garbage collection in between would allocate too.
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	runtime.GC()
	least := 100.0 // the race detector lets pools lose things at random
	for range 50 {
		least = min(least, testing.AllocsPerRun(1, func() { screener.ScanEvent(event, deny) }))
	}
	assert.Zero(t, least)
}

func TestScreenerIsSafeForConcurrentUse(t *testing.T) {
	screener, deny := newScreener(), denied()
	for i := range 8 {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			t.Parallel()
			for range 100 {
				assert.Empty(t, screener.ScanEvent(cleanEvent(), deny))
			}
		})
	}
}

func FuzzScanEvent(f *testing.F) {
	f.Add([]byte(`{"resourceType":"Basic","note":[{"text":"999 000 0018"}],"subject":{"reference":"Patient/1"}}`))
	f.Add([]byte(`[[{"":null}],1e400]`))
	screener, deny := newScreener(), denied()
	f.Fuzz(func(t *testing.T, data []byte) {
		text := string(data)
		event := &fhir.AdverseEvent{
			Contained:   []fhir.Resource{{Other: data}},
			Text:        &r4.Narrative{Div: text},
			Description: &text,
		}
		for _, issue := range screener.ScanJSON(data, "AdverseEvent.contained[0]", deny) {
			if issue.Rule == "" || issue.Text == "" || !strings.HasPrefix(issue.Path, "AdverseEvent.contained[0]") {
				t.Fatalf("unfinished finding: %v", issue)
			}
		}
		for _, issue := range screener.ScanEvent(event, deny) {
			if issue.Rule == "" || issue.Text == "" || !strings.HasPrefix(issue.Path, "AdverseEvent.") {
				t.Fatalf("unfinished finding: %v", issue)
			}
		}
	})
}

func BenchmarkNew(b *testing.B) {
	for b.Loop() {
		newScreener()
	}
}

func BenchmarkScanEvent(b *testing.B) {
	screener, deny, event := newScreener(), denied(), cleanEvent()
	b.ReportAllocs()
	for b.Loop() {
		screener.ScanEvent(event, deny)
	}
}

func ExampleScreener_Begin() {
	event := &fhir.AdverseEvent{Description: new("Ring 07700 900123."), Date: new("2026-03-11")}
	screening, other := newScreener().Begin(nil), fhir.VisitNothing{} // such as a validator
	new(fhir.Walker).Walk(event, other, screening)
	fmt.Println(screening.Issues())
	// Output:
	// error PRIVACY-PHONE at AdverseEvent.description: A telephone number stands at characters 6 to 17. Remove it; only the field for the reporter's contact may hold one.
}

func ExampleScreener_ScanEvent() {
	description := "Mr Brown was given a label for 999 000 0018."
	event := &fhir.AdverseEvent{Extension: []r4.Extension{{
		Url: "adverse-event-core-6", Extension: []r4.Extension{{Url: "Description", ValueString: &description}},
	}}}
	deny := privacy.NewDenyList([]privacy.Term{{Class: privacy.Name, Text: "Will Brown"}})
	fmt.Println(newScreener().ScanEvent(event, deny))
	// Output:
	// error PRIVACY-NAME at AdverseEvent.extension[0].extension[0].value: The name of a person in the source record stands at characters 4 to 8. Remove it; write "the patient" or the person's role instead.
	// error PRIVACY-NHS-NUMBER at AdverseEvent.extension[0].extension[0].value: An NHS number stands at characters 32 to 43. Remove it; write "the patient" or the person's role instead.
}

// A code that LFPSE has no use for may be a text in the wrong place.
func TestCodesWithoutAUseAreFreeText(t *testing.T) {
	deny := privacy.NewDenyList([]privacy.Term{{Class: privacy.Name, Text: "Quentin Ashworth"}})
	issues := newScreener().ScanEvent(&fhir.AdverseEvent{
		Contained: []fhir.Resource{{Medication: &r4.Medication{Status: new("quentin ashworth")}}},
	}, deny)
	require.Len(t, issues, 1)
	assert.Equal(t, "PRIVACY-NAME", issues[0].Rule)
	assert.Equal(t, "AdverseEvent.contained[0].status", issues[0].Path)
}

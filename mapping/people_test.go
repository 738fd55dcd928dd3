package mapping_test

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/fhir"
	"github.com/gpsafety/lfpse-go/lfpse/privacy"
	"github.com/gpsafety/lfpse-go/mapping/fhircontext"
)

// The third-party R4 files that hold a Patient, and what they say.
var recordsOfOthers = map[string]struct{ birthDate, gender, organisation bool }{
	"bars/Booking_POST.json":                        {true, true, true},
	"bars/ValidationRequest_POST.json":              {true, true, true},
	"medicines-ig/community-nurse-prescriber.json":  {true, true, true},
	"frameworks/SubscriptionStatusExample-MNS.json": {false, false, false}, // its encounter is of another patient than the one it holds
}

func recordOfOthers(t *testing.T, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "..", "shared", "gp", "samples", name))
	if err != nil {
		t.Skip("the folder of third-party samples is absent")
	}
	return data
}

// Age, gender and organisation are known wherever a file has them.
func TestFactsOfThirdPartyRecords(t *testing.T) {
	for name, want := range recordsOfOthers {
		c, issues := fhircontext.Load(recordOfOthers(t, name))
		require.NotNil(t, c, "%s: %v", name, issues)
		assert.Equal(t, want.birthDate, c.BirthDate() != "", name)
		assert.Equal(t, want.gender, c.Gender.Status == fhircontext.Known, name)
		assert.Equal(t, want.organisation, c.Organisation.Status == fhircontext.Known, name)
	}
}

// subject is what a Patient of a record says about itself.
type subject struct {
	Name []struct {
		Family string
		Given  []string
	}
	BirthDate  string
	Identifier []struct{ System, Value string }
	Telecom    []struct{ System, Value string }
	Address    []struct {
		Line       []string
		PostalCode string
	}
}

// subjects are the Patients of a bundle.
func subjects(t *testing.T, data []byte) (all []subject) {
	t.Helper()
	var b struct {
		Entry []struct{ Resource json.RawMessage }
	}
	require.NoError(t, json.Unmarshal(data, &b))
	for _, e := range b.Entry {
		var kind struct{ ResourceType string }
		if json.Unmarshal(e.Resource, &kind) == nil && kind.ResourceType == "Patient" {
			var s subject
			require.NoError(t, json.Unmarshal(e.Resource, &s))
			all = append(all, s)
		}
	}
	return all
}

// spellings are the ways in which people write who a patient is. G and F are the names in
// the text, g and f are in small letters, i and I their initials.
func (s *subject) spellings() []string {
	var all []string
	for _, n := range s.Name {
		if n.Family == "" || len(n.Given) == 0 {
			continue
		}
		title := func(name string) string { return strings.ToUpper(name[:1]) + strings.ToLower(name[1:]) }
		g, f := title(n.Given[0]), title(n.Family)
		r := strings.NewReplacer("<G>", g, "<F>", f, "<g>", strings.ToLower(g), "<f>", strings.ToLower(f), "<GG>", strings.ToUpper(g), "<FF>", strings.ToUpper(f), "<I>", g[:1], "<i>", strings.ToLower(g[:1]))
		for _, form := range strings.Split(nameForms, "|") {
			all = append(all, r.Replace(form))
		}
	}
	for _, id := range s.Identifier {
		if v := id.Value; len(v) == 10 && strings.HasSuffix(id.System, "nhs-number") {
			all = append(all, v, v[:3]+" "+v[3:6]+" "+v[6:], v[:3]+"-"+v[3:6]+"-"+v[6:], v[:3]+"."+v[3:6]+"."+v[6:], v[:3]+"\u00a0"+v[3:6]+"\u00a0"+v[6:], "NHS no "+v, "NHS:"+v,
				v[:5]+" "+v[5:], v[:2]+" "+v[2:4]+" "+v[4:6]+" "+v[6:8]+" "+v[8:], v[:3]+"\u2009"+v[3:6]+"\u2009"+v[6:], v[:3]+"\u2013"+v[3:6]+"\u2013"+v[6:], "("+v+")", v+".", "#"+v, v[:4]+"\u200b"+v[4:], v[:3]+"/"+v[3:6]+"/"+v[6:])
		}
	}
	if day, err := time.Parse(time.DateOnly, s.BirthDate); err == nil {
		for _, layout := range []string{"02/01/2006", "2/1/2006", "2/1/06", "02-01-2006", "02.01.2006", "2.1.06", "2006-01-02", "20060102", "02012006", "2 January 2006", "2 Jan 2006", "2 Jan 06", "02-Jan-2006", "January 2, 2006", "Jan 2 2006", "2nd January 2006", "02 01 2006", "2006/01/02", "Monday 2 January 2006"} {
			all = append(all, "born "+day.Format(layout))
		}
	}
	for _, point := range s.Telecom {
		v := point.Value
		if strings.Contains(v, "@") {
			all = append(all, v, strings.ToUpper(v), "<"+v+">", "mailto:"+v, v+".")
			continue
		}
		if v = strings.Map(digit, v); len(v) != 11 || v[0] != '0' {
			continue
		}
		all = append(all, v, v[:5]+" "+v[5:], v[:5]+" "+v[5:8]+" "+v[8:], v[:4]+" "+v[4:7]+" "+v[7:], v[:3]+" "+v[3:7]+" "+v[7:], "("+v[:5]+") "+v[5:], v[:5]+"-"+v[5:], v[:5]+"."+v[5:8]+"."+v[8:],
			"+44"+v[1:], "+44 "+v[1:5]+" "+v[5:], "+44 (0)"+v[1:5]+" "+v[5:], "+44(0)"+v[1:], "0044"+v[1:], "0044 "+v[1:5]+" "+v[5:], "44"+v[1:], v[1:], "tel:+44-"+v[1:5]+"-"+v[5:], v[:5]+"\u00a0"+v[5:], v[:3]+" "+v[3:5]+" "+v[5:7]+" "+v[7:9]+" "+v[9:])
	}
	for _, a := range s.Address {
		if len(a.Line) > 0 {
			number, street, _ := strings.Cut(a.Line[0], " ")
			all = append(all, a.Line[0], strings.ToUpper(a.Line[0]), strings.ToLower(a.Line[0]), number+", "+street, street+" "+number, street+", "+number, "no. "+a.Line[0], "No "+a.Line[0], street+" no "+number, number+"  "+street)
		}
		if p := a.PostalCode; p != "" {
			all = append(all, p, strings.ToLower(p), strings.ReplaceAll(p, " ", ""), strings.ToLower(strings.ReplaceAll(p, " ", "")), strings.ReplaceAll(p, " ", "  "), strings.ReplaceAll(p, " ", "-"), "("+p+")")
		}
	}
	return all
}

func digit(r rune) rune {
	if r < '0' || r > '9' {
		return -1
	}
	return r
}

const nameForms = `<G> <F>|<F> <G>|<F>, <G>|<F>|<G>|<FF>|<GG>|<f>|<g>|<g> <f>|<GG> <FF>|<FF>, <G>|<FF> <G>|<F>'s|<F>’s|<G>'s mother|Mr <F>|Mrs <F>|Ms <F>|Miss <F>|Dr <F>|Mr. <F>|MRS <FF>|mrs <f>|Mr <G> <F>|Mrs. <G> <F>|` +
	`<I> <F>|<I>. <F>|<I>.<F>|<F> <I>|<F>, <I>|<F>, <I>.|<i>. <f>|<i><f>|<f><i>|<g><f>|<f><g>|<G><F>|<g>.<f>|<g>_<f>|<f>_<g>|<f>.<g>|<i>.<f>|<i>_<f>|<g>-<f>|<G>.<F>|@<i><f>|user <i><f>|(<F>)|"<F>"|“<G>”|` +
	`patient <F>|pt <F>|pt: <F>|the <F> family|<G>/<F>|<F>:<G>|<F>;|<F>-Smith|née <F>|a <F> on the list|to <G> and|baby <F>|son of <F>|Mrs <F>-<F>|<G>  <F>|<G>` + "\u00a0" + `<F>|<G>,<F>|<F>,<G>`

// The patient's own names, numbers, addresses and telephone numbers, in every spelling
// that people use, are found in the texts of a report.
func TestPatientsAreFoundInEverySpelling(t *testing.T) {
	own := []byte(`{"resourceType":"Bundle","type":"collection","entry":[{"resource":{"resourceType":"Patient","name":[{"family":"Quuxworth","given":["Petronella","Zephyrine"]}],"birthDate":"1961-02-28",
		"identifier":[{"system":"https://fhir.nhs.uk/Id/nhs-number","value":"9990000409"}],"telecom":[{"system":"phone","value":"01632 960431"},{"system":"phone","value":"07700 900431"},{"system":"email","value":"petronella@quuxworth.example"}],
		"address":[{"line":["17 Gabblefield Row"],"postalCode":"ZZ99 1QX"}]}}]}`)
	files := map[string][]byte{"own": own}
	for name := range recordsOfOthers {
		if data, err := os.ReadFile(filepath.Join("..", "..", "shared", "gp", "samples", name)); err == nil {
			files[name] = data
		} else {
			t.Log("the folder of third-party samples is absent: ", name)
		}
	}
	m := compile(t, incident("{to: description, column: What}"))
	for name, data := range files {
		c, issues := fhircontext.Load(data)
		require.NotNil(t, c, "%s: %v", name, issues)
		for _, s := range subjects(t, data) {
			all := s.spellings()
			if len(s.Address) > 0 { // the others say too little to be written in so many ways
				require.GreaterOrEqual(t, len(all), 120, name)
			}
			var missed []string
			for _, spelling := range all {
				d := m.Map(withRecord(cells{"What": "The wrong dose was given at noon, as " + spelling + " said on the phone."}, c))
				if !held(d.Privacy) {
					missed = append(missed, spelling)
				}
			}
			assert.LessOrEqual(t, len(missed)*100, len(all), "%s: of %d spellings these are not found: %q", name, len(all), missed)
			t.Logf("%s: %d of %d spellings found", name, len(all)-len(missed), len(all))
		}
	}
}

func held(found fhir.Issues) bool {
	for _, i := range found {
		if i.Severity == fhir.Error || i.Severity == fhir.Warning {
			return true
		}
	}
	return false
}

// What a record says about its people finds nothing in texts without them: every clean
// narrative of the practice example with every record of it.
func TestCleanNarrativesStayClean(t *testing.T) {
	folder := filepath.Join("..", "examples", "practice")
	file, err := os.Open(filepath.Join(folder, "incidents.csv"))
	require.NoError(t, err)
	defer file.Close()
	r := csv.NewReader(file)
	r.FieldsPerRecord = -1
	rows, err := r.ReadAll()
	require.NoError(t, err)
	states, err := os.ReadFile(filepath.Join(folder, "expected", "states.csv"))
	require.NoError(t, err)
	var texts []string
	for _, row := range rows[1:] {
		if !strings.Contains(string(states), "\n"+row[0]+",blocked") {
			texts = append(texts, strings.Join(row[6:12], "\n"))
		}
	}
	require.Greater(t, len(texts), 60)
	records, err := filepath.Glob(filepath.Join(folder, "records", "*.json"))
	require.NoError(t, err)
	for name := range recordsOfOthers {
		records = append(records, filepath.Join("..", "..", "shared", "gp", "samples", name))
	}
	tried := 0
	for _, name := range records {
		data, err := os.ReadFile(name)
		if err != nil {
			continue // a third-party sample
		}
		c, _ := fhircontext.Load(data)
		if c == nil {
			continue // the record that is XML
		}
		tried++
		list := privacy.NewDenyList(c.DenyTerms())
		for _, text := range texts {
			for _, hit := range list.Scan(text) {
				assert.Fail(t, "a clean narrative is blocked", "%s: %s", filepath.Base(name), fmt.Sprint(hit.Class, " ", text[hit.Start:hit.End]))
			}
		}
	}
	assert.GreaterOrEqual(t, tried, 12)
}

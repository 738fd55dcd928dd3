package privacy_test

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/gpsafety/lfpse-go/fhir"
)

func TestScanJSON(t *testing.T) {
	tests := map[string][]string{
		`{"a":"all clear","b":[1,true,null,{}],"code":"A81001"}`: nil,
		`"9990000018"`: {"PRIVACY-NHS-NUMBER X"},
		`9990000018`:   {"PRIVACY-NHS-NUMBER X"},
		`["x",["x","9990000018"],{"a":["9990000018"]}]`: {"PRIVACY-NHS-NUMBER X[1][1]", "PRIVACY-NHS-NUMBER X[2].a[0]"},
		// Findings are in the order of the text, and a name that comes twice hides nothing.
		`{"z":"jo@example.org","a":"9990000018","a":"x"}`: {"PRIVACY-EMAIL X.z", "PRIVACY-NHS-NUMBER X.a"},
		`{"a":"\u0039990000018"}`:                         {"PRIVACY-NHS-NUMBER X.a"},
		// Property names.
		`{"Siobhan":1,"Mrs Quux":1,"":1}`: {"PRIVACY-TITLED-NAME X.(unprintable name)"},
		`{"of Siobhan":{"b":1},"b c":1}`:  {"PRIVACY-NAME X.(unprintable name)"},
		// What R4 always calls a code or a product is screened as one.
		`{"url":"Siobhan","display":"Siobhan","code":"Siobhan"}`:                  {"PRIVACY-POSSIBLE-NAME X.display", "PRIVACY-NAME X.code"},
		`{"date":"1950-02-01","birthday":"1950-02-01","valueDate":"1950-02-01"}`:  {"PRIVACY-BIRTH-DATE X.birthday"},
		`{"event":"Siobhan fell","data":"AAAA","div":"<b>999</b>&#160;000 0018"}`: {"PRIVACY-NAME X.event", "PRIVACY-BINARY X.data", "PRIVACY-NHS-NUMBER X.div"},
		// What is refused in any resource.
		`{"name":"Ward 1","telecom":[{"value":"9990000018"}],"name":["x"],"photo":null}`: {"PRIVACY-ELEMENT X.telecom", "PRIVACY-ELEMENT X.name", "PRIVACY-ELEMENT X.photo"},
		`{"reference":"#a","b":{"reference":"Patient/1"}}`:                               {"PRIVACY-REFERENCE X.b.reference"},
		// Text that is not JSON is screened as far as it is.
		``:                               {"PRIVACY-BINARY X"},
		`{"a":"9990000018","b":`:         {"PRIVACY-NHS-NUMBER X.a", "PRIVACY-BINARY X"},
		`{"identifier":[1,2`:             {"PRIVACY-ELEMENT X.identifier", "PRIVACY-BINARY X"},
		`{"a":1}}`:                       {"PRIVACY-BINARY X"},
		`[1,]`:                           {"PRIVACY-BINARY X"},
		`{"a" "b"}`:                      {"PRIVACY-BINARY X"},
		`{} "9990000018"`:                {"PRIVACY-BINARY X"},
		strings.Repeat("[", 100) + `"x"`: {"PRIVACY-DEPTH X" + strings.Repeat("[0]", 64), "PRIVACY-BINARY X"},
	}
	screener, deny := newScreener(), denied()
	for doc, want := range tests {
		var got []string
		for _, issue := range screener.ScanJSON([]byte(doc), "X", deny) {
			got = append(got, issue.Rule+" "+issue.Path)
			assert.NotEmpty(t, issue.Text)
			assert.NotEmpty(t, issue.Fix)
		}
		assert.Equal(t, want, got, doc)
	}
}

// However deep JSON is nested, all of it is screened or said not to be.
func TestScanJSONIsBoundedInDepth(t *testing.T) {
	screener := newScreener()
	for _, depth := range []int{63, 64, 65, 100_000} {
		for _, brackets := range [][2]string{{"[", "]"}, {`{"a":`, "}"}} {
			doc := strings.Repeat(brackets[0], depth) + `"9990000018"` + strings.Repeat(brackets[1], depth)
			issues := screener.ScanJSON([]byte(doc), "X", nil)
			require.Len(t, issues, 1)
			assert.Equal(t, map[bool]string{true: "PRIVACY-NHS-NUMBER", false: "PRIVACY-DEPTH"}[depth <= 64], issues[0].Rule)
			assert.Equal(t, fhir.Error, issues[0].Severity)
		}
	}
}

// An NHS number anywhere in JSON, property names included, is an error.
func TestNoJSONHidesAnNHSNumber(t *testing.T) {
	name := rapid.OneOf(rapid.SampledFrom([]string{"url", "code", "display", "name", "reference", "valueCode", "text", "div"}), rapid.StringMatching(`[a-zA-Z]{1,8}`))
	rapid.Check(t, func(t *rapid.T) {
		number := nhsNumber(t)
		doc := rapid.SampledFrom([]string{number, strconv.Quote(number), strconv.Quote("for " + number), `{` + strconv.Quote(number) + `:1}`}).Draw(t, "value")
		for range rapid.IntRange(0, 6).Draw(t, "depth") {
			if rapid.Bool().Draw(t, "array") {
				doc = `[0,` + doc + `,"x"]`
			} else {
				doc = fmt.Sprintf(`{"x":true,%q:%s,%q:[]}`, name.Draw(t, "name"), doc, name.Draw(t, "other"))
			}
		}
		require.True(t, json.Valid([]byte(doc)))
		require.True(t, newScreener().ScanJSON([]byte(doc), "X", nil).HasErrors(), doc)
	})
}

func ExampleScreener_ScanJSON() {
	unread := []byte(`{"nickname":"Will","remark":"Ring 07700 900123."}`)
	for _, issue := range newScreener().ScanJSON(unread, "AdverseEvent.invented", nil) {
		fmt.Println(issue)
	}
	// Output:
	// error PRIVACY-PHONE at AdverseEvent.invented.remark: A telephone number stands at characters 6 to 17. Remove it; only the field for the reporter's contact may hold one.
}

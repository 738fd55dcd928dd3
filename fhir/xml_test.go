package fhir_test

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/fhir"
)

const xmlPatient = `<?xml version='1.0' encoding="UTF-8"?>
<!-- a record --><f:Patient xmlns:f="http://hl7.org/fhir">
  <f:id value="p"/>
  <f:text><f:status value="generated"/><div xmlns="http://www.w3.org/1999/xhtml"><p>A &amp; B<br/></p></div></f:text>
  <f:contained><f:Organization><f:id value="o"/></f:Organization></f:contained>
  <f:extension url="urn:x"><f:valueString value='it is "so"'/></f:extension>
  <f:name id="n1"><f:family value="Quux&amp;worth"><f:extension url="urn:own"/></f:family><f:given value="A"/><f:given value="&#66;&#x43;"/></f:name>
  <f:birthDate value="1961-02-28"/>
</f:Patient>`

func TestXML(t *testing.T) {
	bundle, issues := fhir.ParseBundle([]byte("\ufeff" + xmlPatient))
	require.Empty(t, issues)
	patient := bundle.Entries[0].Resource
	assert.Equal(t, "Patient", bundle.Entries[0].ResourceType)
	assert.Equal(t, "p", bundle.Entries[0].ID)
	name := patient.Child("name")
	for text, at := range map[string]fhir.Node{
		"1961-02-28": patient.Child("birthDate"), "Quux&worth": name.Child("family"), "n1": name.Child("id"),
		"urn:own": name.Child("_family").Child("extension").Child("url"), `it is "so"`: patient.Child("extension").Child("valueString"),
		`<div xmlns="http://www.w3.org/1999/xhtml"><p>A &amp; B<br/></p></div>`: patient.Child("text").Child("div"),
	} {
		assert.Equal(t, text, at.Text())
	}
	var given []string
	for n := range name.Child("given").Children() {
		given = append(given, n.Text()+" "+n.Path())
	}
	assert.Equal(t, []string{"A Patient.name.given[0]", "BC Patient.name.given[1]"}, given)
	organisation, err := bundle.Resolve(patient, "#o", "Organization")
	require.NoError(t, err)
	assert.Equal(t, "Patient.contained", organisation.Path())
	assert.Equal(t, `"1961-02-28"`, string(patient.Child("birthDate").Source()))
}

func TestXMLBundle(t *testing.T) {
	bundle, issues := fhir.ParseBundle([]byte(`<Bundle xmlns="http://hl7.org/fhir"><type value="collection"/><total value="3"/>` +
		`<entry><fullUrl value="urn:uuid:a"/><resource><Patient><id value="a"/></Patient></resource></entry>` +
		`<entry><resource><Flag><subject><reference value="urn:uuid:a"/></subject></Flag></resource></entry></Bundle>`))
	require.Empty(t, issues)
	require.Len(t, bundle.Entries, 2)
	assert.True(t, bundle.Partial)
	subject := bundle.Entries[1].Resource.Child("subject")
	assert.Equal(t, "Bundle.entry[1].resource.subject", subject.Path())
	patient, err := bundle.Resolve(subject, subject.Child("reference").Text(), "Patient")
	require.NoError(t, err)
	assert.Equal(t, bundle.Entries[0].Resource, patient)
}

func TestXMLRefuses(t *testing.T) {
	const ns = ` xmlns="http://hl7.org/fhir"`
	deep := strings.Repeat("<contact>", 70) + strings.Repeat("</contact>", 70)
	attributes := ""
	for i := range 40 {
		attributes += " a" + strings.Repeat("x", i) + `="1"`
	}
	for name, tt := range map[string]struct{ in, rule, at string }{
		"entities":            {`<!DOCTYPE Patient [<!ENTITY a "&b;&b;">]><Patient` + ns + `/>`, "XML-DOCTYPE", "<!DOCTYPE"},
		"external entity":     {`<?xml version="1.0"?><!DOCTYPE Patient SYSTEM "file:///etc/passwd"><Patient` + ns + `/>`, "XML-DOCTYPE", "<!DOCTYPE"},
		"entity in a value":   {`<Patient` + ns + `><id value="a&xxe;"/></Patient>`, "XML-ENTITY", "&xxe;"},
		"entity in narrative": {`<Patient` + ns + `><text><div xmlns="http://www.w3.org/1999/xhtml">&Doe;</div></text></Patient>`, "XML-ENTITY", "&Doe;"},
		"inclusion":           {`<Patient` + ns + ` xmlns:xi="http://www.w3.org/2001/XInclude"><xi:include href="http://x.example/"/></Patient>`, "XML-FOREIGN", "<xi:include"},
		"namespace inside":    {`<Patient` + ns + `><include xmlns="http://www.w3.org/2001/XInclude"/></Patient>`, "XML-FOREIGN", "<include"},
		"style sheet":         {`<?xml-stylesheet href="http://x.example/"?><Patient` + ns + `/>`, "XML-FOREIGN", "<?xml-"},
		"other XML":           {`<VTMS><VTM/></VTMS>`, "BUNDLE-NOT-FHIR", "<VTMS"},
		"a page":              {`<html><body>Doe</body></html>`, "BUNDLE-NOT-FHIR", "<html"},
		"deep":                {`<Patient` + ns + `>` + deep + `</Patient>`, "XML-LIMIT", ""},
		"deep with lists":     {`<Patient` + ns + `>` + strings.Repeat("<contact/><contact>", 40) + strings.Repeat("</contact>", 40) + `</Patient>`, "XML-LIMIT", ""},
		"many attributes":     {`<Patient` + ns + attributes + `/>`, "XML-LIMIT", ""},
		"attribute twice":     {`<Patient` + ns + `><id value="1" value="2"/></Patient>`, "XML-SYNTAX", ""},
		"text":                {`<Patient` + ns + `>Doe</Patient>`, "XML-SYNTAX", "Doe"},
		"section":             {`<Patient` + ns + `><![CDATA[Doe]]></Patient>`, "XML-SYNTAX", "<![CDATA"},
		"cut off":             {`<Patient` + ns + `><id value="Doe`, "XML-SYNTAX", ""},
		"wrong end":           {`<Patient` + ns + `><id value="1"></Doe></Patient>`, "XML-SYNTAX", "</Doe"},
		"second root":         {`<Patient` + ns + `/><Patient` + ns + `/>`, "XML-SYNTAX", ""},
		"only an end":         {`</Patient>`, "XML-SYNTAX", "</"},
		"open comment":        {`<!-- Doe`, "XML-SYNTAX", "<!--"},
		"no such character":   {`<Patient` + ns + `><id value="&#0;"/></Patient>`, "XML-SYNTAX", "&#0;"},
		"bare ampersand":      {`<Patient` + ns + `><id value="R & R"/></Patient>`, "XML-SYNTAX", "& R"},
		"encoding":            {`<?xml version="1.0" encoding="ISO-8859-1"?><Patient` + ns + `/>`, "XML-ENCODING", "<?xml"},
		"not UTF-8":           {`<Patient` + ns + `><id value="` + "\xe9" + `"/></Patient>`, "XML-ENCODING", "\xe9"},
		"apart":               {`<Patient` + ns + `><name/><id value="Doe"/><name/></Patient>`, "XML-ORDER", "<name/></P"},
	} {
		bundle, issues := fhir.ParseBundle([]byte(tt.in))
		assert.Nil(t, bundle, name)
		require.NotEmpty(t, issues, name)
		assert.Equal(t, tt.rule, issues[0].Rule, name)
		assert.NotContains(t, issues.Error(), "Doe", name)
		require.GreaterOrEqual(t, issues[0].Offset, 0, name)
		assert.True(t, strings.HasPrefix(tt.in[issues[0].Offset:], tt.at), name)
	}
}

// A hostile document takes no more than its share of time.
func TestXMLTakesLinearTime(t *testing.T) {
	const head = `<Patient xmlns="http://hl7.org/fhir">`
	var names strings.Builder
	for i := range 200_000 {
		names.WriteString("<a" + strings.Repeat("b", i%7) + string(rune('a'+i%26)) + strconv.Itoa(i) + "/>")
	}
	for name, in := range map[string]string{
		"references":  head + `<id value="` + strings.Repeat("&amp;", 1_000_000) + `"/></Patient>`,
		"no end":      head + `<id value="` + strings.Repeat("&", 5_000_000),
		"comments":    head + strings.Repeat("<!---->", 700_000),
		"open":        head + strings.Repeat("<!--", 1_200_000),
		"names":       head + names.String() + `</Patient>`,
		"a long list": head + strings.Repeat("<name/>", 700_000) + `</Patient>`,
	} {
		start := time.Now()
		_, _ = fhir.ParseBundle([]byte(in))
		assert.Less(t, time.Since(start), 5*time.Second, name)
	}
}

package fhir_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/fhir"
)

func TestDecodeOperationOutcomeXML(t *testing.T) {
	form := []fhir.OutcomeIssue{{
		Severity: "error", Code: "required", DetailsCodings: []fhir.Coding{{System: "s", Code: "LFPSE-1", Display: "d"}},
		DetailsText: "Harm is missing", Diagnostics: "line 1 & 2", Expression: []string{"AdverseEvent.event"}, Location: []string{"/f:AdverseEvent"},
	}, {Severity: "warning"}}
	const issues = `<issue><severity value="error"/><code value="required"/><details><coding><system value="s"/><code value="LFPSE-1"/><display value="d"/></coding>` +
		`<text value="Harm is missing"/></details><diagnostics value="line 1 &amp; 2"/><location value="/f:AdverseEvent"/><expression value="AdverseEvent.event"/></issue><issue><severity value="warning"/></issue>`
	tests := []struct {
		name, in string
		want     []fhir.OutcomeIssue
	}{
		{"FHIR namespace", `<OperationOutcome xmlns="http://hl7.org/fhir"><id value="x"/><text><status value="generated"/><div xmlns="http://www.w3.org/1999/xhtml"><p>words</p></div></text>` + issues + `</OperationOutcome>`, form},
		{"prefix", `<?xml version="1.0" encoding="UTF-8"?><f:OperationOutcome xmlns:f="http://hl7.org/fhir">` + strings.NewReplacer("</", "</f:", "<", "<f:").Replace(issues) + `</f:OperationOutcome>`, form},
		{"no namespace, byte order mark, comment", "\ufeff\n<!-- x --><OperationOutcome>" + issues + "</OperationOutcome>\n", form},
		{"text instead of value", `<OperationOutcome><issue><diagnostics> plain words </diagnostics></issue></OperationOutcome>`, []fhir.OutcomeIssue{{Diagnostics: "plain words"}}},
		{"ISO 8859-1", "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><OperationOutcome><issue><diagnostics value=\"caf\xe9\"/></issue></OperationOutcome>", []fhir.OutcomeIssue{{Diagnostics: "café"}}},
		{"nothing in it", `<OperationOutcome/>`, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			outcome, err := fhir.DecodeOperationOutcome([]byte(tt.in))
			require.NoError(t, err)
			assert.Equal(t, tt.want, outcome.Issue)
		})
	}
}

func TestDecodeOperationOutcomeXMLRefuses(t *testing.T) {
	for name, in := range map[string]string{
		"page":                `<html><body>Sign in</body></html>`,
		"another resource":    `<Patient xmlns="http://hl7.org/fhir"/>`,
		"another namespace":   `<OperationOutcome xmlns="urn:other"/>`,
		"cut short":           `<OperationOutcome><issue><diagnostics value="x"/>`,
		"two documents":       `<OperationOutcome/><OperationOutcome/>`,
		"entities of its own": `<!DOCTYPE a [<!ENTITY b "bbbb"><!ENTITY c "&b;&b;">]><OperationOutcome><issue><diagnostics value="&c;"/></issue></OperationOutcome>`,
		"external entity":     `<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/hostname">]><OperationOutcome><issue><diagnostics>&b;</diagnostics></issue></OperationOutcome>`,
		"unknown entity":      `<OperationOutcome><issue><diagnostics value="&nbsp;"/></issue></OperationOutcome>`,
		"unknown charset":     `<?xml version="1.0" encoding="x-odd"?><OperationOutcome/>`,
		"too deep":            "<OperationOutcome>" + strings.Repeat("<a>", 70) + strings.Repeat("</a>", 70) + "</OperationOutcome>",
	} {
		_, err := fhir.DecodeOperationOutcome([]byte(in))
		assert.ErrorIs(t, err, fhir.OutcomeNotJSON, name)
	}
}

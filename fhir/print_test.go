package fhir_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"testing"

	r4 "github.com/samply/golang-fhir-models/fhir-models/fhir"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/fhir"
)

// What holds texts of a record shows none of them in a log.
func TestNothingOfARecordIsPrinted(t *testing.T) {
	b, issues := fhir.ParseBundle([]byte(`{"resourceType":"Bundle","type":"collection","entry":[
		{"fullUrl":"https://x.example/Patient/Zebra","resource":{"resourceType":"Patient","id":"Zebra","name":[{"family":"Zebra"}]}}]}`))
	require.Empty(t, issues)
	text := "Zebra"
	patient := b.Entries[0].Resource
	var out bytes.Buffer
	for _, v := range []any{b, *b, b.Entries, &b.Entries[0], patient, patient.Child("name"), patient.Child("nothing"),
		fhir.ValueOf(&r4.Extension{ValueString: &text})} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%d", "%x"} {
			fmt.Fprintf(&out, verb+"\n", v)
		}
		slog.New(slog.NewTextHandler(&out, nil)).Info("m", "v", v)
	}
	for _, v := range []any{b, b.Entries[0], patient, fhir.ValueOf(&r4.Extension{ValueString: &text})} {
		slog.New(slog.NewJSONHandler(&out, nil)).Info("m", "v", v)
	}
	assert.NotContains(t, out.String(), "Zebra")
	assert.NotContains(t, out.String(), fmt.Sprintf("%x", "Zebra"))
	assert.Contains(t, out.String(), "fhir.Node(Patient)")
}

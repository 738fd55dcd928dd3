package fhir_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/gpsafety/lfpse-go/fhir"
)

func TestLocate(t *testing.T) {
	const doc = `{
  "resourceType": "AdverseEvent",
  "contained": [{"id": "a"}, {"id": "b", "extension": [{"url": "x", "valueCode": "y"}]}],
  "actuality": "actual",
  "note": {"text": "z"}
}`
	for path, want := range map[string]string{
		"AdverseEvent":                                        `{`,
		"AdverseEvent.actuality":                              `"actuality"`,
		"AdverseEvent.contained[0]":                           `{"id": "a"}`,
		"AdverseEvent.contained[1].id":                        `"id": "b"`,
		"AdverseEvent.contained[1].extension[0].value":        `"valueCode"`,
		"AdverseEvent.contained[1].extension[0].url":          `"url"`,
		"AdverseEvent.note.text":                              `"text": "z"`,
		"AdverseEvent.note.missing":                           `"note"`,
		"AdverseEvent.missing[4].deeper":                      `{`,
		"AdverseEvent.contained[7].id":                        `"contained"`,
		"AdverseEvent.contained[1].extension[0].value.deeper": `"valueCode"`,
	} {
		at := fhir.Locate([]byte(doc), path)
		if assert.GreaterOrEqual(t, at, 0, path) {
			assert.True(t, strings.HasPrefix(doc[at:], want), "%s leads to %.20s", path, doc[at:])
		}
	}
	assert.Equal(t, -1, fhir.Locate([]byte(`{"a": [1,`), "X.b"))
	assert.Equal(t, -1, fhir.Locate(nil, "X.b"))
}

func FuzzLocate(f *testing.F) {
	f.Add([]byte(`{"a":[{"b":1}]}`), "X.a[0].b")
	f.Add([]byte(`{`), "X.")
	f.Fuzz(func(t *testing.T, doc []byte, path string) {
		if at := fhir.Locate(doc, path); at < -1 || at > len(doc) {
			t.Fatalf("offset %d of %d bytes", at, len(doc))
		}
	})
}

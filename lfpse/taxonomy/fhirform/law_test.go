package fhirform_test

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/lfpse/taxonomy"
	"github.com/gpsafety/lfpse-go/lfpse/taxonomy/fhirform"
)

func embedded(t testing.TB, version string) *taxonomy.Taxonomy {
	t.Helper()
	tax, err := taxonomy.Embedded(version)
	require.NoError(t, err)
	return tax
}

func native(t testing.TB, tax *taxonomy.Taxonomy) string {
	t.Helper()
	text, err := tax.Append(nil)
	require.NoError(t, err)
	return string(text)
}

func write(t testing.TB, tax *taxonomy.Taxonomy) []fhirform.Resource {
	t.Helper()
	resources, err := fhirform.Write(tax)
	require.NoError(t, err)
	return resources
}

// every is every taxonomy there is to try a law on.
func every(t testing.TB) map[string]*taxonomy.Taxonomy {
	t.Helper()
	return map[string]*taxonomy.Taxonomy{
		"5": embedded(t, "5"), "6": embedded(t, "6"), "small R4": small(t, "4.0.1"), "small STU3": small(t, "3.0.2"),
	}
}

// What is written reads back bit for bit, whatever the order, whatever it is
// compared with, also after the resources have been nothing but text.
func TestWriteThenReadIsTheSameTaxonomy(t *testing.T) {
	for name, tax := range every(t) {
		t.Run(name, func(t *testing.T) {
			resources := write(t, tax)
			back, err := fhirform.Read(resources, nil)
			require.NoError(t, err)
			assert.Equal(t, native(t, tax), native(t, back))

			slices.Reverse(resources)
			for i := range resources {
				parsed, err := fhirform.Parse(resources[i].JSON)
				require.NoError(t, err)
				assert.Equal(t, resources[i].URL, parsed.URL)
				resources[i] = parsed
			}
			back, err = fhirform.Read(resources, embedded(t, "6"))
			require.NoError(t, err)
			assert.Equal(t, native(t, tax), native(t, back))
			assert.Equal(t, write(t, tax), write(t, back))
		})
	}
}

// Starting from the profile of AdverseEvent, following the references finds all.
func TestReferencesFindEverything(t *testing.T) {
	for name, tax := range every(t) {
		t.Run(name, func(t *testing.T) {
			byURL := map[string]fhirform.Resource{}
			for _, r := range write(t, tax) {
				byURL[r.URL] = r
			}
			have := []fhirform.Resource{byURL[tax.ProfileURL()]}
			seen := map[string]bool{tax.ProfileURL(): true}
			for i := 0; i < len(have); i++ {
				for _, ref := range have[i].References(tax.CanonicalBase) {
					r, ok := byURL[ref.URL]
					require.True(t, ok, ref.String())
					assert.Equal(t, r.Type+"/"+r.ID, ref.String())
					assert.Equal(t, tax.CanonicalBase, ref.Base())
					if !seen[ref.URL] {
						seen[ref.URL] = true
						have = append(have, r)
					}
				}
			}
			assert.Len(t, have, len(byURL))
			back, err := fhirform.Read(have, nil)
			require.NoError(t, err)
			assert.Equal(t, native(t, tax), native(t, back))
		})
	}
}

// Whoever reads only what differs from the base types finds the same.
func TestDifferentialSaysTheSame(t *testing.T) {
	for name, tax := range every(t) {
		t.Run(name, func(t *testing.T) {
			resources := write(t, tax)
			for i, r := range resources {
				doc := tree(t, r)
				delete(doc, "snapshot")
				resources[i] = parse(t, doc)
			}
			back, err := fhirform.Read(resources, nil)
			require.NoError(t, err)
			assert.Equal(t, native(t, tax), native(t, back))
		})
	}
}

// The smallest taxonomies there are, as a service without our extensions writes
// them: small enough to be worth mutating.
const (
	tinyR4 = `[
{"resourceType":"StructureDefinition","id":"e-7","url":"https://x/StructureDefinition/e-7","fhirVersion":"4.0.1","type":"AdverseEvent","snapshot":{"element":[
 {"path":"AdverseEvent.extension","sliceName":"G","min":0,"max":"1","type":[{"code":"Extension","profile":["https://x/StructureDefinition/g-7"]}]},
 {"path":"AdverseEvent.event","binding":{"strength":"required","valueSet":"https://x/ValueSet/l-7"}},
 {"path":"AdverseEvent.location","type":[{"code":"Reference","targetProfile":["https://x/StructureDefinition/p-7"]}]}]}},
{"resourceType":"StructureDefinition","id":"p-7","url":"https://x/StructureDefinition/p-7","type":"Location"},
{"resourceType":"StructureDefinition","id":"g-7","url":"https://x/StructureDefinition/g-7","name":"G","type":"Extension","snapshot":{"element":[
 {"path":"Extension.extension","sliceName":"F","min":0,"max":"*"},
 {"path":"Extension.extension.url","fixedUri":"F"},
 {"path":"Extension.extension.value[x]","type":[{"code":"code"}],"binding":{"valueSet":"https://x/ValueSet/l-7"}}]}},
{"resourceType":"ValueSet","id":"l-7","url":"https://x/ValueSet/l-7","title":"L","compose":{"include":[{"system":"https://x/CodeSystem/l-7"}]}},
{"resourceType":"CodeSystem","id":"l-7","url":"https://x/CodeSystem/l-7","content":"complete","concept":[{"code":"1","display":"One","concept":[{"code":"2"}]}]}]`
	tinySTU3 = `[
{"resourceType":"StructureDefinition","id":"e-7","url":"https://x/StructureDefinition/e-7","fhirVersion":"3.0.2","type":"AdverseEvent","differential":{"element":[
 {"path":"AdverseEvent.extension","type":[{"code":"Extension","profile":"https://x/StructureDefinition/g-7"}]},
 {"path":"AdverseEvent.type","binding":{"valueSetReference":{"reference":"ValueSet/l-7"}}}]}},
{"resourceType":"StructureDefinition","id":"g-7","url":"https://x/StructureDefinition/g-7","name":"G","type":"Extension","differential":{"element":[
 {"id":"Extension.extension:F","path":"Extension.extension"},
 {"path":"Extension.extension.valueCode","type":[{"code":"code"}],"binding":{"valueSetUri":"https://x/ValueSet/l-7"}}]}},
{"resourceType":"ValueSet","id":"l-7","url":"https://x/ValueSet/l-7","name":"L","compose":{"include":[{"system":"https://x/CodeSystem/l-7","concept":[{"code":"1","display":"One"}]}]}},
{"resourceType":"CodeSystem","id":"l-7","url":"https://x/CodeSystem/l-7"}]`
)

func TestTinyTaxonomies(t *testing.T) {
	for _, text := range []string{tinyR4, tinySTU3} {
		var all []json.RawMessage
		require.NoError(t, json.Unmarshal([]byte(text), &all))
		var resources []fhirform.Resource
		for _, text := range all {
			r, err := fhirform.Parse(text)
			require.NoError(t, err)
			resources = append(resources, r)
		}
		tax, err := fhirform.Read(resources, nil)
		require.NoError(t, err)
		assert.Equal(t, "l-7", tax.EventType)
		assert.Equal(t, "l-7", tax.Group("g").Field("F").CodeSystem)
		back, err := fhirform.Read(write(t, tax), nil)
		require.NoError(t, err)
		assert.Equal(t, native(t, tax), native(t, back))
	}
}

func FuzzReadFHIR(f *testing.F) {
	f.Add([]byte(tinyR4))
	f.Add([]byte(tinySTU3))
	f.Add([]byte(`[{"resourceType":"StructureDefinition","id":"a-1","url":"https://a/StructureDefinition/a-1","type":"AdverseEvent"}]`))
	known := embedded(f, "6")
	f.Fuzz(func(t *testing.T, data []byte) {
		var all []json.RawMessage
		if json.Unmarshal(data, &all) != nil {
			return
		}
		var resources []fhirform.Resource
		for _, text := range all {
			if r, err := fhirform.Parse(text); err == nil {
				resources = append(resources, r)
			}
		}
		tax, err := fhirform.Read(resources, known)
		if err != nil {
			rules(t, err)
			return
		}
		if again, err := fhirform.Write(tax); err == nil {
			back, err := fhirform.Read(again, nil)
			require.NoError(t, err)
			assert.Equal(t, native(t, tax), native(t, back))
		}
	})
}

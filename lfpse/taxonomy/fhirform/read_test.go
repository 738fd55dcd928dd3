package fhirform_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/lfpse/taxonomy"
	"github.com/gpsafety/lfpse-go/lfpse/taxonomy/fhirform"
)

// A service that knows nothing of our extensions is read with safe defaults, and
// says the same about events where the known taxonomy names the concepts.
func TestReadOfAPlainService(t *testing.T) {
	for _, version := range taxonomy.Versions() {
		t.Run(version, func(t *testing.T) {
			known := embedded(t, version)
			got, err := fhirform.Read(plain(t, write(t, known)), known)
			require.NoError(t, err)
			for _, c := range taxonomy.Diff(known, got).Changes {
				assert.Equal(t, taxonomy.Confirmed, c.Kind, c.String())
			}
			assert.Equal(t, known.Title, got.Title)
			assert.Equal(t, known.Date, got.Date)
			assert.Equal(t, []string{"read from the taxonomy service"}, []string{got.EvidenceKey[taxonomy.Seen]})
			for i := range known.Profiles {
				assert.Equal(t, known.Profiles[i].ContainedID, got.Profiles[i].ContainedID)
			}
			for i := range known.Groups {
				k, g := &known.Groups[i], &got.Groups[i]
				require.Equal(t, k.ID, g.ID, "in the known order")
				assert.Equal(t, taxonomy.Seen, g.Evidence)
				assert.False(t, g.Provisional)
				for j := range k.Fields {
					assert.Equal(t, k.Fields[j].Name, g.Fields[j].Name)
					assert.Equal(t, k.Fields[j].Definition, g.Fields[j].Definition)
					assert.Equal(t, k.Fields[j].Content, g.Fields[j].Content, "what the known taxonomy says")
				}
			}
		})
	}
}

func TestReadOfAPlainServiceThatNobodyKnows(t *testing.T) {
	got, err := fhirform.Read(plain(t, write(t, small(t, "4.0.1"))), nil)
	require.NoError(t, err)
	assert.Equal(t, "7", got.Version, "from the id of the profile")
	assert.Equal(t, "patient{n}", got.Profile("Patient").ContainedID)
	assert.Equal(t, "location{n}", got.Profile("Location").ContainedID)
	assert.Empty(t, got.AgeEncoding)
	assert.Equal(t, "event-type-7", got.EventType)
	assert.Empty(t, got.CodeSystem("event-type").Concepts[0].Name)
	assert.Nil(t, got.CodeSystem("spare"), "nothing refers to it")
	assert.Empty(t, got.Unconfirmed())
}

// The known taxonomy of another version names concepts by code and display, and a
// stand-in code by its display alone.
func TestNamesComeFromTheKnownTaxonomy(t *testing.T) {
	resources := plain(t, write(t, small(t, "4.0.1")))
	resources = change(t, resources, "CodeSystem/event-type-7", func(d object) {
		d["concept"] = []any{
			object{"code": "1", "display": "incident "}, object{"code": "4", "display": "Very good care"},
			object{"code": "2", "display": "Outcome"}, object{"code": "3", "display": "Risk"}}
	})
	got, err := fhirform.Read(resources, embedded(t, "6"))
	require.NoError(t, err)
	var names []string
	for _, c := range got.CodeSystem("event-type").Concepts {
		names = append(names, c.Code+"="+c.Name)
	}
	assert.Equal(t, []string{"1=incident", "4=", "2=outcome", "3=risk"}, names)
	assert.Equal(t, "31/372", got.AgeEncoding)
}

// The public export of version 5 does not say where the event types stand: a
// service that binds them nowhere does not make the taxonomy unusable.
func TestEventTypesThatNoBindingNames(t *testing.T) {
	resources := change(t, plain(t, write(t, small(t, "4.0.1"))), "StructureDefinition/event-7", func(d object) {
		for _, part := range []string{"snapshot", "differential"} {
			for _, e := range elements(d, part) {
				delete(e, "binding")
			}
		}
	})
	got, err := fhirform.Read(resources, embedded(t, "6"))
	require.NoError(t, err)
	cs := got.CodeSystem(got.EventType)
	assert.Equal(t, "event-type-7", cs.ID)
	assert.Equal(t, taxonomy.Unknown, cs.Evidence)
	assert.True(t, cs.Named("risk").Provisional, "what was not known is not known now")
	_, err = fhirform.Read(resources, nil)
	assert.Equal(t, []string{"TAX-BINDING $.eventType"}, rules(t, err))
}

func TestWhetherAListIsClosed(t *testing.T) {
	const group = "StructureDefinition/zeta-7"
	bind := func(strength string) func(object) {
		return func(d object) {
			for _, e := range elements(d, "snapshot") {
				if b, ok := e["binding"].(object); ok {
					b["strength"] = strength
					if strength == "" {
						delete(b, "strength")
					}
				}
			}
		}
	}
	for name, c := range map[string]struct {
		content, strength string
		closed            bool
	}{
		"complete, required":   {"complete", "required", true},
		"complete, not stated": {"complete", "", true},
		"not stated":           {"", "", true},
		"fragment":             {"fragment", "required", false},
		"example":              {"example", "required", false},
		"extensible":           {"complete", "extensible", false},
		"preferred":            {"complete", "preferred", false},
	} {
		t.Run(name, func(t *testing.T) {
			resources := change(t, plain(t, write(t, small(t, "4.0.1"))), group, bind(c.strength))
			resources = change(t, resources, "CodeSystem/kind-7", func(d object) {
				if d["content"] = c.content; c.content == "" {
					delete(d, "content")
				}
			})
			got, err := fhirform.Read(resources, nil)
			require.NoError(t, err)
			assert.Equal(t, c.closed, got.CodeSystem("kind").Closed)
		})
	}
}

// Services spell the same thing differently.
func TestSpellings(t *testing.T) {
	const group, list = "StructureDefinition/zeta-7", "ValueSet/kind-7"
	eachBinding := func(set func(b object)) func(object) {
		return func(d object) {
			for _, e := range elements(d, "snapshot") {
				if b, ok := e["binding"].(object); ok {
					set(b)
				}
			}
		}
	}
	for name, c := range map[string]struct {
		version, resource string
		edit              func(object)
	}{
		"ValueSet with a version":   {"4.0.1", group, eachBinding(func(b object) { b["valueSet"] = b["valueSet"].(string) + "|7" })},
		"reference":                 {"3.0.2", group, eachBinding(func(b object) { b["valueSetReference"] = object{"reference": base + list} })},
		"relative reference":        {"3.0.2", group, eachBinding(func(b object) { b["valueSetReference"] = object{"reference": list} })},
		"uri":                       {"3.0.2", group, eachBinding(func(b object) { delete(b, "valueSetReference"); b["valueSetUri"] = base + list })},
		"value[x] in STU3":          {"3.0.2", group, renamePaths("valueCode", "value[x]")},
		"slices named by id":        {"4.0.1", group, noSliceNames},
		"slices without fixed urls": {"4.0.1", group, noFixedURLs},
		"profiles with a version": {"4.0.1", "StructureDefinition/event-7", func(d object) {
			walk(d, func(o object) {
				for _, name := range []string{"profile", "targetProfile"} {
					if list, ok := o[name].([]any); ok {
						for i := range list {
							list[i] = list[i].(string) + "|7"
						}
					}
				}
			})
		}},
		"concepts in the ValueSet": {"4.0.1", list, func(d object) {
			d["compose"].(object)["include"].([]any)[0].(object)["concept"] = []any{object{"code": "b", "display": "B"}, object{"code": "a", "display": "A"}}
		}},
		"concepts below each other": {"4.0.1", "CodeSystem/kind-7", func(d object) {
			c := d["concept"].([]any)
			c[0].(object)["concept"] = c[1:]
			d["concept"] = c[:1]
		}},
		"a prohibited slice": {"4.0.1", group, func(d object) {
			s := d["snapshot"].(object)
			s["element"] = append(s["element"].([]any), object{"path": "Extension.extension", "sliceName": "Old", "max": "0"},
				object{"path": "Extension.extension.value[x]", "type": []any{object{"code": "string"}}})
		}},
		"elements nobody knows": {"4.0.1", group, func(d object) { d["colour"], d["snapshot"].(object)["colour"] = "red", "blue" }},
	} {
		t.Run(name, func(t *testing.T) {
			tax := small(t, c.version)
			got, err := fhirform.Read(change(t, write(t, tax), c.resource, c.edit), nil)
			require.NoError(t, err)
			assert.Equal(t, native(t, tax), native(t, got))
		})
	}
}

func renamePaths(from, to string) func(object) {
	return func(d object) {
		for _, e := range elements(d, "snapshot") {
			for _, name := range []string{"id", "path"} {
				e[name] = strings.ReplaceAll(e[name].(string), from, to)
			}
		}
	}
}

func noSliceNames(d object) {
	for _, e := range elements(d, "snapshot") {
		delete(e, "sliceName")
	}
}

func noFixedURLs(d object) {
	for _, e := range elements(d, "snapshot") {
		delete(e, "fixedUri")
	}
}

func TestReadFindings(t *testing.T) {
	const event, group = "StructureDefinition/event-7", "StructureDefinition/zeta-7"
	slice := func(d object, set func(object)) {
		for _, e := range elements(d, "snapshot") {
			if e["sliceName"] == "Zeta" || e["sliceName"] == "Kind" {
				set(e)
			}
		}
	}
	value := func(d object, set func(object)) {
		for _, e := range elements(d, "snapshot") {
			if strings.HasSuffix(e["id"].(string), "Kind.value[x]") {
				set(e)
			}
		}
	}
	include := func(d object) object { return d["compose"].(object)["include"].([]any)[0].(object) }
	for name, c := range map[string]struct {
		resource string
		edit     func(object)
		want     string
	}{
		"no group":       {"", nil, "TAXFHIR-MISSING " + event},
		"group not ours": {group, func(d object) { d["type"] = "Patient" }, "TAXFHIR-GROUP " + group},
		"min":            {event, func(d object) { slice(d, func(e object) { e["min"] = 0.5 }) }, "TAXFHIR-CARDINALITY " + event},
		"max":            {group, func(d object) { slice(d, func(e object) { e["max"] = "many" }) }, "TAXFHIR-CARDINALITY " + group},
		"negative":       {group, func(d object) { slice(d, func(e object) { e["min"] = -1 }) }, "TAX-CARDINALITY $.groups[0].fields[1]"},
		"two types": {group, func(d object) {
			value(d, func(e object) { e["type"] = append(e["type"].([]any), object{"code": "string"}) })
		}, "TAXFHIR-TYPE " + group},
		"no type": {group, func(d object) { value(d, func(e object) { delete(e, "type") }) }, "TAXFHIR-TYPE " + group},
		"a type of its own": {group, func(d object) {
			value(d, func(e object) { e["type"] = []any{object{"code": "decimal"}}; delete(e, "binding") })
		}, "TAX-TYPE $.groups[0].fields[1].type"},
		"a binding elsewhere": {group, func(d object) {
			value(d, func(e object) { e["binding"].(object)["valueSet"] = "http://hl7.org/fhir/ValueSet/x" })
		}, "TAXFHIR-MISSING " + group},
		"a binding to what": {group, func(d object) {
			value(d, func(e object) { e["binding"].(object)["valueSet"] = base + "CodeSystem/kind-7" })
		}, "TAXFHIR-BINDING " + group},
		"no includes": {"ValueSet/kind-7", func(d object) { delete(d, "compose") }, "TAXFHIR-LIST ValueSet/kind-7"},
		"excludes":    {"ValueSet/kind-7", func(d object) { d["compose"].(object)["exclude"] = []any{object{"system": "x"}} }, "TAXFHIR-LIST ValueSet/kind-7"},
		"filter":      {"ValueSet/kind-7", func(d object) { include(d)["filter"] = []any{object{"op": "="}} }, "TAXFHIR-LIST ValueSet/kind-7"},
		"other lists": {"ValueSet/kind-7", func(d object) { include(d)["valueSet"] = []any{base + "ValueSet/spare-7"} }, "TAXFHIR-LIST ValueSet/kind-7"},
		"a list twice": {"ValueSet/kind-7", func(d object) {
			d["compose"].(object)["include"] = []any{include(d), include(d)}
		}, "TAXFHIR-LIST ValueSet/kind-7"},
		"a group twice": {event, func(d object) {
			s := d["snapshot"].(object)
			for _, e := range s["element"].([]any) {
				if e.(object)["sliceName"] == "Zeta" {
					s["element"] = append(s["element"].([]any), e)
				}
			}
		}, "TAXFHIR-GROUP " + group},
		"concept":         {"CodeSystem/kind-7", func(d object) { d["concept"].([]any)[0].(object)["code"] = 5 }, "TAXFHIR-LIST CodeSystem/kind-7"},
		"code twice":      {"CodeSystem/kind-7", func(d object) { d["concept"].([]any)[0].(object)["code"] = "a" }, "TAX-DUPLICATE $.codeSystems[1].concepts[1].code"},
		"no elements":     {group, func(d object) { delete(d, "snapshot"); delete(d, "differential") }, "TAX-REQUIRED $.groups[0].fields"},
		"no FHIR version": {event, func(d object) { delete(d, "fhirVersion") }, "TAX-REQUIRED $.fhirVersion"},
	} {
		t.Run(name, func(t *testing.T) {
			resources := write(t, small(t, "4.0.1"))
			if c.edit == nil {
				resources = without(resources, group)
			} else {
				resources = change(t, resources, c.resource, c.edit)
			}
			_, err := fhirform.Read(resources, nil)
			require.Error(t, err)
			assert.Contains(t, rules(t, err), c.want)
		})
	}
}

func TestReadRefusesWhatIsNotOneTaxonomy(t *testing.T) {
	one := write(t, small(t, "4.0.1"))
	_, err := fhirform.Read(append(one, one[0]), nil)
	assert.Contains(t, rules(t, err), "TAXFHIR-DUPLICATE StructureDefinition/patient-7")
	_, err = fhirform.Read(append(one, write(t, embedded(t, "6"))...), nil)
	assert.Contains(t, rules(t, err), "TAXFHIR-ROOT StructureDefinition/patient-safety-adverse-event-6")
	_, err = fhirform.Read(nil, nil)
	assert.Equal(t, []string{"TAXFHIR-ROOT $"}, rules(t, err))
	_, err = fhirform.Read([]fhirform.Resource{{JSON: []byte("{")}}, nil)
	assert.Equal(t, []string{"TAXFHIR-RESOURCE resources[0]"}, rules(t, err))
}

// A code system may be in many lists, but not in so many that the taxonomy becomes
// much larger than what it was read from.
func TestReadLimitsListsThatShareACodeSystem(t *testing.T) {
	resources := change(t, write(t, small(t, "4.0.1")), "CodeSystem/kind-7", func(d object) {
		d["concept"] = []any{object{"code": "a", "display": strings.Repeat("a", 1<<20)}}
	})
	at := slices.IndexFunc(resources, func(r fhirform.Resource) bool { return r.Type+"/"+r.ID == "ValueSet/kind-7" })
	var more []any
	for i := range 20 {
		doc := tree(t, resources[at])
		doc["id"] = fmt.Sprintf("more%d-7", i)
		doc["url"] = base + "ValueSet/" + doc["id"].(string)
		resources = append(resources, parse(t, doc))
		more = append(more, object{"url": fhirform.ExtensionBase + "unbound-list", "valueString": doc["url"]})
	}
	resources = change(t, resources, "StructureDefinition/event-7", func(d object) { d["extension"] = append(d["extension"].([]any), more...) })
	_, err := fhirform.Read(resources, nil)
	assert.Equal(t, []string{"TAXFHIR-SIZE $"}, rules(t, err))
}

func TestParse(t *testing.T) {
	const good = `{"resourceType":"ValueSet","id":"a-7","url":"https://x/fhir/ValueSet/a-7"}`
	r, err := fhirform.Parse([]byte(good))
	require.NoError(t, err)
	assert.Equal(t, "ValueSet a-7 https://x/fhir/ValueSet/a-7", r.Type+" "+r.ID+" "+r.URL)
	for text, want := range map[string]string{
		``:          "JSON-",
		`[]`:        "TAXFHIR-RESOURCE $",
		`{}`:        "TAXFHIR-RESOURCE $",
		good + "{}": "JSON-",
		good[:20]:   "JSON-",
		`{"resourceType":"ValueSet","resourceType":"ValueSet"}`:                               "JSON-DUPLICATE-KEY",
		`{"RESOURCETYPE":"ValueSet","id":"a","url":"https://x/ValueSet/a"}`:                   "TAXFHIR-RESOURCE $",
		`{"resourceType":"Patient","id":"a"}`:                                                 "TAXFHIR-RESOURCE $.resourceType",
		`{"resourceType":"ValueSet","id":"a/b","url":"https://x/ValueSet/a/b"}`:               "TAXFHIR-RESOURCE $.id",
		`{"resourceType":"ValueSet","id":"..","url":"https://x/ValueSet/.."}`:                 "TAXFHIR-RESOURCE ValueSet/...url",
		`{"resourceType":"ValueSet","id":7}`:                                                  "TAXFHIR-RESOURCE $.id",
		`{"resourceType":"ValueSet","id":"a","url":"https://x/ValueSet/b"}`:                   "TAXFHIR-RESOURCE ValueSet/a.url",
		`{"resourceType":"ValueSet","id":"a","url":"https://x/CodeSystem/a"}`:                 "TAXFHIR-RESOURCE ValueSet/a.url",
		`{"resourceType":"ValueSet","id":"a","url":"a"}`:                                      "TAXFHIR-RESOURCE ValueSet/a.url",
		`{"x":"` + strings.Repeat("x", fhirform.MaxResource) + `","resourceType":"ValueSet"}`: "JSON-",
	} {
		_, err := fhirform.Parse([]byte(text))
		require.Error(t, err)
		assert.True(t, strings.HasPrefix(rules(t, err)[0], want), "%.60s: %v", text, err)
	}
}

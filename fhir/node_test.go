package fhir_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/gpsafety/lfpse-go/fhir"
)

// parseNode reads a document of one resource.
func parseNode(t require.TestingT, doc string) fhir.Node {
	bundle, issues := fhir.ParseBundle([]byte(doc))
	require.Empty(t, issues)
	require.Len(t, bundle.Entries, 1)
	return bundle.Entries[0].Resource
}

func TestNode(t *testing.T) {
	const doc = "\xef\xbb\xbf" + ` {"resourceType":"Patient", "active":true, "multipleBirthInteger": 2.50e1, "name":[{"given":["Ann", null, "Z\u00f6e\n"]}, 7],
 "ext\u0065nsion":[{"url":"x","valueCode":"y"}], "9990000018":[], "gone":null, "none":{}}`
	n := parseNode(t, doc)
	for _, tt := range []struct {
		node               fhir.Node
		kind               fhir.NodeKind
		name, text, source string
		path               string
	}{
		{n, fhir.ObjectNode, "", "", doc[4:], "Patient"},
		{n.Child("active"), fhir.BooleanNode, "active", "true", "true", "Patient.active"},
		{n.Child("multipleBirthInteger"), fhir.NumberNode, "multipleBirthInteger", "2.50e1", "2.50e1", "Patient.multipleBirth"},
		{item(n.Child("name"), 1), fhir.NumberNode, "", "7", "7", "Patient.name[1]"},
		{item(item(n.Child("name"), 0).Child("given"), 0), fhir.StringNode, "", "Ann", `"Ann"`, "Patient.name[0].given[0]"},
		{item(item(n.Child("name"), 0).Child("given"), 1), fhir.NullNode, "", "", "null", "Patient.name[0].given[1]"},
		{item(item(n.Child("name"), 0).Child("given"), 2), fhir.StringNode, "", "Zöe\n", `"Z\u00f6e\n"`, "Patient.name[0].given[2]"},
		{item(n.Child("extension"), 0).Child("valueCode"), fhir.StringNode, "valueCode", "y", `"y"`, "Patient.extension[0].value"},
		{n.Child("9990000018"), fhir.ListNode, "9990000018", "", "[]", "Patient.(unprintable name)"},
		{n.Child("gone"), fhir.NullNode, "gone", "", "null", "Patient.gone"},
		{n.Child("none"), fhir.ObjectNode, "none", "", "{}", "Patient.none"},
	} {
		assert.True(t, tt.node.Exists(), tt.path)
		assert.Equal(t, tt.kind, tt.node.Kind(), tt.path)
		assert.Equal(t, tt.name, tt.node.Name(), tt.path)
		assert.Equal(t, tt.text, tt.node.Text(), tt.path)
		assert.Equal(t, tt.source, string(tt.node.Source()), tt.path)
		assert.Equal(t, tt.source, doc[tt.node.Offset():][:len(tt.source)], tt.path)
		assert.Equal(t, tt.path, tt.node.Path())
	}
	assert.Equal(t, "Patient", n.ResourceType())
	assert.Empty(t, n.Child("name").ResourceType())
	assert.Equal(t, n.Child("name"), n.Child("name"))
	assert.NotEqual(t, n.Child("name"), n.Child("active"))
}

func item(list fhir.Node, i int) fhir.Node {
	for n := range list.Children() {
		if i == 0 {
			return n
		}
		i--
	}
	return fhir.Node{}
}

func TestAbsentNode(t *testing.T) {
	n := parseNode(t, `{"resourceType":"Patient","name":[{"family":"Doe"}]}`)
	for _, absent := range []fhir.Node{{}, n.Child("x"), n.Child("x").Child("y"), n.Child("name").Child("family"), n.Child("resourceType").Child("x")} {
		assert.Equal(t, fhir.Node{}, absent)
		assert.False(t, absent.Exists())
		assert.Equal(t, fhir.NoNode, absent.Kind())
		assert.Empty(t, absent.Name()+absent.Text()+absent.Path()+absent.ResourceType())
		assert.Nil(t, absent.Source())
		assert.Equal(t, -1, absent.Offset())
		for range absent.Children() {
			t.Error("a child of nothing")
		}
		for range absent.All() {
			t.Error("an element of nothing")
		}
	}
	for _, printed := range []string{fmt.Sprint(n), fmt.Sprintf("%+v %#v", n, n)} {
		assert.NotContains(t, printed, "Doe")
	}
}

// An object of many properties has an index; nothing else about it differs.
func TestWideObjects(t *testing.T) {
	for _, n := range []int{1, 14, 15, 16, 17, 18, 100, 3000} {
		var doc strings.Builder
		for i := range n {
			fmt.Fprintf(&doc, `,"x\u0061%d":{"a":[{"x%d":%d}]}`, i, i, i)
		}
		node := parseNode(t, `{"resourceType":"Basic"`+doc.String()+`}`)
		for i := range n {
			name := fmt.Sprintf("xa%d", i)
			assert.Equal(t, name, node.Child(name).Name())
			assert.Equal(t, fmt.Sprint(i), item(node.Child(name).Child("a"), 0).Child(fmt.Sprintf("x%d", i)).Text())
		}
		assert.False(t, node.Child("xa").Exists())
		_, issues := fhir.ParseBundle([]byte(`{"resourceType":"Basic"` + doc.String() + `,"xa0":1}`))
		require.Len(t, issues, 1)
		assert.Equal(t, "JSON-DUPLICATE-KEY", issues[0].Rule)
		assert.Equal(t, "$.xa0", issues[0].Path)
	}
}

// checkTree compares a tree with what encoding/json has read: everything that is in the
// one is in the other, in its place.
func checkTree(t require.TestingT, n fhir.Node, want any) {
	switch want := want.(type) {
	case map[string]any:
		require.Equal(t, fhir.ObjectNode, n.Kind())
		children := 0
		for c := range n.Children() {
			children++
			value, ok := want[c.Name()]
			require.True(t, ok, "a property too many")
			require.Equal(t, c, n.Child(c.Name()))
			checkTree(t, c, value)
		}
		require.Len(t, want, children)
	case []any:
		require.Equal(t, fhir.ListNode, n.Kind())
		i := 0
		for c := range n.Children() {
			require.Less(t, i, len(want))
			require.Empty(t, c.Name())
			checkTree(t, c, want[i])
			i++
		}
		require.Len(t, want, i)
	case string:
		require.Equal(t, fhir.StringNode, n.Kind())
		require.Equal(t, want, n.Text())
	case json.Number:
		require.Equal(t, fhir.NumberNode, n.Kind())
		require.Equal(t, want.String(), n.Text())
	case bool:
		require.Equal(t, fhir.BooleanNode, n.Kind())
		require.Equal(t, fmt.Sprint(want), n.Text())
	case nil:
		require.Equal(t, fhir.NullNode, n.Kind())
		require.Empty(t, n.Text())
	}
}

func readAny(t require.TestingT, doc []byte) any {
	d := json.NewDecoder(bytes.NewReader(doc))
	d.UseNumber()
	var v any
	require.NoError(t, d.Decode(&v))
	return v
}

// checkPlaces checks the laws of a tree as a whole: All visits in document order, each
// element stands where it says, and what is written there is that element.
func checkPlaces(t require.TestingT, doc []byte, root fhir.Node) {
	last := -1
	for n := range root.All() {
		require.Greater(t, n.Offset(), last)
		last = n.Offset()
		source := n.Source()
		require.Equal(t, string(doc[last:][:len(source)]), string(source))
		require.True(t, json.Valid(source))
		checkTree(t, n, readAny(t, source))
	}
}

// anyJSON draws a JSON value, spelt in some way that JSON allows.
func anyJSON(depth int) *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string {
		space := rapid.SampledFrom([]string{"", "", " ", "\n\t"})
		kinds := 6
		if depth == 0 {
			kinds = 4
		}
		switch rapid.IntRange(0, kinds-1).Draw(t, "kind") {
		case 0:
			return quote(t)
		case 1:
			return rapid.SampledFrom([]string{"0", "-1", "2.50", "1e9", "-0.0E+7"}).Draw(t, "number")
		case 2:
			return rapid.SampledFrom([]string{"true", "false"}).Draw(t, "boolean")
		case 3:
			return "null"
		case 4:
			items := rapid.SliceOfN(anyJSON(depth-1), 0, 4).Draw(t, "items")
			return "[" + strings.Join(items, ","+space.Draw(t, "space")) + "]"
		}
		parts := []string{}
		for i := range rapid.SampledFrom([]int{0, 1, 2, 3, 20}).Draw(t, "properties") {
			name := strings.TrimSuffix(quote(t), `"`) + fmt.Sprint(i) + `"`
			parts = append(parts, name+space.Draw(t, "space")+":"+space.Draw(t, "space")+anyJSON(depth-1).Draw(t, "value"))
		}
		return "{" + space.Draw(t, "space") + strings.Join(parts, ",") + "}"
	})
}

func quote(t *rapid.T) string {
	return `"` + strings.Join(rapid.SliceOfN(rapid.SampledFrom([]string{"a", "é", "name", `\n`, `\"`, `\\`, `\u0041`, `\ud83d\ude00`, `\/`, "9"}), 0, 3).Draw(t, "text"), "") + `"`
}

func TestEveryElementIsInTheTree(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		doc := []byte(`{"resourceType":"Basic","x":` + anyJSON(4).Draw(t, "value") + "}")
		root := parseNode(t, string(doc))
		checkTree(t, root, readAny(t, doc))
		checkPlaces(t, doc, root)
	})
}

// A path leads to the element whose path it is.
func TestPathsLeadToTheirElements(t *testing.T) {
	const medicine = `{"resourceType":"MedicationRequest","medicationCodeableConcept":{"text":"a"},"12":{"\u0061":[1,{}]},"note":[{"authorString":"b"}]}`
	for _, doc := range [][]byte{[]byte(contextBundle), readTestdata(t, "event.json"), []byte(medicine)} {
		bundle, issues := fhir.ParseBundle(doc)
		require.Empty(t, issues)
		for i := range bundle.Entries {
			for n := range bundle.Entries[i].Resource.All() {
				at := fhir.Locate(doc, n.Path())
				if n.Name() != "" { // its property is
					at += bytes.IndexByte(doc[at:], ':') + 1
					at += len(doc[at:]) - len(bytes.TrimLeft(doc[at:], " \t\r\n"))
				}
				require.Equal(t, n.Offset(), at, n.Path())
			}
		}
	}
}

func ExampleNode() {
	bundle, issues := fhir.ParseBundle([]byte(`{"resourceType":"Observation","status":"final",
		"component":[{"valueQuantity":{"value":138,"unit":"mmHg"}},{"valueQuantity":{"value":84.5,"unit":"mmHg"}}]}`))
	if issues.HasErrors() {
		fmt.Println(issues)
		return
	}
	for component := range bundle.Entries[0].Resource.Child("component").Children() {
		value := component.Child("valueQuantity").Child("value")
		fmt.Println(value.Path(), value.Text())
	}
	// Output:
	// Observation.component[0].value.value 138
	// Observation.component[1].value.value 84.5
}

package fhir_test

import (
	"maps"
	"runtime"
	"slices"
	"strconv"
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
	wants := map[string]string{
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
	}
	paths := slices.Sorted(maps.Keys(wants))
	for i, at := range fhir.LocateAll([]byte(doc), paths) {
		path, want := paths[i], wants[paths[i]]
		assert.Equal(t, fhir.Locate([]byte(doc), path), at, "alone, %s is elsewhere", path)
		if assert.GreaterOrEqual(t, at, 0, path) {
			assert.True(t, strings.HasPrefix(doc[at:], want), "%s leads to %.20s", path, doc[at:])
		}
	}
	assert.Equal(t, -1, fhir.Locate([]byte(`{"a": [1,`), "X.b"))
	assert.Equal(t, -1, fhir.Locate(nil, "X.b"))
	assert.Empty(t, fhir.LocateAll([]byte(doc), nil))
}

// What stands before the end of a broken text is found; what would come after it
// is not.
func TestLocateAllInTextThatBreaksOff(t *testing.T) {
	const broken = `{"a": {"b": 1, "b": 2, "value": 3, "valueCode": 4}, "c": [{}, {"d":`
	paths := []string{"X.a.b", "X.a.value", "X.a.valueCode", "X.a.z", "X.a[0]", "X.c[0].d", "X.c[1]", "X.c[1].d.e", "X.c[2]", "X.z", "X", "X.a.b"}
	assert.Equal(t, []int{7, 23, 35, 1, 1, 58, 62, -1, -1, -1, 0, 7}, fhir.LocateAll([]byte(broken), paths))
}

// The cost of a place more is not that of reading the document once more.
func TestLocateAllReadsTheTextOnce(t *testing.T) {
	const n = 2000
	doc := []byte(`{"a":[` + strings.Repeat(`{"b":"`+strings.Repeat("x", 500)+`"},`, n-1) + `{"c":1}]}`)
	paths := make([]string, n)
	for i := range paths {
		paths[i] = "X.a[" + strconv.Itoa(i) + "].c"
	}
	one := allocated(func() { fhir.LocateAll(doc, paths[n-1:]) })
	all := allocated(func() { fhir.LocateAll(doc, paths) })
	assert.Less(t, all, 3*one)
}

// allocated returns how many bytes of memory a function asks for.
func allocated(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

func FuzzLocate(f *testing.F) {
	f.Add([]byte(`{"a":[{"b":1}]}`), "X.a[0].b")
	f.Add([]byte(`{`), "X.")
	f.Add([]byte(`{"a":{"valueCode":[1,2]},"a":3,"b":`), "X.a.value[1] X.a.valueCode[0] X.a X.b X.b.c")
	f.Fuzz(func(t *testing.T, doc []byte, list string) {
		paths := strings.Split(list, " ")
		for i, at := range fhir.LocateAll(doc, paths) {
			if at < -1 || at > len(doc) {
				t.Fatalf("offset %d of %d bytes", at, len(doc))
			}
			if i < 20 && at != fhir.Locate(doc, paths[i]) {
				t.Fatalf("%q is elsewhere when other places are asked for too", paths[i])
			}
		}
	})
}

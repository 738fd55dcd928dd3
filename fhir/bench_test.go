package fhir_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/fhir"
)

// The benchmarks of conformance/measure/bench compare with other ways to do the same.

func readTestdata(tb testing.TB, name string) []byte {
	tb.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name))
	require.NoError(tb, err)
	return data
}

func goldenEvent(tb testing.TB) (*fhir.AdverseEvent, []byte) {
	tb.Helper()
	data := readTestdata(tb, "event.golden.json")
	event, issues := fhir.Decode(data)
	require.Empty(tb, issues)
	return event, data
}

func BenchmarkDecode(b *testing.B) {
	_, data := goldenEvent(b)
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		if _, issues := fhir.Decode(data); issues != nil {
			b.Fatal(issues)
		}
	}
}

func BenchmarkCheckJSON(b *testing.B) {
	_, data := goldenEvent(b)
	b.Run("fhir", func(b *testing.B) {
		b.SetBytes(int64(len(data)))
		b.ReportAllocs()
		for b.Loop() {
			if issues := fhir.CheckJSON(data); issues != nil {
				b.Fatal(issues)
			}
		}
	})
	b.Run("json-valid", func(b *testing.B) {
		b.SetBytes(int64(len(data)))
		for b.Loop() {
			if !json.Valid(data) {
				b.Fatal("not valid")
			}
		}
	})
}

func BenchmarkAppend(b *testing.B) {
	event, data := goldenEvent(b)
	buf := make([]byte, 0, 2*len(data))
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := fhir.Append(buf, event); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkAppendNil(b *testing.B) {
	event, data := goldenEvent(b)
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := fhir.Append(nil, event); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkWalk(b *testing.B) {
	event, data := goldenEvent(b)
	var w fhir.Walker
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		w.Walk(event, fhir.VisitNothing{}, fhir.VisitNothing{})
	}
}

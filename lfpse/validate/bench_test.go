package validate_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/fhir"
)

// A valid record costs no memory: views are reused, and places become paths only
// when there is something to report.
func TestValidRecordsCostNoMemory(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector makes pools forget at random")
	}
	v, a := validatorOf(t, confirmed(t)), encode(t, confirmed(t), large())
	v.Check(a)
	assert.Zero(t, testing.AllocsPerRun(100, func() { v.Check(a) }))
}

func BenchmarkCheck(b *testing.B) {
	a := encode(b, confirmed(b), large())
	body, err := fhir.Append(nil, a)
	require.NoError(b, err)
	v := validatorOf(b, confirmed(b))
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		if r := v.Check(a); len(r.Issues) > 0 {
			b.Fatal("the event is not valid")
		}
	}
}

// BenchmarkCheckBroken is about a record with a dozen findings.
func BenchmarkCheckBroken(b *testing.B) {
	a, v := broken(b), validatorOf(b, confirmed(b))
	b.ReportAllocs()
	for b.Loop() {
		v.Check(a)
	}
}

func BenchmarkNew(b *testing.B) {
	for b.Loop() {
		validatorOf(b, confirmed(b))
	}
}

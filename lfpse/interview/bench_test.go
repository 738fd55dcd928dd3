package interview_test

import (
	"testing"

	"github.com/gpsafety/lfpse-go/lfpse"
	"github.com/gpsafety/lfpse-go/lfpse/interview"
)

func BenchmarkNew(b *testing.B) {
	c := codec(b)
	for b.Loop() {
		if _, err := interview.New(c, []byte(local)); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkAdvise(b *testing.B) {
	g := guide(b, "")
	e := lfpse.Event{Type: lfpse.TypeIncident, Description: "Wrong strength of bisoprolol dispensed on Monday, noticed by the patient's daughter before it was taken. Pharmacy told, label corrected, discussed at the practice meeting. No harm."}
	b.SetBytes(int64(len(e.Description)))
	b.ReportAllocs()
	for b.Loop() {
		g.Advise(&e)
	}
}

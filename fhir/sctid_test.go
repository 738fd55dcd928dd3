package fhir_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/gpsafety/lfpse-go/fhir"
)

func TestParseSCTID(t *testing.T) {
	tests := []struct {
		id        string
		kind      fhir.SCTIDKind
		partition string
		namespace string
		ukDrug    bool
	}{
		{"370895005", fhir.SCTConcept, "00", "", false},
		{"398240004", fhir.SCTConcept, "00", "", false},
		{"1912002", fhir.SCTConcept, "00", "", false},
		{"1149222004", fhir.SCTConcept, "00", "", false},
		{"886921000000105", fhir.SCTConcept, "10", "1000000", false},
		{"1012851000006104", fhir.SCTConcept, "10", "1000006", false},
		{"999000251000000109", fhir.SCTConcept, "10", "1000000", false},
		{"42206511000001102", fhir.SCTConcept, "10", "1000001", true},
	}
	for _, tt := range tests {
		id, err := fhir.ParseSCTID(tt.id)
		require.NoError(t, err, tt.id)
		assert.Equal(t, tt.id, id.String())
		assert.Equal(t, tt.kind, id.Kind(), tt.id)
		assert.Equal(t, tt.partition, id.Partition(), tt.id)
		assert.Equal(t, tt.namespace, id.Namespace(), tt.id)
		assert.Equal(t, tt.ukDrug, id.IsUKDrug(), tt.id)
	}
}

func TestParseSCTIDRefuses(t *testing.T) {
	tests := map[string]fhir.SCTIDProblem{
		"":                                     fhir.SCTIDLength,
		"12345":                                fhir.SCTIDLength,
		"1234567890123456789":                  fhir.SCTIDLength,
		"1000105":                              fhir.SCTIDLength, // long form without room for a namespace
		"037089500":                            fhir.SCTIDLeadingZero,
		"370895006":                            fhir.SCTIDCheckDigit,
		"370895035":                            fhir.SCTIDPartition,
		"370895095":                            fhir.SCTIDPartition,
		"370895 005":                           fhir.SCTIDNotDigits,
		"\uff13\uff17\uff10\uff18\uff19\uff15": fhir.SCTIDNotDigits,
		"-370895005":                           fhir.SCTIDNotDigits,
		"1777541000006110":                     fhir.SCTIDRounded,
		"1012851000006100":                     fhir.SCTIDRounded,
		"42206511000001100":                    fhir.SCTIDRounded,
		"999000251000000000":                   fhir.SCTIDRounded,
		"1.77754E+15":                          fhir.SCTIDRounded,
		"1.77754e15":                           fhir.SCTIDRounded,
	}
	for in, want := range tests {
		_, err := fhir.ParseSCTID(in)
		problem, ok := errors.AsType[*fhir.SCTIDError](err)
		require.True(t, ok, "%q", in)
		assert.Equal(t, want, problem.Problem, "%q: %v", in, err)
		if len(in) > 4 {
			assert.NotContains(t, err.Error(), in)
		}
	}
}

func TestZeroSCTID(t *testing.T) {
	var id fhir.SCTID
	assert.Empty(t, id.String())
	assert.Empty(t, id.Partition())
	assert.Empty(t, id.Namespace())
	assert.False(t, id.IsUKDrug())
}

// Verhoeff finds every single wrong digit and every swap of neighbours.
func TestSCTIDCheckDigitFindsTypingErrors(t *testing.T) {
	ids := []string{"370895005", "1912002", "886921000000105", "1012851000006104", "42206511000001102"}
	rapid.Check(t, func(t *rapid.T) {
		id := rapid.SampledFrom(ids).Draw(t, "id")
		i := rapid.IntRange(0, len(id)-1).Draw(t, "position")
		wrong := []byte(id)
		wrong[i] = byte('0' + rapid.IntRange(0, 9).Filter(func(d int) bool { return byte('0'+d) != id[i] }).Draw(t, "digit"))
		_, err := fhir.ParseSCTID(string(wrong))
		require.Error(t, err)
		if i+1 < len(id) && id[i] != id[i+1] {
			swapped := []byte(id)
			swapped[i], swapped[i+1] = swapped[i+1], swapped[i]
			_, err := fhir.ParseSCTID(string(swapped))
			require.Error(t, err)
		}
	})
}

func FuzzParseSCTID(f *testing.F) {
	for _, seed := range []string{"370895005", "1777541000006110", "42206511000001102", "1E5", "", "000000"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		id, err := fhir.ParseSCTID(s)
		if err != nil {
			if id.String() != "" {
				t.Fatal("a refused identifier must be the zero SCTID")
			}
			return
		}
		if id.String() != s || len(id.Partition()) != 2 || id.Kind() > fhir.SCTRelationship {
			t.Fatal("an accepted identifier must come back whole")
		}
		if n := len(id.Namespace()); n != 0 && n != 7 {
			t.Fatal("a namespace has seven digits")
		}
	})
}

func ExampleParseSCTID() {
	id, _ := fhir.ParseSCTID("1012851000006104")
	fmt.Println(id.Kind(), id.Namespace())
	_, err := fhir.ParseSCTID("1777541000006110")
	fmt.Println(err)
	// Output:
	// concept 1000006
	// not a SNOMED CT identifier: it looks rounded by a spreadsheet; export the column again as text
}

package fhir_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/gpsafety/lfpse-go/fhir"
)

func TestValidNHSNumber(t *testing.T) {
	tests := map[string]bool{
		"9434765919":   true, // the published worked example
		"943 476 5919": true,
		"943-476-5919": true,
		"9990000018":   true,
		"0101011237":   true, // a CHI number passes the same check
		"9434765918":   false,
		"1234567890":   false,
		"3478526985":   false,
		"9912003890":   false,
		"0000000000":   false, // placeholders pass the arithmetic
		"1111111111":   false,
		"9999999999":   false,
		"9990000010":   false,
		"":             false,
		"943476591":    false,
		"94347659190":  false,
		"94 3476 5919": false,
		"943 4765919":  false,
		" 9434765919":  false,
		"943.476.5919": false,
		"943476591X":   false,
		"\uff19\uff14\uff13\uff14\uff17\uff16\uff15\uff19\uff11\uff19": false, // full-width digits are not an NHS number on the wire
		"999\u00a0000\u00a00018": false,
	}
	for in, want := range tests {
		assert.Equal(t, want, fhir.ValidNHSNumber(in), "%q", in)
	}
}

// nhsNumber draws a number with a correct check digit.
func nhsNumber(t *rapid.T) string {
	for {
		n := rapid.IntRange(0, 999_999_999).Draw(t, "first nine")
		digits := fmt.Sprintf("%09d", n)
		sum := 0
		for i := range 9 {
			sum += int(digits[i]-'0') * (10 - i)
		}
		if check := (11 - sum%11) % 11; check < 10 && strings.Trim(digits, digits[:1]) != "" {
			return digits + string(rune('0'+check))
		}
	}
}

func TestNHSNumberDetectsEverySingleDigitErrorAndSwap(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		number := nhsNumber(t)
		require.True(t, fhir.ValidNHSNumber(number))
		i := rapid.IntRange(0, 9).Draw(t, "position")
		wrong := []byte(number)
		wrong[i] = byte('0' + rapid.IntRange(0, 9).Filter(func(d int) bool { return byte('0'+d) != number[i] }).Draw(t, "digit"))
		require.False(t, fhir.ValidNHSNumber(string(wrong)), "one digit changed")
		if i < 9 && number[i] != number[i+1] {
			swapped := []byte(number)
			swapped[i], swapped[i+1] = swapped[i+1], swapped[i]
			require.False(t, fhir.ValidNHSNumber(string(swapped)), "two neighbours swapped")
		}
	})
}

func TestODSCodes(t *testing.T) {
	for _, code := range []string{"Z45", "A81001", "Y00001", "A81001001", "FA123", "V12345", "RR8", "G1234567", "ABCDEFGHIJKL"} {
		assert.True(t, fhir.ValidODSCode(code), code)
	}
	for _, code := range []string{"", "A8", "a81001", "A81 001", "A81001\n", "ABCDEFGHIJKLM", "É1234", "A-81001"} {
		assert.False(t, fhir.ValidODSCode(code), "%q", code)
	}
	assert.True(t, fhir.IsTestODSCode("Z01"))
	assert.True(t, fhir.IsTestODSCode("Z45"))
	assert.False(t, fhir.IsTestODSCode("A81001"))
	assert.True(t, fhir.IsGPPracticeODSCode("A81001"))
	assert.True(t, fhir.IsGPPracticeODSCode("Y00001"))
	for _, code := range []string{"A8100", "A81001001", "FA123", "a81001", "A8100X", ""} {
		assert.False(t, fhir.IsGPPracticeODSCode(code), "%q", code)
	}
}

func ExampleValidNHSNumber() {
	fmt.Println(fhir.ValidNHSNumber("943 476 5919"), fhir.ValidNHSNumber("943 476 5918"))
	// Output: true false
}

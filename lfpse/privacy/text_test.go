package privacy_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestScanTextCombines(t *testing.T) {
	tests := map[string][]string{
		"Mr Brown, 999 000 0018": {"name: Brown", "NHS number: 999 000 0018"},
		"999 000 0018 Siobhan":   {"NHS number: 999 000 0018", "name: Siobhan"},
		// What a certain hit says already is said once.
		"siobhan@example.org":               {"e-mail address: siobhan@example.org"},
		"Mrs Siobhan Quux":                  {"name: Siobhan"},
		"Mrs Quux":                          {"titled name: Quux"},
		"E10 6QN":                           {"address: E10 6QN"},
		"Mrs Quux 1/2/50":                   {"titled name: Quux", "date of birth: 1/2/50"},
		"Siobhan <siobhan@example.org>":     {"name: Siobhan", "e-mail address: siobhan@example.org"},
		"999 0000 018":                      {"NHS number: 999 0000 018"},
		"07700 900123 and +44 7700 900 123": {"telephone number: 07700 900123", "telephone number: +44 7700 900 123"},
	}
	screener, deny := newScreener(), denied()
	for text, want := range tests {
		assert.Equal(t, want, found(text, screener.ScanText(text, deny)), "%q", text)
	}
	assert.Nil(t, screener.ScanText("all clear", nil))
	assert.Zero(t, testing.AllocsPerRun(100, func() { screener.ScanText(ordinaryText, deny) }))
}

func BenchmarkScanText(b *testing.B) {
	text := strings.Repeat(ordinaryText, 100)
	screener, deny := newScreener(), denied()
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		screener.ScanText(text, deny)
	}
}

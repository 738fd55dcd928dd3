package trigger_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/mapping/trigger"
)

func Example() {
	t, found := trigger.Builtin().Find(trigger.SNOMED, "398240004")
	fmt.Println(found, t.Term, "-", t.Evidence)
	// Output: true Medication error - concept page of the HL7 terminology server
}

func TestFind(t *testing.T) {
	s, err := trigger.Read(strings.NewReader("system,code,term,evidence\nsnomed,1012851000006104,a,b\nread2,9g*,a,b\nread2,TJC24,a,b\n"))
	require.NoError(t, err)
	for code, want := range map[string]bool{"9g...": true, "9g10.": true, "9h...": false, "TJC24": true, "TJC24..": true, "TJC2.": false, "": false} {
		_, found := s.Find(trigger.Read2, code)
		assert.Equal(t, want, found, code)
	}
	for code, want := range map[string]bool{"1012851000006104": true, "1012851000006100": true, "1012851000006109": false, "9g10.": false, "1012851000006104.0": true, "'1012851000006104": true, ".0": false} {
		_, found := s.Find(trigger.SNOMED, code)
		assert.Equal(t, want, found, code)
	}
}

func TestRounded(t *testing.T) {
	for id, want := range map[string]bool{"1777541000006110": true, "1777541000006100": true, "1026041000033110": true, "1012851000006104": false, "398240004": false, "": false, "1.01285E+15": true, "1,01285E+15": true, "3.98e+08": true, "1E15": false} {
		assert.Equal(t, want, trigger.Rounded(id), id)
	}
}

func TestReadSaysWhatIsWrong(t *testing.T) {
	_, err := trigger.Read(strings.NewReader("system,code,term,evidence\nsnomed,398240005,a,b\nicd10,T88,a,b\nsnomed,1777541000006110,a,b\nread2,,a,b\n"))
	for _, want := range []string{"line 2: this is no SNOMED CT concept id", "line 3: the system is", "line 4: the SNOMED CT id looks rounded", "line 5: the code is blank"} {
		assert.ErrorContains(t, err, want)
	}
	_, err = trigger.Read(strings.NewReader("system,code\nsnomed,1\n"))
	assert.ErrorContains(t, err, "it lacks term")
}

func TestEveryBuiltinTriggerHasItsEvidence(t *testing.T) {
	s, err := trigger.Read(strings.NewReader(string(trigger.BuiltinData())))
	require.NoError(t, err)
	lines := strings.Split(strings.TrimSpace(string(trigger.BuiltinData())), "\n")[1:]
	for _, line := range lines {
		cells := strings.SplitN(line, ",", 4)
		found, ok := s.Find(cells[0], strings.TrimSuffix(cells[1], "*"))
		assert.True(t, ok && found.Evidence != "" && found.Term != "", line)
	}
}

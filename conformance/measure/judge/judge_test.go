package judge_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/gpsafety/lfpse-go/conformance/cases"
	"github.com/gpsafety/lfpse-go/conformance/measure/judge"
)

func ExampleJudge_Check() {
	j, err := judge.New("6", nil)
	if err != nil {
		panic(err)
	}
	for _, i := range j.Check([]byte(`{"resourceType":"AdverseEvent","subject":{"reference":"#patient"}}`)) {
		fmt.Println(i.Severity, i.Rule, i.Path)
	}
	// Output:
	// error FHIR-REQUIRED AdverseEvent.actuality
	// error PROFILE-DECLARED AdverseEvent
	// error PROFILE-GROUP-MIN AdverseEvent
	// error PROFILE-GROUP-MIN AdverseEvent
	// error LFPSE-EVENT-TYPE AdverseEvent
	// error LFPSE-DESCRIPTION AdverseEvent
	// error LFPSE-DATE AdverseEvent
	// error LFPSE-REPORTER-ORGANISATION AdverseEvent
	// warning LFPSE-REFERENCES AdverseEvent
	// warning LFPSE-REFERENCES AdverseEvent
	// information LFPSE-ASK-REPORTER-ROLE AdverseEvent
	// information LFPSE-ASK-LOCATION-KNOWN AdverseEvent
	// error FHIR-REF-1 AdverseEvent.subject.reference
	// warning LFPSE-REFERENCES AdverseEvent.subject.reference
}

func TestNewRefuses(t *testing.T) {
	_, err := judge.New("0", nil)
	assert.Error(t, err)
	_, err = judge.New("6", &cases.Options{DenyList: []cases.Term{{Class: "shoe size", Text: "9"}}})
	assert.Error(t, err)
}

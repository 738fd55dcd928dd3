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
	for _, i := range j.Check([]byte(`{"resourceType":"AdverseEvent","actuality":}`)) {
		fmt.Println(i.Severity, i.Rule, i.Path)
	}
	// Output: error JSON-SYNTAX AdverseEvent.actuality
}

func TestNewRefuses(t *testing.T) {
	_, err := judge.New("0", nil)
	assert.Error(t, err)
	_, err = judge.New("6", &cases.Options{DenyList: []cases.Term{{Class: "shoe size", Text: "9"}}})
	assert.Error(t, err)
}

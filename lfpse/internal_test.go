package lfpse

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/gpsafety/lfpse-go/fhir"
)

// The elements that LFPSE uses are elements of R4: a misspelt one would be reported.
func TestUsedElementsExist(t *testing.T) {
	for owner, properties := range used {
		for _, p := range properties {
			assert.NotNil(t, fhir.FindElement(owner, p), "%s.%s", owner, p)
		}
	}
}

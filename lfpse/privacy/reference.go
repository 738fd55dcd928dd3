package privacy

import (
	"slices"
	"sync"
)

// byForm finds personal data in references. It is made when the first is screened.
var byForm = sync.OnceValue(func() *Screener { return New() })

// ScanReference returns the classes of personal data in the reference of an event, each
// once. A reference is shown, stored and exported, and no person reads it before, so one
// that holds any must not be used. deny lists what must not stand in it besides, such as the
// names of the patient; it may be nil. It is safe for concurrent use.
func ScanReference(reference string, deny *DenyList) (classes []Class) {
	for _, hit := range byForm().ScanText(reference, deny) {
		if hit.Class != PossibleProfessionalNumber { // too often a plain number
			classes = append(classes, hit.Class)
		}
	}
	slices.Sort(classes)
	return slices.Compact(classes)
}

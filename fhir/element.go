package fhir

import (
	"iter"
	"slices"
)

// Element is an element of an R4 type, with what its StructureDefinition says of it.
// Elements are the same for every event: compare them by address, or use the number
// as an index into a table of your own.
//
// Source: the StructureDefinitions of FHIR 4.0.1, in the table that the generator of
// this package keeps.
type Element struct {
	// Number counts the elements of all types from 0 to one less than
	// [NumElements]. Elements of one type follow each other in the order of R4.
	Number int
	// Owner is the type that has the element: AdverseEvent, HumanName or, within
	// a type, AdverseEvent.suspectEntity.
	Owner string
	// Name is the name in FHIRPath. All types of a choice have the same: value.
	Name string
	// Property is the name in JSON, such as valueCode.
	Property string
	// Type is the R4 type of the content, such as code, dateTime, Reference or
	// BackboneElement.
	Type string
	// Required says that the element must occur, Repeats that it may occur more than
	// once.
	Required, Repeats bool
	// OfResource says that the owner is a resource, not a data type or a backbone
	// element.
	OfResource bool
	// Targets are the resource types that a Reference may lead to, nil for any.
	Targets []string
	// Codes are those of a required binding whose codes R4 lists, sorted; nil where
	// there is none.
	Codes []string

	step string // the name as a path has it: .value
}

// NumElements is the number of elements.
const NumElements = len(elements)

// Elements returns all elements of the types that an [AdverseEvent] can hold, in the
// order of their numbers.
func Elements() iter.Seq[*Element] {
	return func(yield func(*Element) bool) {
		for i := range elements {
			if !yield(&elements[i]) {
				return
			}
		}
	}
}

// FindElement returns the element of a type by its name in JSON, nil if there is
// none.
func FindElement(owner, property string) *Element {
	of := elementsOf(owner)
	if i := slices.IndexFunc(of, func(e Element) bool { return e.Property == property }); i >= 0 {
		return &of[i]
	}
	return nil
}

// elementsOf returns the elements of a type, which follow each other.
func elementsOf(owner string) []Element {
	from := slices.IndexFunc(elements[:], func(e Element) bool { return e.Owner == owner })
	if from < 0 {
		return nil
	}
	to := from
	for to < len(elements) && elements[to].Owner == owner {
		to++
	}
	return elements[from:to]
}

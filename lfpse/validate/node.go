package validate

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	r4 "github.com/samply/golang-fhir-models/fhir-models/fhir"

	"github.com/gpsafety/lfpse-go/fhir"
)

// node is what to look at in the values of one R4 type. Nodes are made once, from
// the Go types and the tables of primitive types and reference targets.
type node struct {
	name      string
	elements  []element
	reference bool
	id        *element // of a resource
	groups    *element // the extensions of a resource
}

type element struct {
	field    int    // in the Go struct
	name     string // in a path
	how      how
	format   format   // of primitives
	node     *node    // of other types
	targets  []string // of references; nil for any
	needed   bool     // a reference that must be there
	unused   bool     // the LFPSE structure has no use for it
	modifier bool     // the list of modifier extensions
	context  string   // of the extensions of a resource, which are groups: its type
}

// element returns the element with a name, nil if there is none.
func (n *node) element(name string) *element {
	i := slices.IndexFunc(n.elements, func(e element) bool { return e.name == name })
	if i < 0 {
		return nil
	}
	return &n.elements[i]
}

// how says how the value of an element is reached.
type how uint8

const (
	textPointer how = iota
	textItself
	textList
	intPointer
	intItself
	decimalPointer
	decimalItself
	structPointer
	structItself
	structList
	extensionList
	groupList // the extensions of a resource
	resourceList
	opaque // cannot be wrong: booleans and enumerations
)

// compileNodes makes the nodes of AdverseEvent, of the resources it can contain
// and of everything they can hold.
func compileNodes() map[reflect.Type]*node {
	nodes := map[reflect.Type]*node{}
	for _, t := range resourceGoTypes {
		compileNode(t, nodes)
	}
	return nodes
}

// resourceGoTypes are the Go types of the resources.
var resourceGoTypes = []reflect.Type{
	eventGoType, reflect.TypeFor[r4.Patient](), reflect.TypeFor[r4.Location](),
	reflect.TypeFor[r4.Practitioner](), deviceGoType, reflect.TypeFor[r4.Medication](),
}

var eventGoType, deviceGoType = reflect.TypeFor[fhir.AdverseEvent](), reflect.TypeFor[r4.Device]()

func compileNode(t reflect.Type, known map[reflect.Type]*node) *node {
	if n := known[t]; n != nil {
		return n
	}
	n := &node{name: t.Name(), reference: t == reflect.TypeFor[r4.Reference]()}
	known[t] = n
	isResource := slices.Contains(resourceGoTypes, t)
	used, limited := usedElements[n.name]
	for i := range t.NumField() {
		f := t.Field(i)
		how, of := reach(f.Type)
		key := n.name + "." + lowerFirst(f.Name)
		e := element{field: i, name: elementName(n.name, f.Name), how: how, format: formatOf(key, how), targets: targets[key]}
		e.needed = how == structItself && e.targets != nil && e.name == lowerFirst(f.Name)
		e.unused = limited && !slices.Contains(used, f.Name)
		e.modifier = how == extensionList && f.Name == "ModifierExtension"
		if how == extensionList && !e.modifier && isResource {
			e.how, e.context = groupList, n.name
		}
		if how == opaque && !e.unused {
			continue
		}
		if of != nil {
			e.node = compileNode(of, known)
		}
		n.elements = append(n.elements, e)
	}
	for i := range n.elements {
		switch e := &n.elements[i]; {
		case e.how == groupList:
			n.groups = e
		case e.name == "id":
			n.id = e
		}
	}
	return n
}

// reach says how to get from the Go type of an element to its value, and of which
// type with elements that is, nil for a primitive one.
func reach(t reflect.Type) (how how, of reflect.Type) {
	switch t {
	case reflect.TypeFor[[]r4.Extension]():
		return extensionList, reflect.TypeFor[r4.Extension]()
	case reflect.TypeFor[[]fhir.Resource]():
		return resourceList, nil
	case reflect.TypeFor[*string]():
		return textPointer, nil
	case reflect.TypeFor[string]():
		return textItself, nil
	case reflect.TypeFor[[]string]():
		return textList, nil
	case reflect.TypeFor[*int]():
		return intPointer, nil
	case reflect.TypeFor[int]():
		return intItself, nil
	case reflect.TypeFor[*json.Number]():
		return decimalPointer, nil
	case reflect.TypeFor[json.Number]():
		return decimalItself, nil
	}
	switch {
	case t.Kind() == reflect.Struct:
		return structItself, t
	case t.Kind() == reflect.Pointer && t.Elem().Kind() == reflect.Struct:
		return structPointer, t.Elem()
	case t.Kind() == reflect.Slice && t.Elem().Kind() == reflect.Struct:
		return structList, t.Elem()
	}
	return opaque, nil
}

func formatOf(key string, how how) format {
	if f, ok := formats[key]; ok {
		return f
	}
	if property, ok := strings.CutPrefix(key, "Extension."); ok && strings.HasPrefix(property, "value") {
		return valueFormat(property)
	}
	switch how {
	case intPointer, intItself:
		return integerFormat
	case decimalPointer, decimalItself:
		return decimalFormat
	}
	return textFormat
}

// elementName is the FHIRPath name of a field: the property name, of a choice
// without its type.
func elementName(typeName, field string) string {
	name := lowerFirst(field)
	if typeName == "DeviceProperty" {
		return name
	}
	for _, c := range choices {
		if t, ok := strings.CutPrefix(name, c); ok && (slices.Contains(choiceTypes, t) || typeName == "Extension") {
			return c
		}
	}
	return name
}

func lowerFirst(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	return string(unicode.ToLower(r)) + s[n:]
}

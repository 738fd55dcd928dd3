package sandbox

import (
	"cmp"
	"encoding/json"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"
)

// shape lists the elements of an R4 resource by their JSON form: text (a
// string), flag (true or false), number, object, list (an array of objects) and
// texts (an array of strings). Names are separated by spaces.
type shape struct{ text, flag, number, object, list, texts string }

// Elements of every R4 DomainResource.
var domainResource = shape{
	text:   "resourceType id implicitRules language",
	object: "meta text",
	list:   "contained extension modifierExtension",
}

// The R4 elements of the six resources an LFPSE submission is made of.
var resources = map[string]shape{
	"AdverseEvent": {
		text: "actuality date detected recordedDate",
		object: "identifier event subject encounter location seriousness severity outcome " +
			"recorder",
		list: "category resultingCondition contributor suspectEntity subjectMedicalHistory referenceDocument study",
	},
	"Patient": {
		text:   "gender birthDate deceasedDateTime",
		flag:   "active deceasedBoolean multipleBirthBoolean",
		number: "multipleBirthInteger",
		object: "maritalStatus managingOrganization",
		list:   "identifier name telecom address photo contact communication generalPractitioner link",
	},
	"Location": {
		text:   "status name description mode availabilityExceptions",
		object: "operationalStatus address physicalType position managingOrganization partOf",
		list:   "identifier type telecom hoursOfOperation endpoint",
		texts:  "alias",
	},
	"Practitioner": {
		text: "gender birthDate",
		flag: "active",
		list: "identifier name telecom address photo qualification communication",
	},
	"Device": {
		text: "status distinctIdentifier manufacturer manufactureDate expirationDate lotNumber serialNumber " +
			"modelNumber partNumber url",
		object: "definition type patient owner location parent",
		list:   "identifier udiCarrier statusReason deviceName specialization version property contact note safety",
	},
	"Medication": {
		text:   "status",
		object: "code manufacturer form amount batch",
		list:   "identifier ingredient",
	},
}

// form returns the JSON form R4 gives an element, empty if it has no such element.
func form(resource, name string) string {
	if base, ok := strings.CutPrefix(name, "_"); ok {
		switch form(resource, base) {
		case "text", "flag", "number":
			return "object" // the id and extensions of a primitive
		case "texts":
			return "any" // an array of objects and nulls
		}
		return ""
	}
	return cmp.Or(forms()[""][name], forms()[resource][name])
}

// forms are the JSON forms by resource and element; an empty resource stands for all.
var forms = sync.OnceValue(func() map[string]map[string]string {
	all := map[string]map[string]string{"": domainResource.forms()}
	for resource, s := range resources {
		all[resource] = s.forms()
	}
	return all
})

func (s shape) forms() map[string]string {
	out := map[string]string{}
	for kind, names := range map[string]string{"text": s.text, "flag": s.flag, "number": s.number,
		"object": s.object, "list": s.list, "texts": s.texts} {
		for name := range strings.FieldsSeq(names) {
			out[name] = kind
		}
	}
	return out
}

// The formats of the R4 primitive types, from hl7.org/fhir/R4/datatypes.html.
var (
	codeForm     = regexp.MustCompile(`^[^\s]+(\s[^\s]+)*$`)
	dateForm     = regexp.MustCompile(`^\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?$`)
	dateTimeForm = regexp.MustCompile(`^\d{4}-\d\d-\d\dT([01]\d|2[0-3]):[0-5]\d:([0-5]\d|60)(\.\d+)?(Z|[+-]((0\d|1[0-3]):[0-5]\d|14:00))$`)
	timeForm     = regexp.MustCompile(`^([01]\d|2[0-3]):[0-5]\d:([0-5]\d|60)(\.\d+)?$`)
	integerForm  = regexp.MustCompile(`^(0|-?[1-9]\d*)$`)
	monthForm    = regexp.MustCompile(`^\d{4}-(0[1-9]|1[0-2])$`)
	odsForm      = regexp.MustCompile(`^[A-Z0-9]{3,12}$`) // the wider of two published lengths
)

// formats decides whether a JSON value has the form of a taxonomy field type.
var formats = map[string]func(any) bool{
	"boolean": func(v any) bool { _, ok := v.(bool); return ok },
	"integer": func(v any) bool { _, ok := integer(v); return ok },
	"string":  text(isString),
	"code":    text(func(s string) bool { return codeForm.MatchString(s) && isString(s) }),
	"date":    text(isDate),
	"time":    text(timeForm.MatchString),
}

func text(ok func(string) bool) func(any) bool {
	return func(v any) bool {
		s, isText := v.(string)
		return isText && ok(s)
	}
}

// isString refuses control characters other than tab and line ends.
func isString(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r < ' ' && r != '\t' && r != '\n' && r != '\r' })
}

// isDate accepts a year, a month or a day that exists.
func isDate(s string) bool {
	if !dateForm.MatchString(s) || strings.HasPrefix(s, "0000") {
		return false
	}
	if len(s) < len(time.DateOnly) {
		return true
	}
	_, err := time.Parse(time.DateOnly, s)
	return err == nil
}

func isDateTime(s string) bool {
	return isDate(s) || dateTimeForm.MatchString(s) && isDate(s[:len(time.DateOnly)])
}

// integer reads a FHIR integer: 32 bits, no fraction, no exponent.
func integer(v any) (int, bool) {
	number, ok := v.(json.Number)
	if !ok || !integerForm.MatchString(number.String()) {
		return 0, false
	}
	n, err := strconv.ParseInt(number.String(), 10, 32)
	return int(n), err == nil
}

// onAgeGrid reports whether n is a value of the age encoding: 1 to 30 for days,
// 1 to 11 months times 31, 1 to 199 years times 372.
func onAgeGrid(n int) bool {
	switch {
	case n < 1:
		return false
	case n <= 30:
		return true
	case n <= 11*31:
		return n%31 == 0
	default:
		return n%372 == 0 && n <= 199*372
	}
}

// safeName returns a name from an untrusted document if it looks like an element
// name, so that no value can hide in a path.
func safeName(name string) string {
	if nameForm.MatchString(name) {
		return name
	}
	return "(unprintable name)"
}

var nameForm = regexp.MustCompile(`^_?[A-Za-z][A-Za-z0-9_]{0,62}$`)

package privacy

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"

	r4 "github.com/samply/golang-fhir-models/fhir-models/fhir"

	"github.com/gpsafety/lfpse-go/fhir"
)

// plans says, for every struct that can occur in a report, what its fields are and
// how they are screened. It is worked out from the types once, so that no element
// can be forgotten, and read only afterwards.
type plans map[reflect.Type]*plan

type plan struct {
	fields []fieldPlan
	values []fieldPlan    // of an extension: of its value, one for each type
	places map[string]int // of these, by the JSON property, such as valueCode
	code   *fieldPlan     // that of valueCode
	text   *fieldPlan     // that of valueString
}

// value returns the field of an extension that holds values under a JSON property.
// It is nil where they hold no text.
func (p *plan) value(property string) *fieldPlan {
	switch property { // nearly always one of these
	case "valueCode":
		return p.code
	case "valueString":
		return p.text
	}
	return p.lookUp(property)
}

func (p *plan) lookUp(property string) *fieldPlan {
	i, ok := p.places[property]
	if !ok {
		return nil
	}
	return &p.values[i]
}

// fieldPlan is one field that can hold a string.
type fieldPlan struct {
	index  int
	name   string // FHIRPath name
	role   fieldRole
	kind   Kind   // of a string
	reason string // why the element is refused
	nested *plan  // of a struct
}

type fieldRole uint8

const (
	roleText      fieldRole = iota // string, json.Number or int
	roleNested                     // struct with fields of its own
	roleExtension                  // r4.Extension
	roleResource                   // fhir.Resource
	roleRefused                    // must not be there
	roleRaw                        // json.RawMessage
	roleReference                  // the literal reference of an r4.Reference
)

var (
	eventType     = reflect.TypeFor[fhir.AdverseEvent]()
	resourceType  = reflect.TypeFor[fhir.Resource]()
	extensionType = reflect.TypeFor[r4.Extension]()
	numberType    = reflect.TypeFor[json.Number]()
	rawType       = reflect.TypeFor[json.RawMessage]()
)

// of returns the plan of a struct type and makes it on first sight. It is put in
// place before its fields are, because FHIR types contain each other.
func (ps plans) of(t reflect.Type) *plan {
	if p, ok := ps[t]; ok {
		return p
	}
	p := &plan{places: map[string]int{}}
	ps[t] = p
	choices := choiceNames(t)
	for i := range t.NumField() {
		f := t.Field(i)
		if !f.IsExported() {
			continue
		}
		name := jsonName(f)
		fp := fieldPlan{index: i, name: name}
		if base, ok := choices[name]; ok {
			fp.name = base
		}
		switch {
		case !ps.fill(&fp, t, name, elementType(f.Type)):
		case t == extensionType && fp.name == "value":
			p.places[name] = len(p.values)
			p.values = append(p.values, fp)
		default:
			p.fields = append(p.fields, fp)
		}
	}
	p.code, p.text = p.lookUp("valueCode"), p.lookUp("valueString")
	return p
}

// fill decides how a field is screened; false when it cannot hold personal data.
func (ps plans) fill(fp *fieldPlan, owner reflect.Type, name string, t reflect.Type) bool {
	if reason := refusal(owner, name, t); reason != "" {
		fp.role, fp.reason = roleRefused, reason
		return true
	}
	switch {
	case t == resourceType:
		fp.role = roleResource
	case t == extensionType:
		fp.role, fp.nested = roleExtension, ps.of(t)
	case t == numberType || t.Kind() == reflect.Int && t.PkgPath() == "":
		fp.role, fp.kind = roleText, Token
	case owner == reflect.TypeFor[r4.Reference]() && name == "reference":
		fp.role, fp.kind = roleReference, Token
	case t.Kind() == reflect.String:
		fp.role, fp.kind = roleText, kindOf(owner, name)
	case t.Kind() == reflect.Struct:
		fp.role, fp.nested = roleNested, ps.of(t)
	case t == rawType:
		fp.role = roleRaw
	default: // bool and the enumerations, which hold no text
		return false
	}
	return true
}

// elementType is the type under pointers and slices, but not under raw JSON.
func elementType(t reflect.Type) reflect.Type {
	for t != rawType && (t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice) {
		t = t.Elem()
	}
	return t
}

func jsonName(f reflect.StructField) string {
	name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
	if name == "" {
		name = strings.ToLower(f.Name[:1]) + f.Name[1:]
	}
	return name
}

// choiceNames finds the elements with a choice of types: several fields whose
// names differ in the type at the end only, such as valueString and valueCode. In
// FHIRPath they share the name before it.
func choiceNames(t reflect.Type) map[string]string {
	byBase := map[string][]string{}
	for i := range t.NumField() {
		name := jsonName(t.Field(i))
		if base, ok := choiceBase(name); ok {
			byBase[base] = append(byBase[base], name)
		}
	}
	choices := map[string]string{}
	for base, names := range byBase {
		if len(names) < 2 {
			continue
		}
		for _, name := range names {
			choices[name] = base
		}
	}
	return choices
}

// choiceBase cuts the longest type name off the end of an element name.
func choiceBase(name string) (base string, ok bool) {
	for _, typeName := range [...]string{"Base64Binary", "Boolean", "Canonical", "Code", "DateTime", "Date", "Decimal", "Id", "Instant", "Integer",
		"Markdown", "Oid", "PositiveInt", "String", "Time", "UnsignedInt", "Uri", "Url", "Uuid", "Address", "Age", "Annotation", "Attachment",
		"CodeableConcept", "Coding", "ContactPoint", "Count", "Distance", "Duration", "HumanName", "Identifier", "Money", "Period", "Quantity",
		"Range", "Ratio", "Reference", "SampledData", "Signature", "Timing", "ContactDetail", "Contributor", "DataRequirement", "Expression",
		"ParameterDefinition", "RelatedArtifact", "TriggerDefinition", "UsageContext", "Dosage", "Meta"} {
		if rest, found := strings.CutSuffix(name, typeName); found && rest != "" && (base == "" || len(rest) < len(base)) {
			base = rest
		}
	}
	return base, base != ""
}

// kindOf says how a string element is screened. Free text is the default, so an
// element that is not known here is screened for everything.
func kindOf(owner reflect.Type, name string) Kind {
	switch name {
	case "div":
		return narrative
	case "data", "valueBase64Binary", "hash":
		return binary
	case "display", "manufacturer", "modelNumber", "lotNumber", "partNumber", "unit":
		return catalogue
	case "id", "url", "system", "code", "version", "versionId", "lastUpdated", "source", "profile", "implicitRules", "language", "type",
		"contentType", "date", "detected", "recordedDate", "start", "end", "time", "expirationDate", "manufactureDate",
		"valueCode", "valueId", "valueOid", "valueUri", "valueUrl", "valueUuid", "valueCanonical",
		"valueDate", "valueDateTime", "valueInstant", "valueTime":
		return Token
	case "name":
		if owner == reflect.TypeFor[r4.DeviceDeviceName]() {
			return catalogue
		}
	}
	return Prose
}

// refusal says why an element must not be sent, or "".
func refusal(owner reflect.Type, name string, t reflect.Type) string {
	switch t {
	case reflect.TypeFor[r4.HumanName]():
		return "The element holds a person's name."
	case reflect.TypeFor[r4.Address]():
		return "The element holds an address."
	case reflect.TypeFor[r4.ContactPoint](), reflect.TypeFor[r4.ContactDetail]():
		return "The element holds contact details."
	case reflect.TypeFor[r4.Attachment](), reflect.TypeFor[r4.Signature]():
		return "The element holds content that cannot be screened."
	}
	frame := []string{"id", "meta", "implicitRules", "language", "text", "extension", "modifierExtension"}
	switch owner {
	case reflect.TypeFor[r4.Patient]():
		if !slices.Contains(frame, name) && name != "active" && name != "gender" {
			return "A report tells of a patient only age, gender, ethnicity and harm."
		}
	case reflect.TypeFor[r4.Practitioner]():
		if !slices.Contains(frame, name) && name != "active" {
			return "A report tells of a member of staff only the role."
		}
	case reflect.TypeFor[r4.Device]():
		switch name {
		case "identifier", "serialNumber", "distinctIdentifier", "patient":
			return "The element identifies one device and so the person who has it."
		}
	case reflect.TypeFor[r4.DeviceUdiCarrier]():
		if name == "carrierAIDC" || name == "carrierHRF" {
			return "The whole UDI holds the serial number, which identifies the person who has the device."
		}
	case reflect.TypeFor[r4.Location]():
		if name == "position" {
			return "The position may be that of a patient's home."
		}
	case reflect.TypeFor[r4.Reference]():
		if name == "identifier" {
			return "The element identifies a record by its business identifier."
		}
	case reflect.TypeFor[r4.Annotation]():
		if name == "authorString" {
			return "The element holds a person's name."
		}
	}
	return ""
}

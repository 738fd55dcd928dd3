package fhir

import (
	"encoding/json"

	r4 "github.com/samply/golang-fhir-models/fhir-models/fhir"
)

// Resource is one contained resource. Exactly one field is set.
type Resource struct {
	Patient      *r4.Patient
	Location     *r4.Location
	Practitioner *r4.Practitioner
	Device       *r4.Device
	Medication   *r4.Medication
	// Other is a resource of any other type as compact JSON. It has passed the checks of
	// CheckJSON, but none that depend on its type.
	Other json.RawMessage
}

// ResourceType returns the FHIR name of the type of the resource, or the empty string
// when the resource has none.
func (r *Resource) ResourceType() string {
	switch {
	case r.Patient != nil:
		return "Patient"
	case r.Location != nil:
		return "Location"
	case r.Practitioner != nil:
		return "Practitioner"
	case r.Device != nil:
		return "Device"
	case r.Medication != nil:
		return "Medication"
	case r.Other != nil:
		return typeOfOther(r.Other)
	default:
		return ""
	}
}

// Single reports whether exactly one resource is set.
func (r *Resource) Single() bool {
	one, two := r.Patient != nil, false
	for _, set := range [...]bool{r.Location != nil, r.Practitioner != nil, r.Device != nil, r.Medication != nil, r.Other != nil} {
		one, two = one || set, two || one && set
	}
	return one && !two
}

// Extensions returns the extensions of the resource, which carry LFPSE's groups; nil for
// one in Other.
func (r *Resource) Extensions() []r4.Extension {
	switch {
	case r.Patient != nil:
		return r.Patient.Extension
	case r.Location != nil:
		return r.Location.Extension
	case r.Practitioner != nil:
		return r.Practitioner.Extension
	case r.Device != nil:
		return r.Device.Extension
	case r.Medication != nil:
		return r.Medication.Extension
	}
	return nil
}

func typeOfOther(raw json.RawMessage) string {
	d := newDecoder(raw, anyRoot)
	if d.tooLarge(maxBytes) {
		return ""
	}
	return d.lookupResourceType()
}

const fixResourceType = "Begin the resource with its resourceType."

// decodeResource reads one contained resource.
func decodeResource(d *decoder, x *Resource) {
	if d.token() != '{' {
		d.wrongType("an object")
		return
	}
	switch name := d.lookupResourceType(); name {
	case "Patient":
		x.Patient = decodeOne(d, decodePatient)
	case "Location":
		x.Location = decodeOne(d, decodeLocation)
	case "Practitioner":
		x.Practitioner = decodeOne(d, decodePractitioner)
	case "Device":
		x.Device = decodeOne(d, decodeDevice)
	case "Medication":
		x.Medication = decodeOne(d, decodeMedication)
	case "":
		d.finding(Error, ruleResourceType, d.key, d.pos, "The resource does not say what type it is.", fixResourceType)
		d.skip()
	default:
		x.Other = d.otherResource()
	}
}

// otherResource reads a resource of a type that has no Go type here. It keeps one with
// faults too, as JSON, so that they hide nothing else that it says.
func (d *decoder) otherResource() json.RawMessage {
	start := d.pos
	d.value()
	if d.dead {
		return nil
	}
	return appendCompact(make([]byte, 0, d.pos-start), d.data[start:d.pos])
}

// lookupResourceType looks ahead for the type of the resource that begins at pos; it is
// usually the first property. The result is empty when there is none or it is not a type
// name.
func (d *decoder) lookupResourceType() (name string) {
	pos, key, depth, dead := d.pos, d.key, d.containers.depth, d.dead
	d.mute = true
	if d.token() == '{' && d.object() {
		for k := d.readKey(); k != ""; k = d.nextKey() {
			if k == "resourceType" {
				name, _ = d.text()
				break
			}
			d.skip()
		}
	}
	d.pos, d.key, d.containers.depth, d.dead = pos, key, depth, dead
	d.mute = false
	if !isTypeName(name) {
		return ""
	}
	return name
}

// isTypeName reports whether s is written like the name of a FHIR resource type.
func isTypeName(s string) bool {
	return isName(s) && s[0] >= 'A' && s[0] <= 'Z'
}

// resourceType reads the resourceType of a resource that must be of type want.
func (d *decoder) resourceType(want string) {
	d.token()
	start := d.pos
	if s, ok := d.text(); ok && s != want {
		d.finding(Error, ruleResourceType, d.key, start, "The resource must be of type "+want+".", `Write "`+want+`" as resourceType.`)
	}
}

// encodeResourceList writes the contained resources.
func encodeResourceList(e *encoder, key string, list []Resource) {
	if len(list) == 0 || !e.open(key, '[') {
		return
	}
	for i := range list {
		e.element(i)
		encodeResource(e, &list[i])
	}
	e.close(']')
}

func encodeResource(e *encoder, x *Resource) {
	set := 0
	if x.Patient != nil {
		set++
		encodePatient(e, "", x.Patient)
	}
	if x.Location != nil {
		set++
		encodeLocation(e, "", x.Location)
	}
	if x.Practitioner != nil {
		set++
		encodePractitioner(e, "", x.Practitioner)
	}
	if x.Device != nil {
		set++
		encodeDevice(e, "", x.Device)
	}
	if x.Medication != nil {
		set++
		encodeMedication(e, "", x.Medication)
	}
	if x.Other != nil {
		set++
		e.otherResource(x.Other)
	}
	if set != 1 {
		e.refuse(ruleResourceType, "", "A contained resource must have exactly one field set.", "Set one field of the resource, or remove it.")
	}
}

// otherResource writes a resource that came as JSON, after the checks that Decode
// would make on it.
func (e *encoder) otherResource(raw json.RawMessage) {
	d := newDecoder(raw, "AdverseEvent")
	if d.tooLarge(maxBytes) {
		e.refuse(ruleSize, "", "The resource is larger than the limit.", "Shorten the resource.")
		return
	}
	d.containers = e.containers
	switch d.lookupResourceType() {
	case "":
		e.refuse(ruleResourceType, "", "The resource does not say what type it is.", fixResourceType)
		return
	case "Patient", "Location", "Practitioner", "Device", "Medication":
		e.refuse(ruleResourceType, "", "A resource of this type does not belong in Other.", "Set the field of that type instead.")
		return
	}
	d.value()
	for _, issue := range d.finish() {
		e.add(issue)
	}
	if len(d.issues) == 0 {
		e.b = append(appendCompact(e.b, raw), ',')
	} else {
		e.b = append(e.b, '0', ',')
	}
}

// MarshalJSON writes the event as Append does. Note that json.Marshal itself
// escapes <, > and & in what it is given; the canonical bytes are those of Append.
func (a AdverseEvent) MarshalJSON() ([]byte, error) { return Append(nil, &a) }

// UnmarshalJSON reads the event as Decode does without options. On an error, which is of
// type Issues, the event is left unchanged.
func (a *AdverseEvent) UnmarshalJSON(data []byte) error {
	event, issues := Decode(data)
	if err := issues.Err(); err != nil {
		return err
	}
	*a = *event
	return nil
}

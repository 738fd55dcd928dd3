package main

import "strings"

// events are hostile for whoever reads and judges an AdverseEvent of version 6.
var events = inputs{
	"extensions of no group":     many(before+`"extension":[`, `{"url":"https://x.example/a","valueString":"b"}`, after),
	"extensions without a url":   many(before+`"extension":[`, `{"valueString":"b"}`, after),
	"long urls":                  long(before+`"extension":[{"url":"`, `https://x/`, `","valueCode":"a"}`+after),
	"urls of other versions":     many(before+`"extension":[`, `{"url":"https://x.example/StructureDefinition/adverse-event-agent-%","valueCode":"a"}`, after),
	"nested extensions":          many(before+`"extension":[`, strings.Repeat(`{"url":"a","extension":[`, 14)+`{"url":"a","valueCode":"b"}`+strings.Repeat("]}", 14), after),
	"wide nested extensions":     many(before+`"extension":[`, `{"url":"a","extension":[{"url":"b","valueCode":"c"},{"url":"b","extension":[{"url":"b","valueCode":"c"}]}]}`, after),
	"two values":                 many(before+`"extension":[`, `{"url":"a","valueCode":"b","valueString":"c","valueQuantity":{"value":1}}`, after),
	"modifier extensions":        many(before+`"modifierExtension":[`, `{"url":"a","valueCode":"b"}`, after),
	"groups again":               many(before+`"extension":[`, group("adverse-event-core", `{"url":"Description","valueString":"a"}`), after),
	"empty groups":               many(before+`"extension":[`, `{"url":"`+base+`adverse-event-core-6"}`, after),
	"groups of another place":    many(before+`"extension":[`, group("patient-information", `{"url":"PatientSequence","valueInteger":1}`), after),
	"medicines":                  many(before+`"extension":[`, group("medication-dmd", `{"url":"VTMCode","valueCode":"%"},{"url":"VTMString","valueString":"a"}`), after),
	"medicines in a row":         inGroup("medication-dmd", `{"url":"VTMCode","valueCode":"%"},{"url":"VTMString","valueString":"a"}`),
	"agents":                     inGroup("adverse-event-agent", `{"url":"InvolvedAgents","valueCode":"4"}`),
	"agents that do not exist":   inGroup("adverse-event-agent", `{"url":"InvolvedAgents","valueCode":"a%"}`),
	"fields that do not exist":   inGroup("adverse-event-agent", `{"url":"Field%","valueCode":"a"}`),
	"last field":                 inGroup("adverse-event-agent", `{"url":"YellowCardReference","valueString":"a"}`),
	"fields of another type":     inGroup("adverse-event-agent", `{"url":"InvolvedAgents","valueInteger":1}`),
	"organisations":              onResource("Location", group("location-details", "@"), `{"url":"Organisation","valueCode":"A%"}`),
	"own organisation":           ownOrganisation,
	"patients":                   onResource("Patient", "@", group("patient-information", `{"url":"PatientSequence","valueInteger":%},{"url":"PhysicalHarm","valueCode":"1"}`)),
	"patients, not numbered":     onResource("Patient", "@", group("patient-information", `{"url":"PhysicalHarm","valueCode":"1"}`)),
	"patients of one number":     onResource("Patient", "@", group("patient-information", `{"url":"PatientSequence","valueInteger":1}`)),
	"patient of many ages":       onResource("Patient", group("patient-information", "@"), `{"url":"AgeAtTimeOfIncidentDays","valueInteger":%}`),
	"contained, same id":         many(before+`"contained":[`, `{"resourceType":"Device","id":"a"}`, after),
	"contained, own ids":         many(before+`"contained":[`, `{"resourceType":"Device","id":"a%"}`, after),
	"contained, no ids":          many(before+`"contained":[`, `{"resourceType":"Device"}`, after),
	"contained patients":         many(before+`"contained":[`, `{"resourceType":"Patient","id":"p%"}`, after),
	"contained locations":        many(before+`"contained":[`, `{"resourceType":"Location","id":"l%"}`, after),
	"devices with answers":       many(before+`"contained":[`, `{"resourceType":"Device","id":"d%","extension":[`+group("adverse-event-device-details", `{"url":"DeviceType","valueCode":"a"}`)+`]}`, after),
	"contained, type last":       many(before+`"contained":[`, `{"id":"a%","extension":[{"url":"a","valueCode":"b"}],"resourceType":"Device"}`, after),
	"contained, no type":         many(before+`"contained":[`, `{"id":"a%","extension":[{"url":"a","valueCode":"b"}]}`, after),
	"contained, other types":     many(before+`"contained":[`, `{"resourceType":"Basic","id":"a%","subject":{"reference":"#a%"}}`, after),
	"contained in contained":     many(before+`"contained":[{"resourceType":"Basic","id":"a","contained":[`, `{"resourceType":"Basic","id":"a%"}`, `]}`+after),
	"references to nothing":      many(before+`"suspectEntity":[`, `{"instance":{"reference":"#a%"}}`, after),
	"references to one":          many(before+`"contained":[{"resourceType":"Device","id":"a"}],"suspectEntity":[`, `{"instance":{"reference":"#a"}}`, after),
	"references elsewhere":       many(before+`"suspectEntity":[`, `{"instance":{"reference":"https://x.example/Device/a%","type":"Device"}}`, after),
	"long reference":             long(before+`"suspectEntity":[{"instance":{"reference":"`, `a/`, `"}}`+after),
	"codings":                    many(before+`"event":{"coding":[`, `{"code":"a"}`, `]}}`),
	"profiles":                   many(before+`"meta":{"profile":[`, `"https://x.example/patient-safety-adverse-event-%"`, `]}}`),
	"codes that do not exist":    many(before+`"contained":[{"resourceType":"Patient","name":[`, `{"use":"a"}`, `]}`+after),
	"names of people":            many(before+`"contained":[{"resourceType":"Patient","name":[`, `{"given":["a","b"],"family":"c"}`, `]}`+after),
	"nulls":                      many(before+`"study":[`, `null`, after),
	"elements that do not exist": many(before, `"x%":1`, `}`),
	"one element again":          many(before, `"date":"2026"`, `}`),
	"elements again inside":      many(before+`"contained":[`, strings.Repeat(`{"resourceType":"Basic","a":1,"a":`, 4)+`"999 000 0018"`+strings.Repeat("}", 4), after),
	"numbers of another type":    many(before+`"date":[`, `"999 000 0018"`, `]}`),
	"description with triggers": long(before+`"extension":[`+group("adverse-event-safety-challenges", `{"url":"RadiotherapyIncidentCode","valueString":"a"}`)+`,`+
		`{"url":"`+base+`adverse-event-core-6","extension":[{"url":"Description","valueString":"`, "PRIA", `"}]}`+after),
	"long OID":       long(before+`"extension":[{"url":"a","valueOid":"urn:oid:1`, ".1", `"}`+after),
	"long base64":    long(before+`"extension":[{"url":"a","valueBase64Binary":"`, "AAAA", `"}`+after),
	"long decimal":   long(before+`"extension":[{"url":"a","valueDecimal":1`, "0", `}`+after),
	"long integer":   long(before+`"extension":[{"url":"a","valueInteger":1`, "0", `}`+after),
	"long code":      long(before+`"extension":[{"url":"a","valueCode":"a`, " b", `"}`+after),
	"long narrative": long(before+`"text":{"status":"generated","div":"`, `<br/>`, `"}}`),
}

// before begins an event that is sound but for what follows, after ends it.
const (
	base   = `https://developer.learn-from-patient-safety-events.nhs.uk/taxonomy/fhir/StructureDefinition/`
	before = `{"resourceType":"AdverseEvent","actuality":"actual","subject":{"reference":"#p"},"meta":{"profile":["` + base + `patient-safety-adverse-event-6"]},"event":{"coding":[{"code":"1"}]},`
	after  = `]}`
)

// group is an extension of a group.
func group(id, fields string) string {
	return `{"url":"` + base + id + `-6","extension":[` + fields + `]}`
}

// inGroup repeats a field in one group of the event.
func inGroup(id, field string) input {
	head, tail, _ := strings.Cut(group(id, "@"), "@")
	return many(before+`"extension":[`+head, field, tail+after)
}

// onResource repeats a unit where the @ is in the extensions of a contained
// resource.
func onResource(resource, extensions, unit string) input {
	head, tail, _ := strings.Cut(extensions, "@")
	return many(before+`"contained":[{"resourceType":"`+resource+`","id":"p","extension":[`+head, unit, tail+`]}`+after)
}

// ownOrganisation says that the place is the reporter's own, and names many.
var ownOrganisation = many(before+`"contained":[{"resourceType":"Practitioner","id":"r","extension":[`+
	group("practitioner-details", `{"url":"ReporterOrganisation","valueCode":"A1"}`)+
	`]},{"resourceType":"Location","id":"p","extension":[{"url":"`+base+`location-details-6","extension":[{"url":"LocationKnown","valueCode":"y"},`,
	`{"url":"Organisation","valueCode":"B%"}`, `]}]}`+after)

// inContained are the values of JSON in a contained resource of another type.
var inContained = inside(before+`"contained":[{"resourceType":"Basic","id":"a","x":`, `}`+after, few)

// inSTU3 turns events into the form of version 5.
func inSTU3(in inputs) inputs {
	out := inputs{}
	r := strings.NewReplacer(base, `https://psims-uat.azure-api.net/taxonomy/fhir/StructureDefinition/`, `-6"`, `-5"`, `"event":`, `"type":`, `"actuality":"actual"`, `"category":"AE"`)
	for name, v := range in {
		out[name] = func(n int) []byte { return []byte(r.Replace(string(v(n)))) }
	}
	return out
}

package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf16"

	"github.com/gpsafety/lfpse-go/conformance/cases"
	"github.com/gpsafety/lfpse-go/fhir"
)

// instead replaces the whole text of a document.
func (s *spec) instead(text string) *spec {
	return s.rewrite(func(string) string { return text })
}

// until cuts the text off after a part that occurs once.
func (s *spec) until(part string) *spec {
	return s.rewrite(func(text string) string {
		before, _, ok := strings.Cut(text, part)
		if !ok {
			panic("not found: " + part)
		}
		return before + part
	})
}

const (
	descriptionValue = "core/Description.value"
	sequenceValue    = "patient-information/PatientSequence.value"
	absent           = `{"extension":[{"url":"http://hl7.org/fhir/StructureDefinition/data-absent-reason","valueCode":"masked"}]}`
)

// unread makes every spec one whose document cannot be read whole.
func unread(specs ...*spec) []*spec {
	for _, s := range specs {
		s.unread = len(s.places) > 0 || s.unread
	}
	return specs
}

func syntaxCases(s *suite) {
	optOut := set("reference-metadata/DataSharingOptOut", "false")
	s.rule("json", "JSON-SYNTAX", fhir.Error, "Text that is not JSON (RFC 8259) says nothing for certain: readers that repair it differ in what they make of it. Nothing after the fault is judged.", unread(
		bad("Nothing at all", nobodyHurt, at("")).instead(""),
		bad("Plain text", nobodyHurt, at("")).instead("A repeat prescription was issued twice."),
		bad("XML", nobodyHurt, at("")).instead(`<AdverseEvent xmlns="http://hl7.org/fhir"/>`),
		bad("UTF-16", nobodyHurt, at("")).instead(utf16Text(`{"resourceType":"AdverseEvent"}`)),
		bad("Byte order mark", nobodyHurt, at("")).rewrite(func(text string) string { return "\ufeff" + text }).
			because("RFC 8259 forbids a byte order mark in JSON that is sent, and many readers refuse it."),
		bad("Cut off in a string", nobodyHurt, at(descriptionValue)).until("A repeat prescr"),
		bad("Cut off before the last bracket", nobodyHurt, at("")).until(`"reference":"#practitioner1"}`),
		bad("Comma missing between properties", nobodyHurt, at(".actuality")).text(`"actual",`, `"actual"`),
		bad("Comma before the end of an object", nobodyHurt, at("")).text(`{"reference":"#practitioner1"}`, `{"reference":"#practitioner1"},`),
		bad("Comma before the end of an array", nobodyHurt, at(".event.coding[1]")).text(`[{"code":"1"}]`, `[{"code":"1"},]`),
		bad("Comma missing in an array", nobodyHurt, at(".event.coding[0]")).text(`[{"code":"1"}]`, `[{"code":"1"} {"code":"1"}]`),
		bad("Wrong closing bracket", nobodyHurt, at(".event")).text(`{"coding":[{"code":"1"}]}`, `{"coding":[{"code":"1"}]]`),
		bad("Colon missing", nobodyHurt, at(".actuality")).text(`"actuality":`, `"actuality"`),
		bad("Single quotes", nobodyHurt, at("")).text(`"actuality"`, `'actuality'`),
		bad("Name without quotes", nobodyHurt, at("")).text(`"actuality"`, `actuality`),
		bad("Comment", nobodyHurt, at("")).text(`"actuality"`, `/* always */ "actuality"`),
		bad("Not a number", incident, at(sequenceValue)).text(`"valueInteger":1}`, `"valueInteger":NaN}`),
		bad("Leading zero", incident, at(sequenceValue)).text(`"valueInteger":1}`, `"valueInteger":01}`),
		bad("Plus sign", incident, at(sequenceValue)).text(`"valueInteger":1}`, `"valueInteger":+1}`),
		bad("Hexadecimal number", incident, at(sequenceValue)).text(`"valueInteger":1}`, `"valueInteger":0x1}`),
		bad("Decimal point without digits", incident, at(sequenceValue)).text(`"valueInteger":1}`, `"valueInteger":1.}`),
		bad("Exponent without digits", incident, at(sequenceValue)).text(`"valueInteger":1}`, `"valueInteger":1e}`),
		bad("Capital in a literal", nobodyHurt, at("reference-metadata/DataSharingOptOut.value"), optOut).text(`"valueBoolean":false`, `"valueBoolean":False`),
		bad("Literal cut short", nobodyHurt, at("reference-metadata/DataSharingOptOut.value"), optOut).text(`"valueBoolean":false`, `"valueBoolean":fals`),
		bad("Line break in a string", nobodyHurt, at(descriptionValue)).text("issued twice", "issued\ntwice"),
		bad("NUL in a string", nobodyHurt, at(descriptionValue)).text("issued twice", "issued\x00twice"),
		bad("Unknown escape", nobodyHurt, at(descriptionValue)).text("issued twice", `issued\x20twice`),
		bad("Escape that is not hexadecimal", nobodyHurt, at(descriptionValue)).text("issued twice", `issued\u00G0twice`),
		good("White space of every kind", nobodyHurt).rewrite(func(text string) string {
			return "\r\n\t " + strings.Replace(text, `"actuality": `, "\"actuality\" \t\r\n : \n", 1)
		}),
		good("Every escape that JSON has", nobodyHurt).text("issued twice", `issued \"twice\" \\ \/ \n\r\t \u00e9 \u20AC`),
	)...)
	s.rule("json", "JSON-TRAILING-DATA", fhir.Error, "Of two documents in one text a reader takes the first, the last or none.", unread(
		bad("A second document", nobodyHurt, at("")).rewrite(func(text string) string { return text + text }),
		bad("A closing bracket too many", nobodyHurt, at("")).rewrite(func(text string) string { return strings.TrimSpace(text) + "}" }),
		bad("A comma after the document", nobodyHurt, at("")).rewrite(func(text string) string { return strings.TrimSpace(text) + "," }),
		bad("A NUL after the document", nobodyHurt, at("")).rewrite(func(text string) string { return text + "\x00" }),
		good("White space after the document", nobodyHurt).rewrite(func(text string) string { return text + " \r\n\t\n" }),
	)...)
}

func utf16Text(s string) string {
	b := []byte{0xff, 0xfe}
	for _, u := range utf16.Encode([]rune(s)) {
		b = append(b, byte(u), byte(u>>8))
	}
	return string(b)
}

func jsonCases(s *suite) {
	s.rule("json", "JSON-DUPLICATE-KEY", fhir.Error, "Readers differ in whether the first or the last of two properties counts, so what was checked need not be what is kept.", unread(
		bad("On the root", nobodyHurt, at(".date"), twice("date", `"2026-03-12"`)),
		bad("The same value", nobodyHurt, at(".actuality"), twice("actuality", `"actual"`)),
		bad("A whole list", nobodyHurt, at(".extension"), twice("extension", `[{"url":"https://example.org/x","valueBoolean":true}]`)),
		bad("The value of a field", nobodyHurt, at("agent/InvolvedAgents.value"), raw("agent/InvolvedAgents", `"valueCode":"9","valueCode":"4"`)),
		bad("The url of a group", nobodyHurt, at("agent.url"), twice("extension[0].url", `"https://example.org/x"`)),
		bad("In a contained resource", nobodyHurt, at("Patient.id"), twice("contained[2].id", `"patient2"`)),
		bad("The resource type", nobodyHurt, at(".resourceType"), twice("resourceType", `"AdverseEvent"`)),
		bad("Written with an escape", nobodyHurt, at(".date")).text(`"date": "2026-03-11",`, `"date": "2026-03-11", "d\u0061te": "2026-03-12",`),
		bad("In a contained resource of another type", nobodyHurt, at("AdverseEvent.contained[3].actual"), containing(`{"resourceType":"Group","id":"group","actual":true,"actual":false}`)).then(
			failure("FHIR-DOM-3", "AdverseEvent.contained[3]"), failure("PROFILE-RESOURCE", "AdverseEvent.contained[3]")),
		bad("In an element that R4 does not have", nobodyHurt, nil, put("happened", `{"a":1,"a":2}`)).also(
			failure("FHIR-UNKNOWN-ELEMENT", ".happened"), failure("JSON-DUPLICATE-KEY", ".happened.a")).unreadable(),
		good("The same name in other objects", incident, put("contained[2].active", "true"), put("contained[1].active", "true")).also(warning("PROFILE-ELEMENT", "Practitioner.active", "Patient.active")),
	)...)
	s.rule("json", "JSON-TYPE", fhir.Error, "R4 gives every element one JSON form; a value in another is not read.", unread(
		bad("Text for an object", nobodyHurt, at(".subject"), put("subject", `"#patient"`)),
		bad("Array for an object", nobodyHurt, at(".event"), put("event", `[{"coding":[{"code":"1"}]}]`)),
		bad("Object for an array", nobodyHurt, at(".extension"), put("extension", `{"url":"https://example.org/x","valueBoolean":true}`)),
		bad("Text for an array", nobodyHurt, at(".meta.profile"), put("meta.profile", `"https://example.org/x"`)),
		bad("Array for text", nobodyHurt, at(".date"), put("date", `["2026-03-11"]`)),
		bad("Object for text", nobodyHurt, at(descriptionValue), raw("core/Description", `"valueString":{"text":"Invented."}`)),
		bad("Number for a code", nobodyHurt, at("agent/InvolvedAgents.value"), raw("agent/InvolvedAgents", `"valueCode":9`)),
		bad("Boolean for a code", nobodyHurt, at("agent/InvolvedAgents.value"), raw("agent/InvolvedAgents", `"valueCode":true`)),
		bad("Text for a boolean", nobodyHurt, at("reference-metadata/DataSharingOptOut.value"), set("reference-metadata/DataSharingOptOut", "false"), raw("reference-metadata/DataSharingOptOut", `"valueBoolean":"false"`)),
		bad("Text for a number", incident, at("patient-information/AgeAtTimeOfIncidentDays.value"), raw("patient-information/AgeAtTimeOfIncidentDays", `"valueInteger":"18600"`)),
		bad("Text for an extension", nobodyHurt, at("AdverseEvent.extension[7]"), extend("", `"x"`)),
		bad("Text for a contained resource", nobodyHurt, at("AdverseEvent.contained[3]"), containing(`"x"`)),
		bad("Number for an enumeration", nobodyHurt, at(".actuality"), put("actuality", "1")),
		bad("Array for the document", nobodyHurt, at("")).rewrite(func(text string) string { return "[" + text + "]" }),
		bad("Text for the document", nobodyHurt, at("")).instead(`"AdverseEvent"`),
		bad("Number for the document", nobodyHurt, at("")).instead(`1`),
		good("Text that looks like a number", nobodyHurt, set("outcome/ImmediateActions", "12345")),
	)...)
	s.rule("json", "JSON-NULL", fhir.Error, "FHIR JSON knows null only as a stand-in in arrays of primitives with extensions. A null elsewhere is an answer that got lost.", unread(
		bad("For the date", nobodyHurt, at(".date"), put("date", "null")),
		bad("For the subject", nobodyHurt, at(".subject"), put("subject", "null")),
		bad("For the value of a field", nobodyHurt, at("agent/InvolvedAgents.value"), raw("agent/InvolvedAgents", `"valueCode":null`)),
		bad("For a harm grade", incident, at("patient-information/PhysicalHarm.value"), raw("patient-information/PhysicalHarm", `"valueCode":null`)),
		bad("In the list of extensions", nobodyHurt, at("AdverseEvent.extension[7]"), extend("", "null")),
		bad("Among the contained resources", nobodyHurt, at("AdverseEvent.contained[3]"), containing("null")),
		bad("In a list of texts", nobodyHurt, at(".meta.profile[0]"), put("meta.profile", "[null]")),
		bad("For the document", nobodyHurt, at("")).instead("null"),
		good("The word null", nobodyHurt, set("core/Description", "The screen showed null, null and null.")),
	)...)
	s.rule("json", "JSON-EMPTY", fhir.Error, "FHIR JSON has no empty values: an element without content is left out, so that its absence is seen.", unread(
		bad("Empty description", nobodyHurt, at(descriptionValue), raw("core/Description", `"valueString":""`)),
		bad("Empty date", nobodyHurt, at(".date"), put("date", `""`)),
		bad("Empty code", nobodyHurt, at(".event.coding[0].code"), put("event.coding[0].code", `""`)),
		bad("Empty subject", nobodyHurt, at(".subject"), put("subject", "{}")),
		bad("Empty list of extensions", nobodyHurt, at("Patient.extension"), put("contained[2].extension", "[]")).
			because("A Patient without patient data has no extension property, never an empty one."),
		bad("Empty extension", nobodyHurt, at("AdverseEvent.extension[7]"), extend("", "{}")),
		bad("Empty group", nobodyHurt, at("classification.extension"), raw("classification", `"extension":[]`)),
		bad("Empty meta", nobodyHurt, at(".meta"), put("meta", "{}")),
		bad("Empty document", nobodyHurt, at("")).instead("{}"),
		good("Empty things in words", nobodyHurt, set("core/Description", "The screen showed [] and {} only.")),
	)...)
	s.rule("json", "JSON-UTF8", fhir.Error, "FHIR JSON is UTF-8. A reader that replaces what is not text changes what was reported.", unread(
		bad("Byte that is never UTF-8", nobodyHurt, at(descriptionValue)).text("issued twice", "issued\xfftwice"),
		bad("Latin-1", nobodyHurt, at(descriptionValue)).text("issued twice", "issued in a caf\xe9 twice"),
		bad("Overlong form", nobodyHurt, at(descriptionValue)).text("issued twice", "issued\xc0\xaftwice"),
		bad("Surrogate in UTF-8", nobodyHurt, at(descriptionValue)).text("issued twice", "issued\xed\xa0\x80twice"),
		bad("Character cut in half", nobodyHurt, at(descriptionValue)).text("issued twice", "issued\xe2\x82 twice"),
		bad("High surrogate alone", nobodyHurt, at(descriptionValue)).text("issued twice", `issued \ud83d twice`),
		bad("Low surrogate alone", nobodyHurt, at(descriptionValue)).text("issued twice", `issued \ude00 twice`),
		bad("Surrogates the wrong way round", nobodyHurt, at(descriptionValue)).text("issued twice", `issued \ude00\ud83d twice`),
		bad("In a property name", nobodyHurt, at(""), put("happened", "true")).text("happened", "happ\xffened").also(failure("FHIR-UNKNOWN-ELEMENT", "")).
			because("A name that is not text is no element of R4 either; it is not repeated in a finding."),
		good("Surrogates in pairs", nobodyHurt).text("issued twice", `issued \ud83d\ude00 twice`),
	)...)
	s.rule("json", "JSON-DEPTH", fhir.Error, "Deep nesting is a way to exhaust a reader; no event needs more than a dozen levels. Objects and arrays count, the document itself is level 1.", unread(
		bad("65 levels", nobodyHurt, at("AdverseEvent.extension[7]"+strings.Repeat(".extension[0]", 31)), extend("", nested(32, `"valueBoolean":true`))),
		bad("65 levels of arrays in another resource", nobodyHurt, at("AdverseEvent.contained[3].x"+strings.Repeat("[0]", 61)), containing(`{"resourceType":"Group","id":"group","x":`+strings.Repeat("[", 62)+"1"+strings.Repeat("]", 62)+"}")),
		good("64 levels", nobodyHurt, extend("", nested(31, `"valueCoding":{"code":"x"}`))).also(failure("PROFILE-GROUP", "AdverseEvent.extension[7].url")),
	)...)
	s.rule("json", "JSON-SIZE", fhir.Error, "A document of more than 5 MiB is refused unread; a real one has some ten kilobytes.", unread(
		bad("One byte more than 5 MiB", nobodyHurt, at("")).with(cases.Options{PadTo: 5<<20 + 1}),
		good("5 MiB", nobodyHurt).with(cases.Options{PadTo: 5 << 20}),
	)...)
	const many = 1000
	nulls := `{"resourceType":"AdverseEvent","actuality":"actual","subject":{"reference":"#patient"},"contained":[null` + strings.Repeat(",null", many) + "]}"
	thousand := bad("1001 nulls", nobodyHurt, nil).instead(nulls).unreadable()
	for i := range many {
		thousand.also(failure("JSON-NULL", fmt.Sprintf("AdverseEvent.contained[%d]", i)))
	}
	thousand.also(failure("JSON-TOO-MANY-ISSUES", ""))
	s.rule("json", "JSON-TOO-MANY-ISSUES", fhir.Error, "After a thousand findings reading stops: the text is hopeless or hostile.",
		thousand,
		bad("Three nulls", nobodyHurt, nil, containing("null"), containing("null"), containing("null")).
			also(failure("JSON-NULL", "AdverseEvent.contained[3]", "AdverseEvent.contained[4]", "AdverseEvent.contained[5]")).unreadable(),
	)
}

// nested is an extension of that many levels, the last with a value.
func nested(levels int, value string) string {
	const open = `{"url":"https://example.org/x","extension":[`
	return strings.Repeat(open, levels-1) + `{"url":"https://example.org/x",` + value + "}" + strings.Repeat("]}", levels-1)
}

func elementCases(s *suite) {
	s.rule("fhir", "FHIR-RESOURCE-TYPE", fhir.Error, "Without the type of a resource nobody can tell what its elements mean.", unread(
		bad("Missing", nobodyHurt, at(".resourceType"), cut("resourceType")),
		bad("Another type", nobodyHurt, at(".resourceType"), put("resourceType", `"Observation"`)),
		bad("In lower case", nobodyHurt, at(".resourceType"), put("resourceType", `"adverseEvent"`)),
		bad("Missing in a contained resource", nobodyHurt, at("AdverseEvent.contained[2]"), cut("contained[2].resourceType")),
		bad("No type name in a contained resource", nobodyHurt, at("AdverseEvent.contained[2]"), put("contained[2].resourceType", `"patient"`)),
		good("Last instead of first", nobodyHurt, cut("resourceType"), func(d *doc) { d.root.Set("resourceType", "AdverseEvent") }),
	)...)
	s.rule("fhir", "FHIR-UNKNOWN-ELEMENT", fhir.Error, "What R4 does not have at this place is lost at best; a misspelt element is an answer that never arrives.", unread(
		bad("Misspelt optional element", nobodyHurt, at(".dat"), rename("date", "dat")).then(failure("LFPSE-DATE", "")),
		bad("Misspelt required element", nobodyHurt, nil, rename("actuality", "actualty")).also(failure("FHIR-REQUIRED", ".actuality"), failure("FHIR-UNKNOWN-ELEMENT", ".actualty")).unreadable(),
		bad("Another case", nobodyHurt, at(".Date"), rename("date", "Date")).because("Property names are case-sensitive; some readers fold them and so hide the fault.").then(failure("LFPSE-DATE", "")),
		bad("Root description", nobodyHurt, at(".description"), put("description", `"A repeat prescription was issued twice. Invented for a test."`)).because("R4 has no AdverseEvent.description, though a public client sends it. Readers refuse it unless told to tolerate it."),
		bad("Elements of the older structure", nobodyHurt, at(".type"), rename("event", "type")).because("STU3 has type where R4 has event.").then(failure("LFPSE-EVENT-TYPE", "")),
		bad("Name that is no name", nobodyHurt, at(""), put("999 000 0018", "true")).because("A name that may be data is not repeated in a finding.").then(failure("PRIVACY-NHS-NUMBER", ".(unprintable name)")),
		bad("In a contained Patient", nobodyHurt, at("Patient.harm"), put("contained[2].harm", `"none"`)),
		bad("Nested contained resource", nobodyHurt, at("Patient.contained"), put("contained[2].contained", `[{"resourceType":"Location","id":"x"}]`)).because("A contained resource contains nothing (R4 invariant dom-2)."),
		bad("In an extension", nobodyHurt, at("agent/InvolvedAgents.valueCodes"), raw("agent/InvolvedAgents", `"valueCode":"9","valueCodes":["9"]`)),
		bad("Value of a type that R4 does not have", nobodyHurt, nil, raw("agent/InvolvedAgents", `"valueDouble":9`)).also(
			failure("FHIR-EXT-1", "agent/InvolvedAgents"), failure("FHIR-UNKNOWN-ELEMENT", "agent/InvolvedAgents.valueDouble")).unreadable(),
		good("Element that R4 has and LFPSE does not use", nobodyHurt, put("recordedDate", `"2026-03-12"`)).also(warning("PROFILE-ELEMENT", ".recordedDate")),
	)...)
	s.rule("fhir", "FHIR-PRIMITIVE-EXTENSION", fhir.Warning, "A property with an underscore carries the id or extensions of a primitive element. FHIR allows them. LFPSE has no use for them, and dropping them unseen would drop what they say.", unread(
		bad("Of the date", nobodyHurt, at(".date"), put("_date", absent)),
		bad("In place of a value", nobodyHurt, at(descriptionValue), raw("core/Description", `"_valueString":`+absent)).
			then(failure("LFPSE-DESCRIPTION", "core")),
		bad("Beside a value", nobodyHurt, at(descriptionValue), raw("core/Description", `"valueString":"Invented.","_valueString":`+absent)).then(warning("QUALITY-TEXT-SHORT", descriptionValue)),
		bad("In a contained resource", nobodyHurt, at("Patient.birthDate"), put("contained[2]._birthDate", `{"extension":[{"url":"https://example.org/x","valueBoolean":true}]}`)),
		bad("In place of the actuality", nobodyHurt, at(".actuality"), cut("actuality"), put("_actuality", absent)).then(failure("PROFILE-TYPE", ".actuality")).
			because("FHIR takes an extension for the value of a required element; LFPSE needs the value."),
		bad("Beside the items of a list", nobodyHurt, at(".meta.profile"), put("meta._profile", "["+absent+"]")),
		bad("Of an element that is not primitive", nobodyHurt, nil, put("_event", `{"id":"x"}`)).also(failure("FHIR-UNKNOWN-ELEMENT", "._event")).unreadable(),
		bad("Personal data in it", nobodyHurt, at(".date"), put("_date", `{"extension":[{"url":"https://example.org/x","valueString":"999 000 0018"}]}`)).then(failure("PRIVACY-NHS-NUMBER", "._date.extension[0].value")),
		good("Id of an extension", nobodyHurt, raw("core/Description", `"id":"d1","valueString":"The wrong dose was given. Invented."`)),
	)...)
	narrative := func(div string) edit {
		text, _ := json.Marshal(div) // a string cannot fail
		return put("text", `{"status":"generated","div":`+string(text)+`}`)
	}
	ofNoUse := warning("PROFILE-ELEMENT", ".text")
	const div = `<div xmlns="http://www.w3.org/1999/xhtml">`
	s.rule("fhir", "FHIR-XHTML", fhir.Error, "R4 invariants txt-1 and txt-2: a narrative is one div of plain XHTML with content. A reader shows it as it stands.",
		bad("A script", nobodyHurt, at(".text.div"), narrative(div+`A dose was missed.<script>alert(1)</script></div>`)).also(ofNoUse),
		bad("An attribute that runs", nobodyHurt, at(".text.div"), narrative(div+`<p onclick="x()">A dose was missed.</p></div>`)).also(ofNoUse),
		bad("A form", nobodyHurt, at(".text.div"), narrative(div+`<form><input/></form></div>`)).also(ofNoUse),
		bad("A link that is a script", nobodyHurt, at(".text.div"), narrative(div+`<a href="javascript:x()">A dose was missed.</a></div>`)).also(ofNoUse),
		bad("No namespace", nobodyHurt, at(".text.div"), narrative(`<div>A dose was missed.</div>`)).also(ofNoUse),
		bad("Not a div", nobodyHurt, at(".text.div"), narrative(`<p xmlns="http://www.w3.org/1999/xhtml">A dose was missed.</p>`)).also(ofNoUse),
		bad("Plain text", nobodyHurt, at(".text.div"), narrative(`A dose was missed.`)).also(ofNoUse),
		bad("Nothing but blanks", nobodyHurt, at(".text.div"), narrative(div+`<p> <br/></p></div>`)).also(ofNoUse),
		bad("HTML entity", nobodyHurt, at(".text.div"), narrative(div+`A dose&nbsp;was missed.</div>`)).also(ofNoUse),
		bad("An element without end", nobodyHurt, at(".text.div"), narrative(div+`A dose<br>was missed.</div>`)).also(ofNoUse),
		bad("Two divs", nobodyHurt, at(".text.div"), narrative(div+`A dose</div>`+div+`was missed.</div>`)).also(ofNoUse),
		good("A table and a list", nobodyHurt, narrative(div+`<table class="x"><tr><td colspan="2">A dose</td></tr></table><ul><li>was missed &#160;&amp; found.</li></ul></div>`)).also(ofNoUse),
		good("An image alone", nobodyHurt, narrative(div+`<img src="#x" alt="a chart"/></div>`)).also(ofNoUse),
	)
	s.rule("fhir", "FHIR-REQUIRED", fhir.Error, "R4 has no AdverseEvent without actuality and subject, no extension without url and no suspectEntity without instance.", unread(
		bad("Actuality and subject missing", nobodyHurt, at(".actuality", ".subject"), cut("actuality", "subject")).then(failure("FHIR-DOM-3", "Patient")),
		bad("Url of a group missing", nobodyHurt, at("AdverseEvent.extension[6].url"), raw("classification", `"url":"x"`), cut("extension[6].url"), put("extension[6].valueBoolean", "true")),
		bad("Url of a field missing", nobodyHurt, at("classification.extension[0].url"), cut("extension[6].extension[0].url")),
		bad("Instance missing", nobodyHurt, at(".suspectEntity[0].instance"), put("suspectEntity", `[{"id":"s1"}]`)),
		bad("Text of a narrative missing", nobodyHurt, at(".text.div"), put("text", `{"status":"generated"}`)).then(warning("PROFILE-ELEMENT", ".text")),
		good("Nobody affected, yet a subject", nobodyHurt),
	)...)
	s.rule("fhir", "FHIR-REQUIRED", fhir.Error, "A reference that does not say where it leads says nothing.",
		bad("Instance that says nothing", nobodyHurt, at(".suspectEntity[0].instance"), put("suspectEntity", `[{"instance":{"type":"Device"}}]`)),
		good("Instance with a display", nobodyHurt, put("suspectEntity", `[{"instance":{"display":"an infusion pump"}}]`)),
	)
	s.rule("fhir", "FHIR-CODE", fhir.Error, "R4 binds these elements to its own short lists; other codes are refused.", unread(
		bad("Actuality in another case", nobodyHurt, at(".actuality"), put("actuality", `"Actual"`)),
		bad("Gender of the contained Patient", nobodyHurt, at("Patient.gender"), put("contained[2].gender", `"f"`)),
		bad("Status of the contained Device", nobodyHurt, at("Device.status"), contain("Device"), put("contained[3].status", `"broken"`)),
		good("Gender that R4 has", nobodyHurt, put("contained[2].gender", `"unknown"`)).also(warning("PROFILE-ELEMENT", "Patient.gender")),
	)...)
	s.rule("fhir", "FHIR-INTEGER", fhir.Error, "A FHIR integer is a whole number of 32 bits without fraction and exponent; readers round other forms in their own ways.", unread(
		bad("With a fraction", incident, at(sequenceValue), raw("patient-information/PatientSequence", `"valueInteger":1.0`)),
		bad("With an exponent", incident, at("patient-information/AgeAtTimeOfIncidentDays.value"), raw("patient-information/AgeAtTimeOfIncidentDays", `"valueInteger":186e2`)),
		bad("Above 32 bits", incident, at(sequenceValue), raw("patient-information/PatientSequence", `"valueInteger":2147483648`)).then(failure("PRIVACY-NHS-NUMBER", sequenceValue)),
		bad("Below 32 bits", incident, at(sequenceValue), raw("patient-information/PatientSequence", `"valueInteger":-2147483649`)),
		bad("Minus zero", incident, at(sequenceValue), raw("patient-information/PatientSequence", `"valueInteger":-0`)),
		good("Greatest integer", nobodyHurt, extend("", `{"url":"https://example.org/x","valueInteger":2147483647}`)).also(failure("PROFILE-GROUP", "AdverseEvent.extension[7].url")),
	)...)
	s.rule("fhir", "FHIR-CHOICE", fhir.Error, "Of value[x] and its kind one type is chosen; of two a reader cannot tell which counts.", unread(
		bad("Two values of a field", nobodyHurt, at("agent/InvolvedAgents.value"), raw("agent/InvolvedAgents", `"valueCode":"9","valueString":"9"`)),
		bad("Three values of a field", nobodyHurt, at("agent/InvolvedAgents.value"), raw("agent/InvolvedAgents", `"valueCode":"9","valueString":"9","valueInteger":9`)),
		bad("Dead in two ways", nobodyHurt, at("Patient.deceased"), put("contained[2].deceasedBoolean", "true"), put("contained[2].deceasedDateTime", `"2026-03-11"`)).then(failure("PRIVACY-ELEMENT", "Patient.deceased", "Patient.deceased")),
		good("Dead in one way", nobodyHurt, put("contained[2].deceasedBoolean", "true")).also(warning("PROFILE-ELEMENT", "Patient.deceased"), failure("PRIVACY-ELEMENT", "Patient.deceased")),
	)...)
	s.rule("fhir", "FHIR-EXT-1", fhir.Error, "R4 invariant ext-1: an extension has a value or extensions, not both and not neither.", unread(
		bad("Neither", nobodyHurt, at("classification"), raw("classification", "")),
		bad("Field with neither", nobodyHurt, at("classification/LevelOfConcern"), raw("classification/LevelOfConcern", "")),
		bad("Both on a group", incident, at("patient-information"), put("contained[2].extension[0].valueBoolean", "true")),
		bad("Both on a field", nobodyHurt, at("core/Description"), raw("core/Description", `"valueString":"Invented.","extension":[{"url":"https://example.org/x","valueBoolean":true}]`)),
		good("One value in every field", nobodyHurt),
	)...)
	s.rule("fhir", "FHIR-R4-DESCRIPTION", fhir.Warning, "R4 has no AdverseEvent.description. A reader that is told to tolerate it still says so.",
		bad("Tolerated root description", nobodyHurt, at(".description"), put("description", `"A repeat prescription was issued twice. Invented for a test."`)).with(cases.Options{RootDescription: true}),
		good("Description in the core group only", nobodyHurt).with(cases.Options{RootDescription: true}),
	)
}

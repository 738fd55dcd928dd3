package main

import (
	"github.com/gpsafety/lfpse-go/conformance/cases"
	"github.com/gpsafety/lfpse-go/fhir"
)

// privacyCases use invented data: NHS numbers of the 999 test range, telephone
// numbers set aside for drama, domains set aside for examples.
func privacyCases(s *suite) {
	const value, invented = "core/Description.value", " Invented for a test."
	told := func(title, text string) *spec {
		return bad(title, nobodyHurt, at(value), set("core/Description", text+invented))
	}
	harmless := func(title, text string) *spec {
		return good(title, nobodyHurt, set("core/Description", text+invented))
	}
	rule := func(id string, severity fhir.Severity, why string, specs ...*spec) {
		s.rule("privacy", id, severity, why, specs...)
	}
	const blocks = "Free text is screened before others read it, but that is no guarantee: what identifies a person is stopped at source. "
	rule("PRIVACY-NHS-NUMBER", fhir.Error, blocks+"An NHS number has ten digits with a check digit, in whatever grouping.",
		told("In the description", "The patient with NHS number 9990000018 was given the wrong dose."),
		told("With spaces", "Seen today: 999 000 0018."),
		told("With hyphens", "999-000-0018 was given the wrong dose."),
		told("With the letter O for zero", "999 OOO 0018 was given the wrong dose."),
		told("In full-width digits", "\uff19\uff19\uff19\uff10\uff10\uff10\uff10\uff10\uff11\uff18 was seen."),
		bad("Two in one text", nobodyHurt, at(value, value), set("core/Description", "9990000018 was taken for 9990000026."+invented)),
		bad("As the id of the record", nobodyHurt, at(".id"), put("id", `"9990000018"`)),
		bad("As a report number", nobodyHurt, at("agent/YellowCardReference.value"), set("agent/YellowCardReference", "9990000018")),
		bad("In the clinical outcome of a patient", incident, at(first+"/ClinicalOutcome.value"), set(first+"/ClinicalOutcome", "9990000018 recovered")),
		harmless("Wrong check digit", "Reference 9990000019."),
		harmless("Lot number that passes the check", "Lot number 9990000018 was recalled."),
		harmless("Inside a longer number", "Batch 99900000180."),
	)
	rule("PRIVACY-CHI-NUMBER", fhir.Error, blocks+"A CHI number of Scotland begins with the date of birth.",
		told("In the description", "CHI 0101011237 was given the wrong dose."), harmless("Wrong check digit", "Reference 3112991234."))
	rule("PRIVACY-HC-NUMBER", fhir.Error, blocks+"A Health and Care number of Northern Ireland has ten digits from 32 to 39.",
		told("In the description", "H&C 320 000 0015 was given the wrong dose."), harmless("Wrong check digit", "Reference 3200000016."))
	rule("PRIVACY-NI-NUMBER", fhir.Error, blocks+"A National Insurance number has two letters, six digits and a letter.",
		told("In the description", "NI AB123456C was noted."), harmless("Prefix that is never issued", "Batch QQ123456A."))
	rule("PRIVACY-PROFESSIONAL-NUMBER", fhir.Error, blocks+"The number of a register, beside its name, names a member of staff.",
		told("Doctor", "Dr with GMC 1234567 signed."), told("Nurse", "NMC PIN 71A2998E signed."), harmless("No register", "Invoice 1234567."))
	rule("PRIVACY-EMAIL", fhir.Error, blocks+"Only ReporterContact may hold an e-mail address, the reporter's own.",
		told("In the description", "Write to jo.bloggs@example.org."),
		harmless("No address", "Two tablets @ 10.30."),
		good("As the contact of the reporter", nobodyHurt, set("practitioner-details/ReporterContact", "jo.bloggs@example.org")))
	rule("PRIVACY-PHONE", fhir.Error, blocks+"Only ReporterContact may hold a telephone number, the reporter's own.",
		told("Mobile", "The daughter, 07700 900123, was told."), told("With country code", "Call +44 1632 960000."),
		harmless("Doses and times", "250 500 1000 mg at 0930 10 10 25."),
		good("As the contact of the reporter", nobodyHurt, set("practitioner-details/ReporterContact", "07700 900456")))
	rule("PRIVACY-POSTCODE", fhir.Warning, "What looks like a postcode may be one; a person looks again.",
		told("In the description", "The patient lives at E10 6QN now."), harmless("Dose that looks like one", "Vitamin B12 5ug daily."))
	rule("PRIVACY-POSSIBLE-BIRTH-DATE", fhir.Warning, "A date beside a birthday may be a date of birth; a person looks again.",
		told("Birthday", "Seen on the birthday 01/02/1950."), told("In brackets with the sex", "The patient (f, 12/3/56) was seen."), harmless("Date of a visit", "Seen 22/11/2025."))
	rule("PRIVACY-TITLED-NAME", fhir.Warning, "What follows Mrs or Dr with a capital is likely a name; a person looks again.",
		told("Title and name", "Mrs Ashgrove was given the wrong dose."), told("Name that is a word", "Mr Ward fell."), told("Initials", "Mrs A.B. was given the wrong dose."), harmless("Role without a name", "The doctor was told."))
	rule("PRIVACY-POSSIBLE-PROFESSIONAL-NUMBER", fhir.Information, "Seven digits beside a word such as doctor may be the number of a register; it never stops a report.",
		told("After doctor", "The doctor 1234567 signed."), harmless("After invoice", "The invoice 1234567 was paid."))
	rule("PRIVACY-LABELLED-NUMBER", fhir.Error, blocks+"A number that the text calls an NHS, CHI, H&C or National Insurance number is one, also with a wrong digit.",
		told("NHS number with a wrong digit", "NHS no: 999 000 0019 was on the label."),
		told("NHS number that lacks a digit", "NHS number 999 000 001 was read out."), told("CHI number with a wrong digit", "CHI 0101011238 was on the letter."),
		told("National Insurance number of a wrong form", "NI number QQ123456A was on the form."),
		harmless("No number", "The NHS number was wrong on 3 of 12 labels."))
	rule("PRIVACY-LOCAL-NUMBER", fhir.Warning, "A number that the text calls that of a hospital or of a clinical system leads to one patient; a person looks again.",
		told("Hospital number", "Hospital number A123456 was on the form."), told("MRN", "MRN 00123456 was on the letter."), told("Clinical system", "EMIS number 1234567 was open."),
		harmless("Scan", "MR scan 2 of 3 was late."), harmless("Telephone extension", "The hospital extension is 12345."))
	rule("PRIVACY-NAMED-PERSON", fhir.Warning, "Words such as \"patient name\" and \"her daughter\" announce a name; a person looks again.",
		told("After a label", "Patient name: Ashgrove, Sophy."), told("After my name is", "My name is Naga and I work here."), told("After a relative", "Her daughter Susan rang."), told("After called", "A lady called Susan rang."),
		harmless("Name of a medicine", "Brand name: Ventolin."), harmless("Relative without a name", "Her daughter rang on Monday."))
	rule("PRIVACY-STREET-ADDRESS", fhir.Warning, "A house number and a street, a flat or a PO box is likely a home; a person looks again.",
		told("House number and street", "The parcel went to 12 Invented Street."), told("Flat", "Flat 3, Invented Court was visited."),
		harmless("Dose", "12 St John's wort capsules were taken."), harmless("Surgery", "The surgery in Invented Lane was shut."))
	rule("PRIVACY-OBSCURED-EMAIL", fhir.Warning, "An e-mail address in words is as easy to read as the address; a person looks again.",
		told("In words", "Write to jo dot bloggs at example dot org."), told("Sign in brackets", "Write to jo.bloggs (at) example.org."), harmless("Website", "Look at example.org for it."))
	rule("PRIVACY-REIDENTIFICATION", fhir.Information, "In a small practice there is one patient of that age and ethnicity who was there at that minute, and few with a gender history: what can be told less exactly is pointed out, once.",
		bad("Organisation, age, ethnicity and time", incident, at("estimated-date/PreciseTime.value"), set("estimated-date/PreciseTime", "10:15:00"), set(first+"/PatientEthnicity", "11")),
		good("Age and ethnicity without the time", incident, set(first+"/PatientEthnicity", "11")),
		good("Organisation, age and time", incident, set("estimated-date/PreciseTime", "10:15:00")),
		good("Age bracket and time", incident, drop(first+"/AgeAtTimeOfIncidentDays"), set(first+"/AgeBracket", "10"), set("estimated-date/PreciseTime", "10:15:00")))
	rule("PRIVACY-ELEMENT", fhir.Error, "Elements that hold names, addresses, identifiers and contact details have no place in a record, whatever they hold.",
		bad("Name of the patient", nobodyHurt, at("Patient.name"), put("contained[2].name", `[{"family":"Invented"}]`)).also(warning("PROFILE-ELEMENT", "Patient.name")),
		bad("Birth date of the patient", nobodyHurt, at("Patient.birthDate"), put("contained[2].birthDate", `"1950-02-01"`)).also(warning("PROFILE-ELEMENT", "Patient.birthDate")),
		bad("Identifier of the reporter", nobodyHurt, at("Practitioner.identifier"), put("contained[1].identifier", `[{"value":"X-1"}]`)).also(warning("PROFILE-ELEMENT", "Practitioner.identifier")),
		bad("Address of the location", nobodyHurt, at("Location.address"), put("contained[0].address", `{"line":["Invented Lane"]}`)).also(warning("PROFILE-ELEMENT", "Location.address")),
		bad("Serial number of the device", involving("3").then(set("problem-devices/DeviceInvolvementFactors", "1"), contain("Device")), at("Device.serialNumber"), put("contained[3].serialNumber", `"S-1"`)).
			also(warning("PROFILE-ELEMENT", "Device.serialNumber")),
		bad("Display of the subject", nobodyHurt, at(".subject.display"), put("subject.display", `"the patient"`)),
		good("Display of the location", nobodyHurt, put("location.display", `"the surgery"`)))
	rule("PRIVACY-REFERENCE", fhir.Error, "A reference that leaves the record tells the key of a local record, often the NHS number itself.",
		bad("Encounter", nobodyHurt, at(".encounter.reference"), put("encounter", `{"reference":"Encounter/e1"}`)).also(warning("PROFILE-ELEMENT", ".encounter")),
		good("Within the record", nobodyHurt))
	rule("PRIVACY-BINARY", fhir.Error, "Binary content cannot be screened.",
		bad("In an extension", nobodyHurt, at("AdverseEvent.extension[7].value"), extend("", `{"url":"https://example.org/x","valueBase64Binary":"AAAA"}`)).also(failure("PROFILE-GROUP", "AdverseEvent.extension[7].url")),
		harmless("Text that looks like it", "AAAA"))

	deny := cases.Options{DenyList: []cases.Term{
		{Class: "familyName", Text: "Ashgrove"}, {Class: "givenName", Text: "Will"}, {Class: "birthDate", Text: "1950-02-01"},
		{Class: "address", Text: "12 Example Lane, Sampletown"}, {Class: "identifier", Text: "EX-44321"},
	}}
	rule("PRIVACY-NAME", fhir.Error, "Names have no form, so those of the source record are looked for.",
		told("Family name", "Mrs Ashgrove was given the wrong dose.").with(deny), harmless("Part of another word", "The ashgroves grow tall.").with(deny))
	rule("PRIVACY-POSSIBLE-NAME", fhir.Information, "A word that is also a name of the source record may mean the person; a person looks again.",
		told("Ordinary word at the start of a sentence", "Will this be repeated?").with(deny), harmless("Ordinary word in small letters", "It will be repeated.").with(deny))
	rule("PRIVACY-BIRTH-DATE", fhir.Error, blocks+"A date beside words such as DOB or born is a date of birth.",
		told("After DOB", "DOB 01/02/1950, seen late."), harmless("DOB without a date", "DOB not known, seen late."))
	rule("PRIVACY-BIRTH-DATE", fhir.Error, "The date of birth of the source record is looked for in every usual form.",
		told("Written out", "Seen on the birthday, 1 February 1950.").with(deny), harmless("Another day", "Seen on 2 February 1950.").with(deny))
	rule("PRIVACY-ADDRESS", fhir.Error, "The address of the source record is looked for.",
		told("First line", "Found at 12 Example Lane.").with(deny), harmless("The town alone", "Found in Sampletown.").with(deny))
	rule("PRIVACY-IDENTIFIER", fhir.Error, "Local identifiers of the source record are looked for.",
		told("Written in another way", "Record EX 44321.").with(deny), harmless("Another one", "Record EX-44322.").with(deny))
}

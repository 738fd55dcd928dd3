package privacy

import (
	"strings"

	"github.com/gpsafety/lfpse-go/fhir"
)

// Class says what kind of personal data a hit is or a deny-list term holds.
type Class uint8

// Classes found by their form alone.
const (
	NHSNumber                  Class = iota + 1 // NHS number of England and Wales
	CHINumber                                   // Community Health Index number of Scotland, which embeds a birth date
	HCNumber                                    // Health and Care number of Northern Ireland
	NINumber                                    // National Insurance number
	ProfessionalNumber                          // GMC, NMC, GPhC, HCPC, SDS or prescriber number beside the name of the register
	Email                                       // e-mail address
	Phone                                       // United Kingdom telephone number
	Postcode                                    // United Kingdom postcode; a warning
	PossibleBirthDate                           // date beside a birthday or after a person's name; a warning
	PossibleProfessionalNumber                  // seven digits beside a word such as doctor, or the bare form of a GP's code; a warning
	TitledName                                  // what follows Mrs, Dr or their kind, or two capitalised words after patient; a warning
)

// Classes found by a deny-list. A BirthDate is also found by its form.
const (
	Name         Class = iota + 20 // name of a person on the deny-list
	PossibleName                   // ordinary word that is also such a name; a warning
	BirthDate                      // date of birth on the deny-list, in any rendering, or any date beside DOB, born and the like
	Address                        // address line or postcode on the deny-list
	Identifier                     // any other identifier on the deny-list
)

// Classes of deny-list terms only. Their hits are Name or PossibleName.
const (
	FamilyName Class = iota + 40
	GivenName
)

// Classes of whole elements, reported by ScanEvent only.
const (
	Element   Class = iota + 60 // element that must not be sent, whatever it holds
	Reference                   // reference to a record outside the report
	Binary                      // content that cannot be screened
)

// classInfo is what a finding says about a class.
type classInfo struct {
	name, rule string
	severity   fhir.Severity
	text, fix  string
}

const removePerson = "Remove it; write \"the patient\" or the person's role instead."

var classes = [...]classInfo{
	NHSNumber:                  {"NHS number", "PRIVACY-NHS-NUMBER", fhir.Error, "An NHS number", removePerson},
	CHINumber:                  {"CHI number", "PRIVACY-CHI-NUMBER", fhir.Error, "A CHI number", removePerson},
	HCNumber:                   {"H&C number", "PRIVACY-HC-NUMBER", fhir.Error, "A Health and Care number", removePerson},
	NINumber:                   {"National Insurance number", "PRIVACY-NI-NUMBER", fhir.Error, "A National Insurance number", removePerson},
	ProfessionalNumber:         {"professional number", "PRIVACY-PROFESSIONAL-NUMBER", fhir.Error, "A professional registration number", "Remove it; write the person's role instead."},
	Email:                      {"e-mail address", "PRIVACY-EMAIL", fhir.Error, "An e-mail address", "Remove it; only ReporterContact may hold the reporter's own."},
	Phone:                      {"telephone number", "PRIVACY-PHONE", fhir.Error, "A telephone number", "Remove it; only ReporterContact may hold the reporter's own."},
	Postcode:                   {"postcode", "PRIVACY-POSTCODE", fhir.Warning, "What looks like a postcode", "Remove it if it is one."},
	PossibleBirthDate:          {"possible date of birth", "PRIVACY-POSSIBLE-BIRTH-DATE", fhir.Warning, "What looks like a date of birth", "Remove it; give the age in its own element."},
	PossibleProfessionalNumber: {"possible professional number", "PRIVACY-POSSIBLE-PROFESSIONAL-NUMBER", fhir.Warning, "What looks like the number of a professional", "Remove it if it is one; write the person's role instead."},
	TitledName:                 {"titled name", "PRIVACY-TITLED-NAME", fhir.Warning, "What looks like the name of a person", removePerson},
	Name:                       {"name", "PRIVACY-NAME", fhir.Error, "The name of a person in the source record", removePerson},
	FamilyName:                 {"name", "PRIVACY-NAME", fhir.Error, "The name of a person in the source record", removePerson},
	GivenName:                  {"name", "PRIVACY-NAME", fhir.Error, "The name of a person in the source record", removePerson},
	PossibleName:               {"possible name", "PRIVACY-POSSIBLE-NAME", fhir.Warning, "A word that is also the name of a person in the source record", "Check the sentence; if it means the person, write \"the patient\" or the role instead."},
	BirthDate:                  {"date of birth", "PRIVACY-BIRTH-DATE", fhir.Error, "A date of birth", "Remove it; give the age in its own element."},
	Address:                    {"address", "PRIVACY-ADDRESS", fhir.Error, "Part of the address of a person in the source record", "Remove it; write the kind of place instead."},
	Identifier:                 {"identifier", "PRIVACY-IDENTIFIER", fhir.Error, "An identifier of a person in the source record", "Remove it."},
	Element:                    {"element", "PRIVACY-ELEMENT", fhir.Error, "The element", "Leave the element out."},
	Reference:                  {"external reference", "PRIVACY-REFERENCE", fhir.Error, "The reference", "Refer to a contained resource, such as #patient, or leave the element out."},
	Binary:                     {"binary content", "PRIVACY-BINARY", fhir.Error, "The content", "Leave the element out; describe the content in words."},
}

func (c Class) info() classInfo {
	if int(c) < len(classes) && classes[c].rule != "" {
		return classes[c]
	}
	return classInfo{"unknown class", "PRIVACY-UNKNOWN", fhir.Error, "Personal data", removePerson}
}

// token is what Redact writes in place of a value of the class. Possible values get
// the token of real ones: what was there is not known after all.
func (c Class) token() string {
	switch c {
	case PossibleName, TitledName, FamilyName, GivenName:
		return Name.token()
	case PossibleBirthDate, BirthDate:
		return "[DATE-OF-BIRTH]"
	case PossibleProfessionalNumber:
		return ProfessionalNumber.token()
	}
	return "[" + strings.TrimPrefix(c.info().rule, "PRIVACY-") + "]"
}

// String names the class in English, such as "NHS number".
func (c Class) String() string { return c.info().name }

// Rule is the stable rule id of the class, such as PRIVACY-NHS-NUMBER.
func (c Class) Rule() string { return c.info().rule }

package privacy

import (
	"slices"
	"sync"

	"github.com/gpsafety/lfpse-go/fhir"
	"github.com/gpsafety/lfpse-go/lfpse/taxonomy"
)

// textKind says what is looked for in a text; see [Screener.ScanEvent].
type textKind uint8

const (
	freeText    textKind = iota // everything
	productName                 // name of a product or a code, which may be that of a person
	contact                     // contact details, which may be the reporter's own
	markup                      // XHTML
	binary                      // content that cannot be screened
	integer                     // a whole number, which is no text until it is written
	nothing                     // a truth value

	// From here on they are no prose: there are no names, addresses and birth dates in
	// them, and the date of the event may rightly be somebody's birth date.
	codeText     // code, id, date or number
	medicineCode // dm+d id, which may look like an NHS number
	reference    // reference to a resource, which must be a contained one
)

func (k textKind) isCode() bool { return k >= codeText }

// takes reports whether a hit by form counts in a text of the kind.
func (k textKind) takes(c Class) bool {
	switch c {
	case TitledName, NamedPerson, StreetAddress: // products are named after people, and reporters may give their name
		return k == freeText || k == markup
	case LocalNumber: // what is called one is one in prose
		return !k.isCode()
	case Email, Phone, ObscuredEmail:
		return k != contact
	}
	return true
}

// elementRule says how the screen treats an element.
type elementRule struct {
	kind    textKind // of its text, if it is a primitive value
	refusal string   // why it must not be sent whatever it holds; empty if it may be
}

// elementRules has the rule of each element of R4, by its number.
var elementRules = func() (rules [fhir.NumElements]elementRule) {
	for e := range fhir.Elements() {
		rules[e.Number] = elementRule{kindOf(e), refusalOf(e)}
	}
	return rules
}()

// kindOf says how a text is screened, by what R4 says that it is. What is not known
// here is free text and so screened for everything.
func kindOf(e *fhir.Element) textKind {
	switch e.Type {
	case "decimal":
		return codeText
	case "code", "id", "uri", "url", "canonical", "oid", "uuid", "date", "dateTime", "instant", "time":
		if e.Name == "value" || slices.Contains(codeProperties, e.Property) {
			return codeText
		}
		return freeText
	case "integer", "positiveInt", "unsignedInt":
		return integer
	case "boolean":
		return nothing
	case "xhtml":
		return markup
	case "base64Binary":
		return binary
	case "string":
		return kindOfString(e)
	}
	return freeText
}

// codeProperties are the codes, ids, uris and dates that the frame of a record has. Others
// LFPSE has no use for, so what stands there may be a text in the wrong place.
var codeProperties = []string{
	"id", "url", "system", "code", "version", "versionId", "lastUpdated", "source", "profile", "implicitRules", "language", "type",
	"contentType", "actuality", "date", "detected", "recordedDate", "start", "end", "time", "expirationDate", "manufactureDate",
}

func kindOfString(e *fhir.Element) textKind {
	switch e.Name {
	case "id", "version":
		return codeText
	case "display", "manufacturer", "modelNumber", "lotNumber", "partNumber", "unit":
		return productName
	}
	switch e.Owner + "." + e.Property {
	case "Reference.reference":
		return reference
	case "Device.deviceName.name":
		return productName
	case "SampledData.data":
		return binary
	}
	return freeText
}

// refusalOf says why an element must not be sent, or "".
func refusalOf(e *fhir.Element) string {
	switch e.Type {
	case "HumanName":
		return "The element holds a person's name."
	case "Address":
		return "The element holds an address."
	case "ContactPoint", "ContactDetail":
		return "The element holds contact details."
	case "Attachment", "Signature":
		return "The element holds content that cannot be screened."
	}
	switch e.Owner {
	case "Patient":
		if !slices.Contains(ofEveryResource, e.Property) && e.Property != "active" && e.Property != "gender" {
			return "A report tells of a patient only age, gender, ethnicity and harm."
		}
	case "Practitioner":
		if !slices.Contains(ofEveryResource, e.Property) && e.Property != "active" {
			return "A report tells of a member of staff only the role."
		}
	}
	return refusals[e.Owner+"."+e.Property]
}

// ofEveryResource are the elements that each resource may have.
var ofEveryResource = []string{"id", "meta", "implicitRules", "language", "text", "extension", "modifierExtension"}

const (
	identifiesDevice = "The element identifies one device and so the person who has it."
	wholeUDI         = "The whole UDI holds the serial number, which identifies the person who has the device."
)

// refusals are the elements that must not be sent though others of their type may be.
var refusals = map[string]string{
	"Device.identifier":             identifiesDevice,
	"Device.serialNumber":           identifiesDevice,
	"Device.distinctIdentifier":     identifiesDevice,
	"Device.patient":                identifiesDevice,
	"Device.udiCarrier.carrierAIDC": wholeUDI,
	"Device.udiCarrier.carrierHRF":  wholeUDI,
	"Location.position":             "The position may be that of a patient's home.",
	"Reference.identifier":          "The element identifies a record by its business identifier.",
	"Annotation.authorString":       "The element holds a person's name.",
}

// propertyKinds says how the texts of a JSON property are screened where the type
// that has it is not known: as binary content if it is that in any type of R4, else as in
// those types if they agree, else as free text.
var propertyKinds = sync.OnceValue(func() map[string]textKind {
	kinds := map[string]textKind{}
	for e := range fhir.Elements() {
		kind := elementRules[e.Number].kind
		switch known, ok := kinds[e.Property]; {
		case !ok || known == kind || kind == binary:
			kinds[e.Property] = kind
		case known != binary:
			kinds[e.Property] = freeText
		}
	}
	return kinds
})

// lfpseField is what the screen knows of an LFPSE field.
type lfpseField struct {
	name  string
	kind  textKind // of its value; freeText if nothing special is known
	tells trait
	only  string // the code that tells it, empty for any value
}

// byContent is what the screen knows of a field by what it holds.
var byContent = map[taxonomy.Content]lfpseField{
	taxonomy.Contact:       {kind: contact},
	taxonomy.MedicineCode:  {kind: medicineCode},
	taxonomy.ProductName:   {kind: productName},
	taxonomy.Organisation:  {tells: organisation},
	taxonomy.ExactTime:     {tells: exactTime},
	taxonomy.ExactAge:      {tells: exactAge},
	taxonomy.Ethnicity:     {tells: ethnicity},
	taxonomy.SameAsAtBirth: {tells: genderHistory},
}

// fieldTable has the fields of a taxonomy of which the screen knows something, by the
// length of their names, since most extensions that a report has are none of them.
type fieldTable [64][]lfpseField

// newFieldTable returns the fields of a taxonomy. A name that stands for different
// things in two groups is not known.
func newFieldTable(t *taxonomy.Taxonomy) *fieldTable {
	contents := map[string]taxonomy.Content{}
	lists := map[string]*taxonomy.CodeSystem{}
	for i := range t.Groups {
		for j := range t.Groups[i].Fields {
			f := &t.Groups[i].Fields[j]
			if known, ok := contents[f.Name]; ok && known != f.Content {
				contents[f.Name] = ""
				continue
			}
			contents[f.Name], lists[f.Name] = f.Content, t.CodeSystem(f.CodeSystem)
		}
	}
	table := &fieldTable{}
	for name, content := range contents {
		if f, ok := byContent[content]; ok && len(name) < len(table) {
			if f.name = name; f.tells == genderHistory {
				no := lists[name].Named("no")
				if no == nil {
					continue
				}
				f.only = no.Code
			}
			table[len(name)] = append(table[len(name)], f)
		}
	}
	return table
}

// named returns what is known of the field with a name, which is the url of its
// extension.
func (t *fieldTable) named(url string) *lfpseField {
	if t != nil && len(url) < len(t) {
		for i := range t[len(url)] {
			if f := &t[len(url)][i]; f.name == url {
				return f
			}
		}
	}
	return &unknownField
}

var unknownField lfpseField

// kindOf is the kind of a value of the field: that of the element it stands in, unless
// more is known of the field and the value is such a text.
func (f *lfpseField) kindOf(value *fhir.Element) textKind {
	kind := elementRules[value.Number].kind
	if f.kind != freeText && (kind == freeText || kind == codeText) {
		return f.kind
	}
	return kind
}

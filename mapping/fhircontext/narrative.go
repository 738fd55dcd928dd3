package fhircontext

import (
	"html"
	"strings"

	"github.com/gpsafety/lfpse-go/fhir"
	"github.com/gpsafety/lfpse-go/lfpse/privacy"
)

// narrative takes the names that the text of a resource gives by their labels and, where
// a resource describes a person and names it nowhere else, the name that its text begins
// with. named says that the resource has a name.
func (v *termVisitor) narrative(text fhir.Node, who role, named bool) {
	div := text.Child("div")
	pieces := piecesOf(textOf(div))
	before := v.names
	for i, piece := range pieces {
		label, value, ok := strings.Cut(piece, ":")
		label = strings.ToLower(strings.TrimSpace(label))
		what, known := labels[label]
		if !known || label == "name" && who == nobody { // the name of a thing
			continue
		}
		if value = strings.TrimSpace(value); (!ok || value == "") && i+1 < len(pieces) {
			value = strings.TrimLeft(pieces[i+1], ": ")
		}
		v.labelled(what, value, who)
	}
	if named || who == nobody || v.names > before || len(pieces) == 0 {
		return
	}
	for _, piece := range pieces {
		if name := nameAtStart(piece); looksPersonal(name) {
			v.name(name, who)
			return
		}
	}
	if who != staffRole {
		v.unreadable(div)
	}
}

// answered takes what the answers of a form say about a person, by the texts of its
// questions.
func (v *termVisitor) answered(e *description) {
	what, known := labels[strings.Trim(strings.ToLower(textOf(e.text)), " :?*")]
	if !known {
		return
	}
	for answer := range e.answer.Each() {
		for value := range answer.Children() {
			if text := textOf(value); text != "" && strings.HasPrefix(value.Name(), "value") {
				v.labelled(what, text, relativeRole)
			}
		}
	}
}

// piecesOf are the texts between the tags of XHTML, without the blanks around them.
func piecesOf(div string) []string {
	var pieces []string
	for div != "" {
		text := div
		if start := strings.IndexByte(div, '<'); start >= 0 {
			text, div = div[:start], div[start:]
			if end := strings.IndexByte(div, '>'); end >= 0 {
				div = div[end+1:]
			} else {
				div = ""
			}
		} else {
			div = ""
		}
		for line := range strings.SplitSeq(html.UnescapeString(text), "\n") {
			if line = strings.Join(strings.Fields(line), " "); line != "" {
				pieces = append(pieces, line)
			}
		}
	}
	return pieces
}

// nameAtStart is the name that a text may begin with: "Jane Doe, born ..." or
// "DOE, Jane (Mrs)".
func nameAtStart(text string) string {
	bare := strings.TrimSpace(bareName(text))
	first, rest, comma := strings.Cut(bare, ",")
	if !comma {
		return bare
	}
	if len(strings.Fields(first)) > 1 {
		return first
	}
	second, _, _ := strings.Cut(rest, ",")
	return first + "," + second
}

// What a label of a narrative announces besides the classes of terms: a name that must
// look like one, since the same label announces other things.
const anyPerson = privacy.PossibleName

// labels are the words before a value in a narrative.
var labels = func() map[string]privacy.Class {
	table := map[string]privacy.Class{}
	for class, words := range map[privacy.Class]string{
		privacy.Name:       "patient name;full name;name of patient;preferred name;known as;previous name;maiden name;next of kin",
		anyPerson:          "name;patient;subject;client;performer;author;requester;recorder;practitioner;prescriber;seen by;recorded by;entered by;clinician;usual gp;registered gp;contact;mother;father;carer;parent;guardian;relative",
		privacy.FamilyName: "surname;family name;last name;family",
		privacy.GivenName:  "forename;forenames;first name;given name;given names;given;middle name;middle names",
		privacy.NHSNumber:  "nhs number;nhs no;nhs no.;nhs",
		privacy.BirthDate:  "dob;d.o.b.;date of birth;born;birth date;birthdate",
		privacy.Phone:      "phone;telephone;tel;tel.;mobile;home;home phone;work phone;contact number",
		privacy.Email:      "email;e-mail;email address",
		privacy.Address:    "address;home address;postal address",
		privacy.Postcode:   "postcode;post code",
		privacy.Identifier: "hospital number;hospital no;mrn;medical record number;chi;chi number;h&c number;local id;patient id;identifier;emis number",
	} {
		for word := range strings.SplitSeq(words, ";") {
			table[word] = class
		}
	}
	return table
}()

// labelled takes the value behind a label. Outside the resources that describe people
// only names are taken: a number may be anything there.
func (v *termVisitor) labelled(what privacy.Class, value string, who role) {
	if quoted := strings.Split(value, `"`); len(quoted) == 3 {
		value = quoted[1]
	}
	switch what {
	case anyPerson:
		if name := nameAtStart(value); looksPersonal(name) {
			v.name(name, staffRole)
			if who != nobody || strings.Contains(name, ",") {
				v.name(name, patientRole)
			}
		}
		return
	case privacy.Name:
		v.name(nameAtStart(value), patientRole)
		return
	}
	if who == nobody {
		return
	}
	switch what {
	case privacy.FamilyName, privacy.GivenName:
		v.names++
		v.add(what, bareName(value), 2)
	case privacy.Phone:
		v.phones(value)
	case privacy.Address:
		v.address([]string{value})
	default:
		v.add(what, value, 4)
	}
}

package main

import (
	"fmt"
	"strings"
)

// scene is what the slots of one narrative draw from.
type scene struct {
	dice
	patient, staff person
}

// fill replaces the slots of a template by markup.
func (s *scene) fill(template string) string {
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(template, "{")
		b.WriteString(before)
		if !found {
			return b.String()
		}
		slot, after, _ := strings.Cut(rest, "}")
		b.WriteString(s.slot(slot))
		template = after
	}
}

func (s *scene) slot(name string) string {
	switch kind, field, personal := strings.Cut(name, "."); {
	case !personal:
		return s.noise(name)
	case kind == "x":
		return s.stranger(field)
	case kind == "k":
		return s.ofKind(field)
	case name == "p.handle":
		return s.handle()
	case name == "w.named":
		return s.wordNamed()
	case name == "w.silent":
		return ""
	case name == "s.name":
		p := s.staff
		p.title = "Dr"
		return s.named(p)
	default:
		return s.ofPatient(field)
	}
}

// ofPatient is data of the patient, who is on the deny-list.
func (s *scene) ofPatient(field string) string {
	p := s.patient
	switch field {
	case "name":
		return s.named(p)
	case "nhs":
		return mark("NHS-NUMBER", s.grouped(p.nhs))
	case "dob":
		return mark("BIRTH-DATE", s.dateWritten(p.year, p.month, p.day))
	case "phone":
		return mark("PHONE", s.phoneWritten(p.mobile))
	case "email":
		return mark("EMAIL", p.email)
	case "house":
		house := p.house
		if s.chance(30) {
			house = strings.NewReplacer("Street", "St", "Road", "Rd", "Avenue", "Ave", "Lane", "Ln", "Drive", "Dr", "Close", "Cl").Replace(house)
		}
		return mark("ADDRESS", house)
	case "post":
		return mark("ADDRESS", s.postcodeWritten(p.post))
	case "record":
		return mark("IDENTIFIER", p.record)
	}
	panic("no slot p." + field)
}

// stranger is data of somebody no deny-list has.
func (s *scene) stranger(field string) string {
	switch field {
	case "nhs":
		return mark("NHS-NUMBER", s.grouped(s.nhsNumber()))
	case "chi":
		return mark("CHI-NUMBER", s.chiWritten(s.chiNumber()))
	case "hc":
		return mark("HC-NUMBER", s.grouped(s.hcNumber()))
	case "ni":
		return mark("NI-NUMBER", s.niWritten(s.niNumber()))
	case "phone":
		return mark("PHONE", s.phoneWritten(s.mobile()))
	case "landline":
		return mark("PHONE", s.phoneWritten(s.landline()))
	case "email":
		return mark("EMAIL", s.mail())
	case "dob":
		return mark("BIRTH-DATE", s.dateWritten(1921+s.IntN(100), 1+s.IntN(12), 1+s.IntN(28)))
	case "postcode":
		return mark("POSTCODE", s.postcodeWritten(s.postcode()))
	case "titled":
		return pick(s.dice, []string{"Mrs", "Mr", "Miss", "Ms", "Dr", "Mr."}) + " " + mark("TITLED-NAME", s.strangersName())
	}
	return mark("PROFESSIONAL-NUMBER", s.register(field))
}

// strangersName is a family name that is not on the deny-list.
func (s *scene) strangersName() string {
	for {
		if name := pick(s.dice, familyNames); name != s.patient.family && name != s.staff.family {
			return name
		}
	}
}

// register is an entry in a professional register.
func (s *scene) register(field string) string {
	switch field {
	case "gmc":
		return pick(s.dice, []string{"", "", "", "C"}) + s.digits(7)
	case "nmc":
		return s.nmcPIN()
	case "gphc":
		return "2" + s.digits(6)
	case "hcpc":
		return pick(s.dice, []string{"PH", "PA", "OT", "DT", "CH"}) + s.digits(pick(s.dice, []int{4, 5, 6}))
	case "sds":
		return s.digits(12)
	case "person":
		return s.personCode()
	}
	panic("no slot x." + field)
}

func (s *scene) mail() string {
	local := mailName(pick(s.dice, givenNames)) + pick(s.dice, []string{".", "_", "", "-"}) + mailName(pick(s.dice, familyNames))
	local += pick(s.dice, []string{"", "", "2", "+nhs"})
	return local + "@" + pick(s.dice, []string{"example.org", "example.com", "nhs.net", "invented.nhs.uk", "nhs.scot", "hscni.net", "practice.example"})
}

func (s *scene) postcodeWritten(code string) string {
	switch s.IntN(6) {
	case 0:
		return strings.ReplaceAll(code, " ", "")
	case 1:
		return strings.ToLower(code)
	case 2:
		return strings.ReplaceAll(code, " ", "\u00a0")
	}
	return code
}

// noise is what stands in reports anyway.
func (s *scene) noise(slot string) string {
	d := s.dice
	if size, ok := strings.CutPrefix(slot, "n"); ok {
		if size == "" {
			return fmt.Sprint(2 + d.IntN(11))
		}
		var n int
		fmt.Sscan(size, &n)
		return d.digits(n)
	}
	switch slot {
	case "decimal":
		return fmt.Sprintf("%d.%d", d.IntN(20), d.IntN(10))
	case "date":
		return d.dateWritten(2024+d.IntN(3), 1+d.IntN(12), 1+d.IntN(28))
	case "longdate":
		return fmt.Sprintf("%d %s %d", 1+d.IntN(28), pick(d, []string{"January", "March", "May", "August", "November"}), 2024+d.IntN(3))
	case "time":
		return fmt.Sprintf(pick(d, []string{"%02d:%02d", "%02d.%02d", "%02d%02d", "%02d:%02d hrs"}), d.IntN(24), d.IntN(60))
	case "age":
		return fmt.Sprint(1 + d.IntN(98))
	case "temperature":
		return fmt.Sprintf("%d.%d\u00b0C", 2+d.IntN(36), d.IntN(10))
	case "price":
		return fmt.Sprintf("\u00a3%d.%02d", 1+d.IntN(900), d.IntN(100))
	}
	if values, ok := vocabulary[slot]; ok {
		return pick(d, values)
	}
	return s.code(slot)
}

var vocabulary = map[string][]string{
	"drug": {"methotrexate", "amoxicillin", "warfarin", "Apixaban", "ramipril", "levothyroxine", "Lansoprazole", "morphine sulfate MR", "insulin glargine",
		"metformin", "Co-codamol 30/500", "clopidogrel", "salbutamol 100mcg inhaler", "St John's wort", "folic acid", "Adcal-D3", "hydroxocobalamin", "gliclazide"},
	"dose":    {"10 mg", "2.5mg", "5 mg/5 ml", "100mcg", "1 g", "500 mg", "75mg", "0.5 ml", "20 units", "1/2 tablet", "30mg/24h", "10ml"},
	"often":   {"OD", "BD", "TDS", "QDS", "once weekly", "daily", "every 8 hours", "3 times a day for 7 days", "at night", "PRN"},
	"vaccine": {"MMR", "Shingrix", "influenza vaccine", "6-in-1", "MenB", "Covid-19 booster", "rotavirus vaccine"},
	"role":    {"GP", "practice nurse", "community pharmacist", "receptionist", "health care assistant", "Practice Manager", "paramedic", "Nurse Practitioner", "district nurse"},
	"place": {"the surgery", "St George's Hospital", "the branch surgery", "Green Lane Surgery", "Rose Court care home", "the walk-in centre", "Hill Top pharmacy",
		"the community hospital", "May Street clinic"},
	"muscle": {"left deltoid", "right thigh", "L deltoid", "gluteus"},
}

// code is an identifier that is nobody's.
func (s *scene) code(slot string) string {
	d := s.dice
	switch slot {
	case "batch":
		return pick(d, []string{"AB", "FX", "K", "LOT", "N1"}) + d.digits(pick(d, []int{4, 5, 7, 8}))
	case "expiry":
		return fmt.Sprintf("%02d/%d", 1+d.IntN(12), 2025+d.IntN(4))
	case "ref":
		return pick(d, []string{"INC", "SEA-2026-", "UBRN ", "LOG", "PR"}) + d.digits(pick(d, []int{4, 5, 8}))
	case "sample":
		return pick(d, []string{"B,26.", "M26-", "H"}) + d.digits(7)
	case "snomed":
		return pick(d, []string{"398240004", "62014003", "370894009", "292954005", "886921000000105", "1012851000006104", "999000251000000109"})
	case "dmd":
		return pick(d, []string{"42206511000001102", "10000001000001107", "9990018006", "319740004"})
	case "gtin":
		return "0" + d.digits(13)
	case "yellow":
		return "GB-MHRA-ADR " + d.digits(8)
	case "practice":
		return pick(d, []string{"A81001", "M85011", "G81086", "Y00001"})
	case "pharmacy":
		return pick(d, []string{"FA123", "FXX99", "F81Q1"})
	case "uuid":
		return fmt.Sprintf("%08x-%04x-4%03x-8%03x-%012x", d.Uint32(), d.IntN(1<<16), d.IntN(1<<12), d.IntN(1<<12), d.IntN(1<<48))
	}
	panic("no slot " + slot)
}

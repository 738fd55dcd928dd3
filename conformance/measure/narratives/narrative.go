package main

import (
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"

	"github.com/gpsafety/lfpse-go/lfpse/privacy"
)

// Narrative is one labelled text, and the JSON of one line of the corpus.
type Narrative struct {
	N      int       `json:"n"`
	Source string    `json:"source"` // "generated" or "hand-written"
	Text   string    `json:"text"`
	Deny   []DenyFor `json:"deny,omitempty"`
	Labels []Label   `json:"labels,omitempty"`
}

// DenyFor is one deny-list term of the source record the narrative is about.
type DenyFor struct {
	Class string `json:"class"`
	Text  string `json:"text"`
}

// Label says that bytes Start to End of the UTF-8 text are personal data of a
// class. Classes are the rule ids of package privacy without "PRIVACY-".
type Label struct {
	Class string `json:"class"`
	Start int    `json:"start"`
	End   int    `json:"end"`
}

// parseMarkup takes [[CLASS|value]] apart: the values become labels, the rest is
// text.
func parseMarkup(markup string) (text string, labels []Label, err error) {
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(markup, "[[")
		b.WriteString(before)
		if !found {
			return b.String(), labels, nil
		}
		inside, after, closed := strings.Cut(rest, "]]")
		class, value, split := strings.Cut(inside, "|")
		if !closed || !split || classNamed(class) == 0 {
			return "", nil, fmt.Errorf("bad markup after %d bytes", b.Len())
		}
		labels = append(labels, Label{Class: class, Start: b.Len(), End: b.Len() + len(value)})
		b.WriteString(value)
		markup = after
	}
}

// mark is the markup of a labelled value.
func mark(class, value string) string { return "[[" + class + "|" + value + "]]" }

func classKey(c privacy.Class) string { return strings.TrimPrefix(c.Rule(), "PRIVACY-") }

// classNamed finds the class of a label; 0 when there is none.
func classNamed(key string) privacy.Class {
	for c := privacy.Class(1); c < 128; c++ {
		if classKey(c) == key {
			return c
		}
	}
	return 0
}

// denyClasses name the classes of deny-list terms.
var denyClasses = map[string]privacy.Class{
	"name": privacy.Name, "family-name": privacy.FamilyName, "given-name": privacy.GivenName, "birth-date": privacy.BirthDate, "address": privacy.Address,
	"postcode": privacy.Postcode, "phone": privacy.Phone, "email": privacy.Email, "nhs-number": privacy.NHSNumber, "identifier": privacy.Identifier,
}

// denyList compiles the terms of a narrative.
func (n *Narrative) denyList() *privacy.DenyList {
	terms := make([]privacy.Term, len(n.Deny))
	for i, d := range n.Deny {
		terms[i] = privacy.Term{Class: denyClasses[d.Class], Text: d.Text}
	}
	return privacy.NewDenyList(terms)
}

// writeLines writes one JSON object a line.
func writeLines(w io.Writer, corpus []Narrative) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	for i := range corpus {
		if err := enc.Encode(&corpus[i]); err != nil {
			return err
		}
	}
	return nil
}

// Slots are in braces; slots.go says what fills them. Sentences are what people in
// a practice write, good and bad.

// events hold no personal data.
var events = []string{
	"Patient was prescribed {drug} {dose} {often} instead of {drug} {dose} {often}.",
	"{drug} {dose} was issued twice on {date} and the duplicate was noticed at {time}.",
	"Wrong strength of {drug} ({dose} instead of {dose}) picked up by the {role} at {place}.",
	"The {role} found that the {vaccine} had been kept at {temperature} for {n} hours.",
	"{vaccine} given {n} weeks early, batch {batch}, expiry {expiry}.",
	"Blood result from {date} was filed without action: K {decimal}, Na 1{n2}, eGFR {n2}, CRP {n3}.",
	"Two week wait referral made on {date} was not received by {place}; ref {ref}.",
	"BP {n3}/{n2}, pulse {n2}, sats 9{n1}%, temp {temperature}, NEWS {n1}.",
	"Home visit request taken at {time} was not passed on until {time}.",
	"Discharge letter of {date} asked us to stop {drug} but it stayed on repeat for {n} months.",
	"Found by chance at the {role}'s review on {longdate}. No harm came of it.",
	"The {role} spoke to the family, apologised, and a review was booked for {date} at {time}.",
	"Patient aged {age} fell in the waiting room at {time}; no injury.",
	"A {age} year old was given {drug} although an allergy is recorded.",
	"Label printed with {n} tablets {often}; should have been {n}.",
	"IT outage from {time} to {time} on {date}; prescriptions could not be sent, incident {ref}.",
	"Baby brought for {vaccine}; the wrong diluent was used. Parent told at once.",
	"Insulin {n2} units drawn up instead of {n1} units. BM {decimal} at {time}.",
	"The fridge alarm at {place} rang at {time}; stock worth {price} was thrown away.",
	"Specimen lost between the surgery and the laboratory, sample no {sample}.",
	"Warfarin INR {decimal}, dose changed from {n1} mg to {n1} mg; yellow book not updated.",
	"Task sent to the wrong team. Will audit all {n2} tasks since {date}.",
	"Delay of {n} days. Learning: safety-net every referral, check the tray daily.",
	"The chaperone was not offered; may have been an oversight. We will discuss it at the meeting on {date}.",
	"Rash noted, brown discharge, white cells {decimal}; the young woman was seen by the long-term conditions team.",
}

// traps look like personal data and are not.
var traps = []string{
	"Vitamin B12 5ug continued.", "Vit D3 4QD, thyroxine T4 2BD.", "B12 1mg im every 3 months.", "L5 1st nerve root, S1 2nd sound.",
	"SNOMED {snomed} was coded.", "dm+d {dmd} chosen from the list.", "Coded as {snomed} | Medication error (event) |.",
	"Practice {practice}, branch {practice}001, pharmacy {pharmacy}.", "Yellow Card {yellow} sent. SABRE {n6} also.", "Datix W{n6}, our ref {ref}.",
	"Lot {batch}, GTIN {gtin}, PIP code {n3}-{n4}.", "Cost {price} per pack, total {price}.", "Order {n8} placed on {date}.", "Invoice {n6} of {date}.",
	"Seen on {date} at {time} and again on {date}.", "See https://www.example.org/guidance/{n4}/page for the protocol.", "Version {n1}.{n1}.{n2} of the template.",
	"Test entry with NHS no [[LABELLED-NUMBER|1234567890]] was deleted.", "The dummy number 999 999 9999 was on screen.", "Spirometry {decimal} / {decimal} / {decimal} L.",
	"Ratio 1:{n3}; {n1}-{n1}-{n1} regime; {n2} x {n2} mm.", "Dates {date}-{date}.", "HbA1c {n2} mmol/mol, ACR {decimal}, cholesterol {decimal}.",
	"{n3} {n3} {n3} mg over three days.", "Sessions at 0900 1000 1100 and 1400.", "Item 12 of 28 (pack {n4}).", "eRS request id {uuid}.",
	"NICE NG{n2} and CG{n3} apply, see page {n3}.", "Given in the {muscle}, site OK @ {time}.", "Parkinson's disease and Barrett's oesophagus noted, Bell's palsy excluded.",
	"Call 111 or 999 if worse.", "Extension {n4}, room {n2}, bleep {n4}.", "He was born in Scotland and moved in 19{n2}.", "Newborn check {date} normal.",
	"Pathway ZZ99 3VZ (no fixed abode).", "QRISK {decimal}%, CHA2DS2-VASc {n1}, MUST {n1}.", "Transferred to Green Ward, then to Hill House Court.",
	"Key code for {place} is held by the manager.", "Order no {n10}.", "EMIS number [[LOCAL-NUMBER|{n5}]].", "Serial of the machine: SN{n6}X.",
}

// patients hold data of a person on the deny-list.
var patients = []string{
	"{p.name} rang to complain.", "Prescription for {p.name} was given to someone else.", "{p.name}'s tablets were handed out to a neighbour.",
	"{p.name} (NHS {p.nhs}) was affected.", "NHS number {p.nhs}.", "NHS No: {p.nhs}, seen {date}.", "Letter addressed to {p.name}, {p.house}.",
	"Label for {p.name} dob {p.dob} was put on the wrong bottle.", "DOB {p.dob}.", "{p.name}, born {p.dob}, came to the desk.", "Lives at {p.house}, {p.post}.",
	"Daughter of {p.name} can be reached on {p.phone}.", "E-mailed {p.email} to say sorry.", "Record {p.record} was opened by mistake.", "Pt {p.name} did not attend.",
	"Spoke with {p.name} and explained.", "Confused {p.name} with another patient of the same name.", "the wrong record was open ({p.nhs})",
	"Discussed with {p.name} at {time}.", "Results belong to {p.name} not to this patient.", "{p.nhs}", "{p.name} {p.dob} {p.nhs}",
	"Text message sent to {p.phone} by mistake.", "seen by {s.name} on {date}", "{s.name} signed the prescription.", "Reported by {s.name}, reviewed by the {role}.",
	"Nurse told {s.name} about it.", "{p.name} was seen.",
}

// strangers hold data of people no source record knows.
var strangers = []string{
	"NHS {x.nhs}.", "CHI {x.chi}.", "CHI number {x.chi} on the letter.", "H&C number {x.hc}.", "H&C no. {x.hc} was typed in.", "National insurance {x.ni}.", "NI no {x.ni} on the form.",
	"Call back on {x.phone}.", "Tel {x.phone} or {x.phone}.", "Mobile: {x.phone}", "Please ring {x.landline} after {time}.", "Fax {x.landline}.",
	"Contact {x.email}.", "Mail to {x.email}, cc {x.email}.", "The other patient's number is {x.nhs}.", "Wrong record merged: {x.nhs} into {x.nhs}.",
	"GMC {x.gmc}.", "Signed by a locum, GMC no. {x.gmc}.", "GMC number: {x.gmc}", "NMC PIN {x.nmc}.", "Nurse, NMC {x.nmc}.", "Pharmacist GPhC {x.gphc}.",
	"GPhC reg no {x.gphc} on the label.", "HCPC {x.hcpc}.", "Paramedic HCPC number {x.hcpc}.", "Smartcard {x.sds} was left in the reader.", "SDS user id {x.sds}.",
	"GMP code {x.person}.", "Prescriber code {x.person} was printed.", "Another patient, dob {x.dob}, has the same name.", "Twin born {x.dob}.", "Date of birth: {x.dob}",
	"Delivery went to {x.postcode}.", "Pharmacy at {x.postcode} closed.", "{x.titled} was told.", "Her neighbour {x.titled} collected it.",
}

// generate makes n narratives. The same seed makes the same ones.
func generate(seed uint64, n int) ([]Narrative, error) {
	d := dice{rand.New(rand.NewPCG(seed, 0x6c66707365))}
	corpus := make([]Narrative, n)
	for i := range corpus {
		s := &scene{dice: d, patient: d.person(), staff: d.person()}
		text, labels, err := parseMarkup(s.restyle(s.story()))
		if err != nil {
			return nil, err
		}
		corpus[i] = Narrative{N: i + 1, Source: "generated", Text: text, Labels: labels, Deny: append(s.patient.terms(), s.staff.staffTerms()...)}
	}
	return corpus, nil
}

// story strings sentences together. A third of the stories hold no personal data.
func (s *scene) story() string {
	var sentences []string
	add := func(from []string, most int) {
		for range s.IntN(most + 1) {
			sentences = append(sentences, s.fill(pick(s.dice, from)))
		}
	}
	sentences = append(sentences, s.fill(pick(s.dice, events)))
	add(events, 3)
	add(traps, 2)
	if s.chance(67) {
		add(patients, 3)
		add(strangers, 2)
	}
	s.Shuffle(len(sentences), func(i, j int) { sentences[i], sentences[j] = sentences[j], sentences[i] })
	return strings.Join(sentences, pick(s.dice, []string{" ", " ", " ", "  ", "\n", "\r\n\r\n", " - "}))
}

// restyle types the whole story as some people type: all in capitals, or in lower
// case. Labels and digits stay as they are.
func (s *scene) restyle(markup string) string {
	change := strings.Clone
	switch n := s.IntN(100); {
	case n < 4:
		change = strings.ToUpper
	case n < 9:
		change = strings.ToLower
	}
	var b strings.Builder
	for markup != "" {
		plain, rest, found := strings.Cut(markup, "[[")
		b.WriteString(change(plain))
		if !found {
			break
		}
		class, rest, _ := strings.Cut(rest, "|")
		value, rest, _ := strings.Cut(rest, "]]")
		b.WriteString(mark(class, change(value)))
		markup = rest
	}
	return b.String()
}

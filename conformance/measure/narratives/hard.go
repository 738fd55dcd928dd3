package main

// handWritten are the cases people thought of: each trap the policy names, each
// spelling that has slipped through a screen before, and the words next to them.
func handWritten() ([]Narrative, error) {
	var cases []Narrative
	for _, g := range hardCases {
		for _, markup := range g.cases {
			text, labels, err := parseMarkup(markup)
			if err != nil {
				return nil, err
			}
			cases = append(cases, Narrative{N: len(cases) + 1, Source: "hand-written", Text: text, Labels: labels, Deny: g.deny})
		}
	}
	return cases, nil
}

// hardGroup is a row of cases about one thing, with what their deny-list holds.
type hardGroup struct {
	deny  []DenyFor
	cases []string
}

var hardCases = []hardGroup{
	{nil, hardHealthNumbers}, {nil, hardNotHealthNumbers}, {nil, hardOtherNumbers}, {nil, hardContacts}, {nil, hardPostcodes}, {nil, hardBirthDates}, {nil, hardTitles}, {nil, hardClean}, {nil, hardPractice},
	{hardPeople, hardNames}, {hardPeople, hardWords}, {hardPeople, hardRecords}, {hardPeople, hardMixed}, {hardPeople, hardPracticePeople},
}

var hardHealthNumbers = []string{
	"[[NHS-NUMBER|9990000018]]",
	"[[NHS-NUMBER|999 000 0018]] was the patient",
	"the patient was [[NHS-NUMBER|999 000 0018]]",
	"NHS[[NHS-NUMBER|9990000018]]",
	"NHS no.[[NHS-NUMBER|9990000018]].",
	"NHSNo:[[NHS-NUMBER|9990000018]]/2026",
	"nhs_number=[[NHS-NUMBER|9990000018]]",
	"([[NHS-NUMBER|999-000-0018]])",
	"\"[[NHS-NUMBER|999 000 0018]]\"",
	"#[[NHS-NUMBER|9990000018]]",
	"<b>[[NHS-NUMBER|9990000018]]</b>",
	"[[NHS-NUMBER|999.000.0018]].",
	"[[NHS-NUMBER|999\u00a0000\u00a00018]]",
	"[[NHS-NUMBER|999\u202f000\u202f0018]]",
	"[[NHS-NUMBER|999\u2013000\u20130018]]",
	"[[NHS-NUMBER|999\u2014000\u20140018]]",
	"[[NHS-NUMBER|999\u2212000\u22120018]]",
	"[[NHS-NUMBER|999\u2011000\u20110018]]",
	"[[NHS-NUMBER|\uff19\uff19\uff19\u3000\uff10\uff10\uff10\u3000\uff10\uff10\uff11\uff18]]",
	"[[NHS-NUMBER|9\u200b9\u200b9\u200b0\u200b0\u200b0\u200b0\u200b0\u200b1\u200b8]]",
	"[[NHS-NUMBER|999\ufeff000\ufeff0018]]",
	"[[NHS-NUMBER|999OOO0018]] typed with the letter",
	"[[NHS-NUMBER|999 OOO OO18]]",
	"[[NHS-NUMBER|999ooo0018]]",
	"[[NHS-NUMBER|999\n000\n0018]]",
	"[[NHS-NUMBER|999\t000\t0018]]",
	"[[NHS-NUMBER|9 9 9 0 0 0 0 0 1 8]]",
	"[[NHS-NUMBER|999 0000018]], [[NHS-NUMBER|999000 0026]]",
	"[[NHS-NUMBER|9990000018]], [[NHS-NUMBER|9990000026]] and [[NHS-NUMBER|9990000034]]",
	"[[NHS-NUMBER|9990000018]]/[[NHS-NUMBER|9990000026]]",
	"age 45 [[NHS-NUMBER|999 000 0018]] seen 22/11/2026",
	"22/11/2026 [[NHS-NUMBER|999 000 0018]] 10:15",
	"MRN 12 NHS [[NHS-NUMBER|999 000 0018]] bed 4",
	"CHI [[CHI-NUMBER|0101011237]]",
	"chi no [[CHI-NUMBER|010101 1237]]",
	"[[CHI-NUMBER|010101-1237]]",
	"[[CHI-NUMBER|O1O1O11237]]",
	"Scottish patient [[CHI-NUMBER|010 101 1237]].",
	"H&C [[HC-NUMBER|320 000 0015]]",
	"Health and Care number [[HC-NUMBER|3200000015]].",
	"HCN:[[HC-NUMBER|320-000-0015]]",
}

var hardNotHealthNumbers = []string{
	"0000000000", "1111111111 was typed to get past the screen", "999 999 9999", "0023456789 is the order", "1234567890", "3478526985", "9912003890",
	"NHS number ending 0018", "NHS number 999 000 0019 is not valid", "99900000180", "19990000018", "999000001", "1012851000006104", "999000251000000109",
	"SCTID 10000001000001107", "GTIN 05099900000181", "9990000018999000001899900000", "3f2a9990-0000-4180-8000-ab9990000018", "card 4999 0000 1800 0000",
	"999,000,0018 people", "1999 000 0018", "999 000 00181", "ISBN 9780999000018", "A9990000018B2C", "0.9990000018", "temperature 36.9990000018",
}

var hardOtherNumbers = []string{
	"NI [[NI-NUMBER|ZY123456A]]", "[[NI-NUMBER|ZY 12 34 56 A]]", "[[NI-NUMBER|ZY-12-34-56-A]]", "[[NI-NUMBER|zy123456a]] was on the form", "ni no [[NI-NUMBER|zy 12 34 56 a]]",
	"[[NI-NUMBER|ZY\u00a012\u00a034\u00a056\u00a0A]]", "NINO:[[NI-NUMBER|ZY123456A]];", "[[NI-NUMBER|ZY 123456 A]]", "[[NI-NUMBER|ZY123456 A]]",
	"QQ123456A is the example", "BG123456A", "DA123456A", "AO123456A", "ZY123456E", "ZY1234567A", "AZY123456A", "admitted on 12 34 56 a day later",
	"GMC [[PROFESSIONAL-NUMBER|1234567]]", "gmc no. [[PROFESSIONAL-NUMBER|7654321]]", "GMC reference number: [[PROFESSIONAL-NUMBER|1234567]]", "(GMC:[[PROFESSIONAL-NUMBER|1234567]])",
	"GMC [[PROFESSIONAL-NUMBER|C1234567]]", "GMC [[PROFESSIONAL-NUMBER|A123456]] in the old form", "[[PROFESSIONAL-NUMBER|1234567]] (GMC)", "GMC\n[[PROFESSIONAL-NUMBER|1234567]]",
	"GMC #[[PROFESSIONAL-NUMBER|\uff11\uff12\uff13\uff14\uff15\uff16\uff17]]",
	"NMC [[PROFESSIONAL-NUMBER|71A2998E]]", "PIN: [[PROFESSIONAL-NUMBER|71A2998E]]", "nmc pin [[PROFESSIONAL-NUMBER|71a2998e]]", "nurse's NMC registration [[PROFESSIONAL-NUMBER|71A2998E]]",
	"GPhC [[PROFESSIONAL-NUMBER|2012345]]", "pharmacist (GPHC no [[PROFESSIONAL-NUMBER|2012345]])", "HCPC [[PROFESSIONAL-NUMBER|PH12345]]", "HCPC reg. [[PROFESSIONAL-NUMBER|PA 12345]]",
	"HCPC [[PROFESSIONAL-NUMBER|ot4321]]", "SDS user [[PROFESSIONAL-NUMBER|555123456789]]", "smartcard no [[PROFESSIONAL-NUMBER|555123456789]]", "Smart card: [[PROFESSIONAL-NUMBER|555 1234 56789]]",
	"GMP [[PROFESSIONAL-NUMBER|G1234567]]", "GP code [[PROFESSIONAL-NUMBER|G9999981]]", "prescriber [[PROFESSIONAL-NUMBER|G8123456]] signed", "DIN [[PROFESSIONAL-NUMBER|123456]]",
	"issued by [[POSSIBLE-PROFESSIONAL-NUMBER|G1234567]]", "registration no [[POSSIBLE-PROFESSIONAL-NUMBER|1234567]]", "Dr's number is [[POSSIBLE-PROFESSIONAL-NUMBER|1234567]]",
	"doctor [[POSSIBLE-PROFESSIONAL-NUMBER|7123456]]", "order 1234567", "PIP 1234567", "GMC [[PROFESSIONAL-NUMBER|123 4567]]", "GMC [[PROFESSIONAL-NUMBER|1234567]] and [[PROFESSIONAL-NUMBER|7654321]]", "ref 123 4567", "G6123456 is a part number", "GMC guidance 2024, page 1234", "NMC code section 16", "sample 123456",
	"71A2998E on the box", "a batch of 2012345", "HCPC standards 2023", "ABC1234567",
}

var hardContacts = []string{
	"[[EMAIL|jo.bloggs@example.org]]", "Mail [[EMAIL|jo.bloggs@example.org]].", "<[[EMAIL|JO.BLOGGS@EXAMPLE.ORG]]>", "mailto:[[EMAIL|jo@example.org]]?subject=x", "[[EMAIL|o'neil+x@example.org]]",
	"[[EMAIL|jo_b-2@mail.surgery.example.co.uk]],", "staff [[EMAIL|j.bloggs3@nhs.net]]", "[[EMAIL|team.lead@invented.nhs.uk]]; [[EMAIL|x@nhs.scot]]", "[[EMAIL|y@hscni.net]]",
	"mail [[EMAIL|jo\uff20example.org]]", "[[EMAIL|jo@exam\u200bple.org]]", "[[EMAIL|jos\u00e9@example.org]]", "reply-to:[[EMAIL|jo@example.org]]\r\n",
	"seen @ 10.30", "dose@8am", "@surgery on the web", "a@b", "user@localhost", "50mg@night", "@@",
	"[[PHONE|07700900123]]", "Mob [[PHONE|07700 900123]]", "[[PHONE|07700 900 123]]", "[[PHONE|0770 090 0123]]", "[[PHONE|07700-900-123]]", "[[PHONE|07700.900.123]]", "[[PHONE|07700\u00a0900\u2013123]]",
	"Tel:[[PHONE|07700900123]]", "tel[[PHONE|07700900123]]", "[[PHONE|+447700900123]]", "[[PHONE|+44 7700 900123]]", "[[PHONE|+44 (0) 7700 900123]]", "[[PHONE|+44(0)7700900123]]", "[[PHONE|0044 7700 900123]]",
	"[[PHONE|447700900123]]", "[[PHONE|(01632) 960123]]", "[[PHONE|01632 960123]] ext 12", "[[PHONE|01632-960-123]]", "[[PHONE|+44 1632 960123]]", "[[PHONE|O7700 9OO123]]", "[[PHONE|0 7 7 0 0 9 0 0 1 2 3]]",
	"[[PHONE|\uff10\uff17\uff17\uff10\uff10 \uff19\uff10\uff10\uff11\uff12\uff13]]", "[[PHONE|07700\n900123]]", "rang [[PHONE|07700 900123]], then [[PHONE|01632 960456]]", "[[PHONE|07700900123]]/[[PHONE|07700900124]]",
	"[[PHONE|03069 990123]] is the switchboard", "freephone [[PHONE|08081 570123]]", "[[PHONE|09098 790123]]",
	"0930 1000 1030 clinics", "0900-1000 and 1400-1500", "call 111", "call 999", "dial 01 for the desk", "extension 4321", "01/02/2026 0900", "0770 is the start of mobiles", "page 07700", "batch 07700900",
	"0.1 0.2 0.3 0.4 mmol", "02 12 22 32 42 is a sequence", "room 0 1 2 3",
}

var hardPostcodes = []string{
	"near [[POSTCODE|E10 6QN]]", "[[POSTCODE|E106QN]]", "[[POSTCODE|e10 6qn]]", "[[POSTCODE|LS1 2BD]]", "[[POSTCODE|M1 1AE]],", "[[POSTCODE|W1A 0AX]]", "[[POSTCODE|EC1A 1BB]]", "[[POSTCODE|GIR 0AA]]",
	"[[POSTCODE|SW1P\u00a03JX]]", "[[POSTCODE|CB4  1AB]]", "([[POSTCODE|PE30 5XX]])",
	"B12 5ug", "vitamin B12 5UG daily", "T4 2BD", "D3 4QD", "B12 1mg", "ZZ99 3VZ", "L5 1st", "E10 2bd", "B6 2TD", "T3 1QD", "QV1 1AA", "AB1 1CI", "S1 2nd sound", "L4 5th level", "N95 2x masks", "B12 3rd dose",
}

var hardBirthDates = []string{
	"DOB [[BIRTH-DATE|01/02/1950]]", "dob:[[BIRTH-DATE|1/2/50]]", "D.O.B. [[BIRTH-DATE|01-02-1950]]", "DOB=[[BIRTH-DATE|1950-02-01]]", "Date of birth [[BIRTH-DATE|1 Feb 1950]]",
	"date of birth is [[BIRTH-DATE|1st February 1950]]", "born [[BIRTH-DATE|February 1, 1950]]", "Born on the [[BIRTH-DATE|1st of February 1950]].", "(b. in Leeds, dob [[BIRTH-DATE|01.02.50]])",
	"DoB\u00a0[[BIRTH-DATE|01/02/1950]]", "DOB\n[[BIRTH-DATE|01/02/1950]]", "DOB [[BIRTH-DATE|\uff10\uff11/\uff10\uff12/\uff11\uff19\uff15\uff10]]", "[[BIRTH-DATE|01/02/1950]] (DOB)", "patient's DOB was [[BIRTH-DATE|01-Feb-1950]] not",
	"dob[[BIRTH-DATE|01/02/1950]]",
	"her birthday [[POSSIBLE-BIRTH-DATE|01/02/2026]]", "seen 01/02/2026", "newborn check 01/02/2026", "stillborn 01/02/2026", "DOB unknown; seen 01/02/2026", "DOB was wrong, corrected on 01/02/2026",
	"born in 1950", "airborne 01/02/2026", "01/02/2026-05/02/2026", "on 1 Feb 2026 and 2 March 2026", "1950", "version 1.2.50", "ratio 1/2/50", "due 1.2.26", "Dobson report 01/02/2026",
}

var hardTitles = []string{
	"Mrs [[TITLED-NAME|Quuxworth]] rang", "seen by Dr [[TITLED-NAME|Crumhorn]]", "Dr. [[TITLED-NAME|E Crumhorn]] agreed", "MRS [[TITLED-NAME|QUUXWORTH]] CAME", "Miss [[TITLED-NAME|O'Nonsuch]]'s son",
	"Mr [[TITLED-NAME|van der Quux]] fell", "patient [[TITLED-NAME|John Quuxworth]] fell", "a patient called [[TITLED-NAME|Petronella Quuxworth]]", "Nurse [[TITLED-NAME|Hornblower]] gave it",
	"mrs [[TITLED-NAME|quuxworth]] rang", "Sister [[TITLED-NAME|Gabble-Field]]", "Prof [[TITLED-NAME|Zimmerfrau]] wrote", "Mr\u00a0[[TITLED-NAME|Quuxworth]]", "Ms [[TITLED-NAME|P. Quuxworth]] was told",
	"Dr on call", "the Dr was busy", "Patient Safety Incident", "patient Access was down", "Nurse Practitioner saw him", "Mr scan booked", "MR scan booked", "MS patient", "miss the dose", "Miss a dose",
	"DR ON CALL SAW PATIENT", "Patient Group Direction used", "Nurse Led clinic", "Sister Ward closed", "Dr asked for bloods. Patient declined.", "Dr. Patient then left", "Patient Warfarin dose missed",
}

var hardClean = []string{
	"", " ", ".", "-", "No harm.", "pt dna", "\n\n\n", "\u200b\u200b\u200b", "10/10 pain, 2/7 Hx, 3/52 of cough, 6/12 review", "TTO: 28/7", "x2 BD 5/7", "Rx 1 OP", "O/E NAD", "A&E 4/52 ago", "?UTI ++ leucs",
	"BP 120/80 139/88 142/91", "PO2 10.2 PCO2 5.1 pH 7.38 BE -2", "1000 1100 1200 1300", "1-2-3-4-5-6-7-8-9-0", "5 000 000 units", "£1,234,567.89", "100,000,000,0", "12 34 56 78 90 12 34",
	"000 000 0000", "0/0/0000", "31/13/2026", "24:00 00:00", "v6.0.1 of 4.0.1", "QOF DM012 AST007", "ICD-10 J45.9, E10.6, T38.3", "Read 9g..., TJ00800", "SNOMED CT: 398240004 |Medication error|",
}

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
	"NHS number ending 0018", "NHS number [[LABELLED-NUMBER|999 000 0019]] is not valid", "99900000180", "19990000018", "999000001", "1012851000006104", "999000251000000109",
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

// hardPeople are the invented people of one source record, whose names and data
// the cases below must and must not show.
var hardPeople = []DenyFor{
	{"name", "Mrs Siobhán Mary O'Neill"}, {"given-name", "Siobhán"}, {"given-name", "Mary"}, {"family-name", "O'Neill"},
	{"name", "McDonald, Alasdair"}, {"name", "Mr Will Brown"}, {"name", "Dr Grace May"}, {"name", "Ms Anne-Marie Okonkwo-Smythe"}, {"name", "Mr Jan van der Berg"},
	{"name", "Dr Xi Ng"}, {"name", "George Parkinson"}, {"family-name", "Green"}, {"family-name", "MacKenzie"}, {"family-name", "Müller"}, {"name", "José Núñez"},
	{"birth-date", "1950-02-01"}, {"address", "Rosebank, 12 High Street, Anytown"}, {"postcode", "E10 6QN"}, {"phone", "07700 900123"}, {"email", "siobhan@example.org"},
	{"nhs-number", "9990000018"}, {"identifier", "EMIS-12/34567"},
}

var hardNames = []string{
	"[[NAME|Siobhán]]", "[[NAME|Siobhan]] rang", "[[NAME|SIOBHAN]]", "[[NAME|Siobha\u0301n]] rang", "[[NAME|Sio\u200bbhan]]", "[[NAME|\uff33iobhan]]", "[[NAME|Siobhan]]'s mother", "[[NAME|Siobhan]]\u2019s mother",
	"[[NAME|Siobhan O'Neill]]", "[[NAME|O'Neill]] fell", "[[NAME|O\u2019Neill]] fell", "[[NAME|O`Neill]]", "[[NAME|ONeill]]", "[[NAME|O Neill]]", "[[NAME|o'neill]]", "[[NAME|O'NEILL]]", "[[NAME|O'Neill]]'s tablets", "[[NAME|Neill]]",
	"[[NAME|O'NEILL, Siobhan]]", "[[NAME|O'Neill, S]]", "[[NAME|S O'Neill]]", "[[NAME|S. O'Neill]]", "[[NAME|S.O'Neill]]", "Mrs [[NAME|O'Neill]]", "mrs [[NAME|oneill]]", "Mrs. [[NAME|O'Neill]] and [[NAME|Mary]]",
	"[[NAME|McDonald]]", "[[NAME|Mc Donald]]", "[[NAME|MCDONALD]]", "[[NAME|Mcdonald]]'s", "[[NAME|mcdonald]]", "[[NAME|Mc-Donald]]", "[[NAME|MacKenzie]]", "[[NAME|Mackenzie]]", "[[NAME|Mac Kenzie]]", "[[NAME|MACKENZIE]]",
	"[[NAME|Okonkwo-Smythe]]", "[[NAME|Okonkwo Smythe]]", "[[NAME|Okonkwo\u2013Smythe]]", "[[NAME|OkonkwoSmythe]]", "Mrs [[NAME|Smythe]]", "[[NAME|Okonkwo]]'s", "[[NAME|Okonkwo -Smythe]]", "[[NAME|Okonkwo-\nSmythe]]",
	"[[NAME|Anne-Marie]]", "[[NAME|Anne Marie]]", "[[NAME|AnneMarie]]", "[[NAME|Anne]]", "[[NAME|van der Berg]]", "[[NAME|Van Der Berg]]", "Mr [[NAME|Berg]]", "[[NAME|VAN DER BERG]]", "[[NAME|vanderberg]]",
	"[[NAME|Müller]]", "[[NAME|Muller]]", "[[NAME|MÜLLER]]", "[[NAME|José]]", "[[NAME|Jose Nunez]]", "[[NAME|Núñez]]", "[[NAME|Nun\u0303ez]]",
	"Dr [[NAME|Ng]]", "[[NAME|Xi Ng]]", "[[NAME|Ng, Xi]]", "Dr [[NAME|Ng]]'s clinic", "[[NAME|X Ng]]",
	"[[NAME|Will Brown]]", "Mr [[NAME|Brown]]", "mr [[NAME|brown]]", "Mr. [[NAME|Brown]]'s label", "[[NAME|W Brown]]", "[[NAME|W. Brown]]", "[[NAME|Brown, W]]", "[[NAME|BROWN, Will]]", "[[NAME|Brown, Will]]", "[[NAME|BROWN W]]",
	"[[NAME|Brown W]] was seen", "the label for [[NAME|Brown]] was printed", "given to [[NAME|Brown]] on Friday", "Dr [[NAME|May]]", "seen by [[NAME|Grace May]]", "we told [[NAME|Will]] about it", "patient [[NAME|Will]] fell",
	"Mrs [[NAME|Green]]", "told [[NAME|Green]] to come back", "[[NAME|Green]]'s", "[[NAME|George]] came", "Mr [[NAME|Parkinson]]", "[[NAME|Parkinson]] was told", "letter for [[NAME|G Parkinson]].",
	"([[NAME|O'Neill]])", "\"[[NAME|Siobhan]]\"", "re:[[NAME|O'Neill]]", "[[NAME|Mary]]/[[NAME|Alasdair]]", "[[NAME|Siobhan]]_scan.pdf",
}

// hardWords hold words of the deny-list in their ordinary sense. A warning is
// right for some; none may block.
var hardWords = []string{
	"brown sputum", "a brown rash", "green sputum and brown urine", "patient will be seen", "PATIENT WILL BE SEEN", "it may help", "IT MAY HELP", "may need a scan", "by the grace of luck", "seen in May 2026", "on 3 May",
	"We will call. It will help.", "they will, may and can", "Green Lane Surgery", "at the Green", "Brown inhaler given", "the BROWN inhaler", "St Mary's Hospital", "St. George's", "St George's Hospital", "Green Ward",
	"Parkinson's disease", "PARKINSON'S DISEASE", "parkinsonism", "Will the patient come?", "Greenwich", "Brownian", "Maybe", "maryland", "georgette", "Georgetown clinic", "bergamot", "mullered", "ng tube", "NG tube", "NG feed 10 ml", "xi",
	"neilled", "anneal", "willing", "ungraceful", "He will. May he?", "MAY 2026", "May Street clinic", "Green card issued", "Brown & Sons", "Long brown hair",
}

var hardRecords = []string{
	"seen, [[BIRTH-DATE|01/02/1950]]", "[[BIRTH-DATE|1.2.50]]", "[[BIRTH-DATE|1 Feb 1950]]", "[[BIRTH-DATE|1st of February, 1950]]", "[[BIRTH-DATE|1950-02-01]]", "[[BIRTH-DATE|01021950]]", "[[BIRTH-DATE|19500201]]",
	"02/01/1950", "1 March 1950", "February 1950", "at [[ADDRESS|12 High Street]]", "at [[ADDRESS|12, high st]].", "[[ADDRESS|Rosebank]]", "[[STREET-ADDRESS|12 High Road]]", "[[STREET-ADDRESS|112 High Street]]", "High Street", "Anytown",
	"[[ADDRESS|E10 6QN]]", "[[ADDRESS|e106qn]]", "[[PHONE|0044 (0) 7700-900-123]]", "[[PHONE|07700 900123]]", "[[EMAIL|siobhan@example.org]]", "[[EMAIL|SIOBHAN@EXAMPLE.ORG]]", "[[NHS-NUMBER|9990 0000 18]]",
	"[[NHS-NUMBER|999 0000 018]]", "[[IDENTIFIER|EMIS-12/34567]]", "[[IDENTIFIER|emis 1234567]]", "[[IDENTIFIER|EMIS1234567]]", "EMIS12345678", "EMIS 12345", "[[EMAIL|mary.green@example.org]]",
}

// hardMixed are whole notes as they are typed.
var hardMixed = []string{
	"Pt [[NAME|Siobhan O'Neill]] [[NHS-NUMBER|999 000 0018]] d.o.b [[BIRTH-DATE|1.2.1950]] phoned re: her INR.",
	"Rec'd call from daughter ([[PHONE|07700 900 456]]) - says mum ([[NAME|Mary]]) had 2 doses.",
	"EMIS no [[LOCAL-NUMBER|12345]], NHS: [[NHS-NUMBER|9990000026]]; GP [[NAME|May]] informed",
	"cc [[EMAIL|reception.a12345@nhs.net]], [[EMAIL|x.y@nhs.scot]]",
	"Locum Dr (GMC [[PROFESSIONAL-NUMBER|7012345]]) prescribed 10x dose",
	"The nurse (NMC PIN - [[PROFESSIONAL-NUMBER|12A3456E]]) reported",
	"her NI number, [[NI-NUMBER|ZY 11 22 33 C]], was visible on the sick note",
	"Letter dated 12.3.26 for [[NAME|McDonald]], [[NAME|Alasdair]] (D.O.B. [[BIRTH-DATE|3rd March 1944]])",
	"Mother = [[NAME|Anne-Marie Okonkwo-Smythe]]. Baby of [[NAME|Okonkwo-Smythe]]",
	"spoke to Mrs [[NAME|O'Neill]]\u2019s son on [[PHONE|01632 960 777]] (home) / [[PHONE|07700900888]] (mob)",
	"hospital number [[LOCAL-NUMBER|K1234567]], NHS number withheld",
	"Rx: Amoxicillin 500mg TDS 5/7, then 250mg/5ml 100ml x2, EAN 5012345678900",
	"Consultation ID 20260312-0045; task 8845123; slot 10:10-10:20",
	"Home tel no. [[PHONE|01632-960 333]], works at [[PHONE|01632 960444]]",
	"Weight 72.5kg, height 1.68, BMI 25.7; ALT 45, ALP 102, Bil 12; B12 189 ng/L, folate 4.5",
	"Booked 12/3, 19/3 & 26/3 at 09:00, 09:15, 09:30 - all DNA'd",
	"Ref: A1234567890 & B0987654321; Docman id 3847562910384",
	"[[NAME|Will]] was given [[NAME|Brown]]'s insulin",
	"Dr [[NAME|Ng]] & Dr [[NAME|May]] discussed at MDT on 3rd May 2026",
	"SARS-CoV-2 vaccine batch FF8888 / PV46664 given 12 weeks early @ PCN hub",
	"lives [[ADDRESS|12 High St]] [[ADDRESS|E106QN]] carer visits QDS",
	"HCN [[HC-NUMBER|320 0000015]] from Belfast A&E letter",
	"CHI: [[CHI-NUMBER|010101/1237]], NHS# [[NHS-NUMBER|999/000/0018]]",
	"DOB: [[BIRTH-DATE|01 / 02 / 1950]], dob (as on record): [[BIRTH-DATE|07/08/1961]]",
}

// hardPractice are lines as a practice types them in a hurry: no separators, odd
// separators, the label glued to the number, and what a word processor or a
// spreadsheet has made of it.
var hardPractice = []string{
	"NHS no [[NHS-NUMBER|9990 000 018]] read out over the phone",
	"pts NHS number is [[NHS-NUMBER|999 000 0018]]M on the sticker",
	"NHS:[[NHS-NUMBER|999\u200b\u200b\u200b\u200b\u200b\u200b\u200b\u200b\u200b\u200b000 0018]]",
	"[[NHS-NUMBER|999\u00a0\u2013\u00a0000\u00a0\u2013\u00a00018]] pasted from Word",
	"\uff2e\uff28\uff33 [[NHS-NUMBER|\uff19\uff19\uff19 \uff10\uff10\uff10 \uff10\uff10\uff11\uff18]]",
	"CHI [[CHI-NUMBER|010101\u00ad1237]] from the Scottish letter",
	"NINO [[NI-NUMBER|\uff3a\uff39\uff11\uff12\uff13\uff14\uff15\uff16\uff21]]",
	"NI no [[NI-NUMBER|ZY\u200b12\u200b34\u200b56\u200bA]] on fit note",
	"N.I. number: [[NI-NUMBER|ZY 12 34 56A]].",
	"GMC[[PROFESSIONAL-NUMBER|1234567]] locum",
	"Dr on duty (GMC[[PROFESSIONAL-NUMBER|7654321]]) signed",
	"NMC[[PROFESSIONAL-NUMBER|71A2998E]]",
	"NMC [[PROFESSIONAL-NUMBER|71A 2998E]] written with a gap",
	"GPhC[[PROFESSIONAL-NUMBER|2012345]]",
	"\uff27\uff2d\uff23 [[PROFESSIONAL-NUMBER|\uff11\uff12\uff13\uff14\uff15\uff16\uff17]]",
	"NMC pin [[PROFESSIONAL-NUMBER|71\u200bA2998E]]",
	"GMC no: [[PROFESSIONAL-NUMBER|1234567]]/[[PROFESSIONAL-NUMBER|7654321]] both on the script",
	"GMC nos [[PROFESSIONAL-NUMBER|1234567]], [[PROFESSIONAL-NUMBER|7654321]] and [[PROFESSIONAL-NUMBER|2345678]]",
	"NMC PINs [[PROFESSIONAL-NUMBER|71A2998E]] and [[PROFESSIONAL-NUMBER|12B3456S]]",
	"smartcard UUID [[PROFESSIONAL-NUMBER|5551 2345 6789]] left in the keyboard",
	"UUID [[PROFESSIONAL-NUMBER|555123456789]] (smartcard)",
	"logged on as SDS ID: [[PROFESSIONAL-NUMBER|555123456789]]",
	"HCPC-[[PROFESSIONAL-NUMBER|PH12345]], first contact physio",
	"DOB[[BIRTH-DATE|010250]]",
	"dob [[BIRTH-DATE|01021950]] typed without slashes",
	"dob [[BIRTH-DATE|01 02 50]]",
	"D/O/B: [[BIRTH-DATE|1/2/50]]",
	"d/o/b [[BIRTH-DATE|01.02.1950]]",
	"DOB \u2013 [[BIRTH-DATE|1st Feb 1950]]",
	"DOB [[BIRTH-DATE|1st Feb '50]]",
	"DOB [[BIRTH-DATE|01/02/1950]] not [[BIRTH-DATE|02/01/1950]]",
	"DOBs [[BIRTH-DATE|01/02/1950]] and [[BIRTH-DATE|03/04/1955]] mixed up",
	"dates of birth [[BIRTH-DATE|1/2/50]] & [[BIRTH-DATE|1/2/51]]",
	"\uff24\uff2f\uff22 [[BIRTH-DATE|01/02/1950]]",
	"letter re male (b. [[BIRTH-DATE|1/2/50]]) filed under another pt",
	"DOB [[BIRTH-DATE|01\u201102\u20111950]]",
	"mum's d.o.b. is [[BIRTH-DATE|1-Feb-50]], baby's dob [[BIRTH-DATE|12.3.26]]",
	"DOB ok, EDD 12/03/2026, LMP 5/6/25",
	"Hep B 12/03/2026 and MenB 1/2/26 given",
	"bloods dated 010226 filed",
	"mob [[PHONE|7700900123]] (zero lost in the spreadsheet)",
	"Mobile: [[PHONE|7700 900123]]",
	"tel [[PHONE|01632/960123]]",
	"T: [[PHONE|020 7946 0123]] F: [[PHONE|020 7946 0124]]",
	"rang [[PHONE|(0131) 496 0123]], no answer x3",
	"ring [[PHONE|07700 900123]] (wife) or [[PHONE|07700 900124]] (son)",
	"[[PHONE|07700 900123]] x2 attempts, 1 text sent",
	"phone [[PHONE|+44\u00a0(0)\u00a01632\u00a0960123]] checked",
	"contact no.[[PHONE|07700900123]]or neighbour",
	"bleep 1234, ext 45678, 0.5ml, 07:00-08:30, 08:00 09:00 10:00",
	"email [[EMAIL|jo.bloggs@nhs.net]]/[[EMAIL|jane.doe@nhs.net]]",
	"[[EMAIL|jo\u2011ann@example.org]] bounced",
	"emailed jo.bloggs @ reception, no reply",
	"care of [[POSTCODE|E1O 6QN]]",
	"PCODE:[[POSTCODE|\uff25\uff11\uff10 \uff16\uff31\uff2e]]",
	"[[POSTCODE|E10\u200b6QN]]",
	"B12 inj 3/12, D3 800iu OD, T3 4.5, 5HT3 antagonist",
	"Mr & Mrs [[TITLED-NAME|Quuxworth]] both attended",
	"Drs [[TITLED-NAME|Crumhorn]] and colleagues agreed",
	"Mr  [[TITLED-NAME|Quuxworth]] with two spaces; left at [[STREET-ADDRESS|12 Larkspur Dr]].  Task closed",
	"Master [[TITLED-NAME|Tom Quuxworth]], aged 4",
	"NI [[NI-NUMBER|ZY 123 456 A]] on the SSP form",
	"NHS smartcards [[PROFESSIONAL-NUMBER|555123456789]] / [[PROFESSIONAL-NUMBER|555123456780]] swapped",
	"Dr on call.  Patient seen.  Two scripts.  Mr.",
	"HCA [[TITLED-NAME|Hornblower]] took the blood",
	"Mr. [[TITLED-NAME|J. P. Quuxworth]]'s wife",
	"Dr [[TITLED-NAME|\u0141ukasz]] on call",
	"Mr in error on label; Mrs on record. Ms Teams call",
	"NHS App and Patient Knows Best were down",
	"PATIENT INFORMATION LEAFLET GIVEN, DR INFORMED",
	"K 5.9, Na 131, Cr 112 -> 999 called 12:35, CPR 12:41-13:05",
	"RSV vaccine batch AB1234567C, exp 03/27, GTIN 05012345678900",
	"Job 4521 9987 01, courier ref 2231-4456-7789",
	"Rx no. 1A2B3C-A81001-D4E5F6 EPS token scanned twice",
	"UBRN 0000 4821 7733, ASID 200000001234, ODS A81001",
	"INR 1.8 2.4 3.1 2.2 on 3/3 10/3 17/3 24/3",
	"08/03/26 0915 0930 0945 all DNA; 14 x 2 x 7 = 196 tabs",
	"Pt weighed 999 000 g? scales faulty",
}

// hardPracticePeople are such lines about the people of the source record.
var hardPracticePeople = []string{
	"s/w [[NAME|Siobhan]] re: results", "TC to pt's dtr [[NAME|Mary]]; no reply, VM left", "[[NAME|SIOBHAN O'NEILL]] DNA X2", "d/w [[NAME|Grace]] and [[NAME|Will]], plan agreed",
	"[[NAME|o\u2019neill siobhan]] - wrong px", "pt=[[NAME|O'Neill]], GP=Dr [[NAME|May]]", "[[NAME|O'Neill]]/[[NAME|McDonald]] mix-up", "[[NAME|ALASDAIR MCDONALD]]",
	"Mr & Mrs [[NAME|Brown]] attended", "Drs [[NAME|May]] and [[NAME|Ng]] agreed", "HCA [[NAME|Green]] took blood", "[[NAME|Brown]]'s repeat was given to [[NAME|Green]]'s wife", "seen by GM then Dr [[NAME|G May]]",
	"[[NAME|J Nu\u0303n\u0303ez]] (interpreter booked)", "van den [[NAME|Berg]] misspelt", "[[NAME|Okonkwo - Smythe]]", "[[NAME|Mueller]] typed on a UK keyboard", "[[NAME|\uff22rown]], [[NAME|W]]",
	"dob [[BIRTH-DATE|01/02/50]], age 76", "[[BIRTH-DATE|1/2/1950]] on the label", "1 Feb 2026 review", "lives at [[ADDRESS|12 High St.]]", "[[ADDRESS|12, HIGH STREET]] not [[STREET-ADDRESS|21 High Street]]",
	"pcode [[ADDRESS|E10\u00a06QN]]", "ph [[PHONE|07700-900-123]]", "EMIS no. [[IDENTIFIER|EMIS 12 34567]]", "Brown paper bag; brown envelope; WILL review; MAY need bloods", "St Mary's A&E, Green Lane, Parkinson\u2019s disease, Grace period",
	"NG aspirate; VAN driver; BERG balance 45/56; DER consultation", "XI nerve palsy, jan 26 to mar 26", "LTC review due Jan 2026", "[[NAME|Jan]] rang", "[[NAME|Siobhans]] mother took [[NAME|ONeills]] script", "ph [[PHONE|7700900123]]", "the [[NAME|McDonalds]], mother and son", "Wills and browns of all sorts",
}

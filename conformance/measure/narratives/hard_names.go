package main

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
	"02/01/1950", "1 March 1950", "February 1950", "at [[ADDRESS|12 High Street]]", "at [[ADDRESS|12, high st]].", "[[ADDRESS|Rosebank]]", "12 High Road", "112 High Street", "High Street", "Anytown",
	"[[ADDRESS|E10 6QN]]", "[[ADDRESS|e106qn]]", "[[PHONE|0044 (0) 7700-900-123]]", "[[PHONE|07700 900123]]", "[[EMAIL|siobhan@example.org]]", "[[EMAIL|SIOBHAN@EXAMPLE.ORG]]", "[[NHS-NUMBER|9990 0000 18]]",
	"[[NHS-NUMBER|999 0000 018]]", "[[IDENTIFIER|EMIS-12/34567]]", "[[IDENTIFIER|emis 1234567]]", "[[IDENTIFIER|EMIS1234567]]", "EMIS12345678", "EMIS 12345", "[[EMAIL|mary.green@example.org]]",
}

// hardMixed are whole notes as they are typed.
var hardMixed = []string{
	"Pt [[NAME|Siobhan O'Neill]] [[NHS-NUMBER|999 000 0018]] d.o.b [[BIRTH-DATE|1.2.1950]] phoned re: her INR.",
	"Rec'd call from daughter ([[PHONE|07700 900 456]]) - says mum ([[NAME|Mary]]) had 2 doses.",
	"EMIS no 12345, NHS: [[NHS-NUMBER|9990000026]]; GP [[NAME|May]] informed",
	"cc [[EMAIL|reception.a12345@nhs.net]], [[EMAIL|x.y@nhs.scot]]",
	"Locum Dr (GMC [[PROFESSIONAL-NUMBER|7012345]]) prescribed 10x dose",
	"The nurse (NMC PIN - [[PROFESSIONAL-NUMBER|12A3456E]]) reported",
	"her NI number, [[NI-NUMBER|ZY 11 22 33 C]], was visible on the sick note",
	"Letter dated 12.3.26 for [[NAME|McDonald]], [[NAME|Alasdair]] (D.O.B. [[BIRTH-DATE|3rd March 1944]])",
	"Mother = [[NAME|Anne-Marie Okonkwo-Smythe]]. Baby of [[NAME|Okonkwo-Smythe]]",
	"spoke to Mrs [[NAME|O'Neill]]\u2019s son on [[PHONE|01632 960 777]] (home) / [[PHONE|07700900888]] (mob)",
	"hospital number K1234567, NHS number withheld",
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

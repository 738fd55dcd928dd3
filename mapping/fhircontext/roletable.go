package fhircontext

// staffTypes maps job roles to the LFPSE staff-type list: SDS job roles, job role
// codes, SNOMED CT occupations and plain titles, all in lower case. It goes role by
// role and never by numeric range: R0243 (social care worker) and R0247 (clerk) lie
// between doctors. A role that is not here is asked.
var staffTypes = map[string]string{
	// 4, doctor or dentist.
	"r0260": "4", // general medical practitioner
	"r0270": "4", // salaried general practitioner
	"r6200": "4", // GP registrar
	"r6300": "4", // sessional GP
	"r0050": "4", // consultant
	"r0110": "4", // specialist registrar
	"r0250": "4",
	"01025": "4", // general medical practitioner
	"01005": "4", // consultant

	"62247001":             "4", // family medicine specialist, in the UK general practitioner
	"general practitioner": "4", "gp": "4", "salaried gp": "4", "locum gp": "4", "gp partner": "4", "gp registrar": "4",

	// 5, nurse or midwife.
	"r0570": "5", "r0600": "5", "r0620": "5", "r0630": "5", "r0690": "5", "r0700": "5",
	"r0680": "5", // midwife
	"r8001": "5", // nurse access role

	"nurse": "5", "practice nurse": "5", "community nurse": "5", "district nurse": "5", "midwife": "5",

	// 3, allied health professional.
	"r1110": "3", // physiotherapist
	"r0790": "3", // dietitian
	"r0950": "3", // occupational therapist
	"r0750": "3", // podiatrist

	"physiotherapist": "3", "dietitian": "3", "occupational therapist": "3", "podiatrist": "3",

	// 1, additional clinical services, which names ambulance and pharmacy.
	"r1480": "1", // health care assistant
	"r1450": "1",
	"r1590": "1", // phlebotomist
	"r1380": "1", // pharmacy technician
	"r0011": "1", // dispenser
	"r1070": "1", // paramedic

	"health care assistant": "1", "healthcare assistant": "1", "phlebotomist": "1", "pharmacy technician": "1", "dispenser": "1", "paramedic": "1",

	// 6, administrative and clerical.
	"r1730": "6", // receptionist
	"r1720": "6", // clerk
	"r1760": "6", // medical secretary
	"r1780": "6", // manager
	"r8009": "6", "r8010": "6",

	"receptionist": "6", "practice manager": "6", "medical secretary": "6",
}

// ambiguousRoles are known and still asked, with the answers that come into
// question where the role narrows them down.
var ambiguousRoles = map[string][]string{
	// Staff records count pharmacists with scientific staff (2); the label of 1
	// says "including pharmacy".
	"r1290": {"2", "1"}, "pharmacist": {"2", "1"},
	"r1547": nil, // associate practitioner, general practice
	"r8000": nil, // access roles: what a person may do, not what they are
	"r8003": nil,
}

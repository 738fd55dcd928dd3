package main

import "github.com/gpsafety/lfpse-go/fhir"

func placeCases(s *suite) {
	const place, who = "location-details", "practitioner-details"
	s.rule("lfpse", "LFPSE-REPORTER-ORGANISATION", fhir.Error, "The organisation is how a practice finds its own events and how learning reaches it.",
		bad("Missing", nobodyHurt, at(who), drop(who+"/ReporterOrganisation")),
		good("Organisation without a code", nobodyHurt, drop(who+"/ReporterOrganisation"), set(who+"/ReporterOrganisationOther", "A practice without a code")),
	)
	s.rule("quality", "LFPSE-ASK-REPORTER-ROLE", fhir.Information, "The role helps to judge what the reporter could see.",
		bad("Missing", nobodyHurt, at(who), drop(who+"/ReporterRole")),
		good("Role in words", nobodyHurt, drop(who+"/ReporterRole"), set(who+"/ReporterRoleOther", "Student")),
	)
	contact := set(who+"/ReporterContact", "through the practice")
	s.rule("lfpse", "LFPSE-ANONYMOUS", fhir.Error, "Reporters who ask for anonymity may fear reprisal; their contact details would expose them.",
		bad("Anonymous with contact details", nobodyHurt, at(who+"/ReporterContact"), contact, set("reference-metadata/DataSharingOptOut", "false"), set("reference-metadata/IsAnonymous", "true")),
		bad("Reasons for anonymity with contact details", nobodyHurt, at(who+"/ReporterContact"), contact, set(who+"/WhyAnonymous", "4")),
		bad("Both, reported once", nobodyHurt, at(who+"/ReporterContact"), contact, set(who+"/WhyAnonymous", "4"), set("reference-metadata/DataSharingOptOut", "false"), set("reference-metadata/IsAnonymous", "true")),
		good("Not anonymous", nobodyHurt, contact, set("reference-metadata/DataSharingOptOut", "false"), set("reference-metadata/IsAnonymous", "false")),
		good("Anonymous without contact details", nobodyHurt, set(who+"/WhyAnonymous", "4"), set("reference-metadata/DataSharingOptOut", "false"), set("reference-metadata/IsAnonymous", "true")),
	)
	s.rule("lfpse", "LFPSE-ODS", fhir.Error, "An ODS code has 3 to 12 capital letters and digits; in another shape it reaches nobody. Membership is not checked, because the list that LFPSE has lags behind.",
		bad("Small letter", nobodyHurt, at(place+"/Organisation.value"), set(place+"/Organisation", "a81001")).also(remark("LFPSE-LOCATION-OWN", place+"/Organisation.value")),
		bad("Blank within", nobodyHurt, at(who+"/ReporterOrganisation.value"), set(who+"/ReporterOrganisation", "A 81001"), set(place+"/LocationKnown", "n")),
		bad("Two characters", nobodyHurt, at(who+"/ReporterOrganisation.value"), set(who+"/ReporterOrganisation", "A8"), set(place+"/LocationKnown", "n")),
		bad("Thirteen characters", nobodyHurt, at(who+"/ReporterOrganisation.value"), set(who+"/ReporterOrganisation", "A810010010010"), set(place+"/LocationKnown", "n")),
		bad("Name of the practice", nobodyHurt, at(place+"/IdentifiedLocation.value"), set(place+"/IdentifiedLocation", "Example Surgery")),
		bad("Letter that is not ASCII", nobodyHurt, at(who+"/ReporterOrganisation.value"), set(who+"/ReporterOrganisation", "\u00c481001"), set(place+"/LocationKnown", "n")),
		good("Three characters", nobodyHurt, set(who+"/ReporterOrganisation", "RXX"), set(place+"/Organisation", "RXX")),
		good("Twelve characters", nobodyHurt, set(who+"/ReporterOrganisation", "A81001001001"), set(place+"/Organisation", "A81001001001")),
	)
	s.rule("lfpse", "LFPSE-ODS-TEST", fhir.Information, "Z01 and Z45 exist for tests; in production they would file the event under nobody.",
		bad("Z45", nobodyHurt, at(place+"/Organisation.value", who+"/ReporterOrganisation.value"), set(who+"/ReporterOrganisation", "Z45"), set(place+"/Organisation", "Z45")),
		bad("Z01", nobodyHurt, at(place+"/IdentifiedLocation.value"), set(place+"/IdentifiedLocation", "Z01")),
		good("Z46", nobodyHurt, set(who+"/ReporterOrganisation", "Z46"), set(place+"/Organisation", "Z46")),
	)
	s.rule("quality", "LFPSE-ASK-LOCATION-KNOWN", fhir.Information, "The answer says whether the event happened in the reporter's own organisation.",
		bad("Missing", nobodyHurt, at(place), drop(place+"/LocationKnown")),
		good("Not known", nobodyHurt, set(place+"/LocationKnown", "u"), drop(place+"/Organisation")),
	)
	s.rule("lfpse", "LFPSE-LOCATION-KNOWN", fhir.Warning, "Yes is the reporter's own organisation, no another one by code or name, unknown none.",
		bad("Own, without a code", nobodyHurt, at(place), drop(place+"/Organisation")),
		bad("Another, without code or name", nobodyHurt, at(place), set(place+"/LocationKnown", "n"), drop(place+"/Organisation")),
		bad("Not known, with a code", nobodyHurt, at(place+"/Organisation"), set(place+"/LocationKnown", "u")),
		bad("Not known, with a name", nobodyHurt, at(place+"/OrganisationOther"), set(place+"/LocationKnown", "u"), drop(place+"/Organisation"), set(place+"/OrganisationOther", "A care home")),
		good("Another, by code", nobodyHurt, set(place+"/LocationKnown", "n"), set(place+"/Organisation", "A81002")),
		good("Another, by name", nobodyHurt, set(place+"/LocationKnown", "n"), drop(place+"/Organisation"), set(place+"/OrganisationOther", "A care home")),
		good("Not known", nobodyHurt, set(place+"/LocationKnown", "u"), drop(place+"/Organisation")),
	)
	s.rule("lfpse", "LFPSE-OTHER-TRIGGER", fhir.Warning, "The name of an organisation is for one that has no code.",
		bad("Reporting organisation by code and name", nobodyHurt, at(who+"/ReporterOrganisationOther"), set(who+"/ReporterOrganisationOther", "A practice")),
		bad("Place where it was noticed by code and name", nobodyHurt, at(place+"/IdentifiedLocationOther"), set(place+"/IdentifiedLocation", "A81001001"), set(place+"/IdentifiedLocationOther", "The branch")),
		good("Place where it was noticed by name", nobodyHurt, set(place+"/IdentifiedLocationOther", "The branch")),
	)
	s.rule("quality", "LFPSE-LOCATION-OWN", fhir.Information, "The own organisation is the one that reports; a branch may have a code of its own.",
		bad("Another code", nobodyHurt, at(place+"/Organisation.value"), set(place+"/Organisation", "A81002")),
		bad("None of two", nobodyHurt, at(place+"/Organisation.value"), set(place+"/Organisation", "A81002", "A81003")),
		bad("Another, yet the own", nobodyHurt, at(place+"/Organisation.value"), set(place+"/LocationKnown", "n")),
		good("One of two", nobodyHurt, set(place+"/Organisation", "A81002", "A81001")),
	)
}

package validate

import (
	"github.com/gpsafety/lfpse-go/lfpse/rule"
	"slices"
	"strings"
)

// The ids of the rules that are more than conditions on fields.
const (
	ruleRequired      = "FHIR-REQUIRED"
	ruleFormat        = "FHIR-FORMAT"
	ruleExtension     = "FHIR-EXT-1"
	ruleResourceType  = "FHIR-RESOURCE-TYPE"
	ruleContainedID   = "FHIR-CONTAINED-ID"
	ruleNested        = "FHIR-DOM-2"
	ruleUnreferenced  = "FHIR-DOM-3"
	ruleVersioned     = "FHIR-DOM-4"
	ruleXHTML         = "FHIR-XHTML"
	ruleLabelled      = "FHIR-DOM-5"
	ruleReference     = "FHIR-REF-1"
	ruleReferenceType = "FHIR-REFERENCE-TYPE"
	ruleDepth         = "FHIR-DEPTH"
	ruleRootText      = "FHIR-R4-DESCRIPTION"
	ruleTooMany       = "CHECK-TOO-MANY"

	ruleDeclared    = "PROFILE-DECLARED"
	ruleVersion     = "PROFILE-VERSION"
	ruleCanonical   = "PROFILE-CANONICAL"
	ruleEvent       = "PROFILE-EVENT"
	ruleSystem      = "PROFILE-SYSTEM"
	ruleResource    = "PROFILE-RESOURCE"
	ruleElement     = "PROFILE-ELEMENT"
	ruleModifier    = "PROFILE-MODIFIER"
	ruleGroup       = "PROFILE-GROUP"
	ruleContext     = "PROFILE-CONTEXT"
	ruleGroupForm   = "PROFILE-GROUP-FORM"
	ruleGroupMin    = "PROFILE-GROUP-MIN"
	ruleGroupMax    = "PROFILE-GROUP-MAX"
	ruleField       = "PROFILE-FIELD"
	ruleFieldMin    = "PROFILE-FIELD-MIN"
	ruleFieldMax    = "PROFILE-FIELD-MAX"
	ruleType        = "PROFILE-TYPE"
	ruleCode        = "PROFILE-CODE"
	ruleCodeOpen    = "PROFILE-CODE-OPEN"
	ruleProvisional = "LFPSE-PROVISIONAL"

	ruleTextDiffers  = "LFPSE-DESCRIPTION-DIFFERS"
	ruleActuality    = "LFPSE-ACTUALITY"
	ruleReferences   = "LFPSE-REFERENCES"
	ruleDateDay      = "LFPSE-DATE-DAY"
	ruleDateFuture   = "LFPSE-DATE-FUTURE"
	ruleDateSame     = "LFPSE-DATE-SAME"
	ruleDateMonth    = "LFPSE-DATE-MONTH"
	ruleOnePatient   = "LFPSE-PATIENT-RESOURCE"
	ruleSequence     = "LFPSE-PATIENT-SEQUENCE"
	ruleAgeGrid      = "LFPSE-AGE-GRID"
	ruleODS          = "LFPSE-ODS"
	ruleODSTest      = "LFPSE-ODS-TEST"
	ruleNone         = "LFPSE-NONE-OF-THE-ABOVE"
	ruleDMD          = "LFPSE-DMD-CODE"
	ruleRadiotherapy = "LFPSE-RADIOTHERAPY-TEXT"

	ruleManyPatients = "LFPSE-PATIENT-MANY"
	ruleOwnLocation  = "LFPSE-LOCATION-OWN"
	rulePlaceholder  = "QUALITY-TEXT-PLACEHOLDER"
	ruleShort        = "QUALITY-TEXT-SHORT"
	ruleCut          = "QUALITY-TEXT-CUT"
	ruleDamaged      = "QUALITY-TEXT-DAMAGED"
	ruleMarkup       = "QUALITY-TEXT-MARKUP"
	ruleRepeated     = "QUALITY-TEXT-REPEATED"
	ruleStandIn      = "QUALITY-DATE-STAND-IN"
	ruleDateOld      = "QUALITY-DATE-OLD"
	ruleMidnight     = "QUALITY-TIME-MIDNIGHT"
	ruleOld          = "QUALITY-AGE-OLD"
)

// needed lists, for rules that are more than conditions, the fields that they are about:
// the taxonomy must have at least one of them.
var needed = map[string][]string{
	ruleTextDiffers:  {descriptionField},
	ruleDateSame:     {todaysDateField},
	ruleDateMonth:    {approximateField},
	ruleSequence:     {sequenceField},
	ruleManyPatients: {sequenceField},
	ruleAgeGrid:      {ageField},
	ruleOwnLocation:  {organisationField},
	ruleShort:        {descriptionField},
	ruleOld:          {ageField},
	ruleNone:         {involved, picked},
	ruleDMD:          dmdFields,
	ruleRadiotherapy: {radiotherapyField},
}

// catalogue returns every rule, in the order of the layers, ids being unique.
func catalogue() []definition {
	fhirRules := slices.Clone(rulesFHIR)
	for i := range fhirRules {
		r := &fhirRules[i]
		r.Evidence, r.Confidence = rule.Standard, rule.High
		if r.Source == "" {
			r.Source = sourceR4
		}
	}
	var all []definition
	add := func(l rule.Layer, rules []definition) {
		for _, r := range rules {
			r.Layer = l
			for i := range r.checks {
				r.Absence = r.Absence || r.checks[i].misses()
				r.Asks = r.Asks || r.checks[i].ask != nil
			}
			all = append(all, r)
		}
	}
	add(rule.LayerFHIR, fhirRules)
	add(rule.LayerProfile, rulesProfile)
	for _, rules := range [][]definition{rulesEvent, rulesDate, rulesPatient, rulesLocation, rulesAgent, rulesOther} {
		add(rule.LayerLFPSE, rules)
	}
	add(rule.LayerQuality, rulesComplete)
	add(rule.LayerQuality, rulesValue)
	return all
}

// pathOf returns the path of a rule: the one it names, or else those of the first things
// that its checks name.
func (s *structure) pathOf(r *definition) string {
	var paths []string
	add := func(ref string) {
		if !strings.HasPrefix(ref, "AdverseEvent") {
			ref = s.refPath(ref)
		}
		if !slices.Contains(paths, ref) {
			paths = append(paths, ref)
		}
	}
	if r.Path != "" {
		for _, ref := range strings.Split(r.Path, " | ") {
			add(ref)
		}
		return strings.Join(paths, " | ")
	}
	for i := range r.checks {
		for _, ref := range slices.Concat(r.checks[i].need, r.checks[i].bar) {
			add(ref)
		}
	}
	return strings.Join(paths, " | ")
}

// refPath returns the FHIRPath of GROUP, GROUP/FIELD, a resource or a root element.
func (s *structure) refPath(ref string) string {
	id, field, isField := strings.Cut(ref, "/")
	g := s.group(id)
	switch {
	case g == nil && slices.Contains(resourceTypes, ref):
		return "AdverseEvent.contained.ofType(" + ref + ")"
	case g == nil && !isField:
		return "AdverseEvent." + ref
	case g == nil:
		return "AdverseEvent.extension('" + id + "').extension('" + field + "')"
	}
	path := "AdverseEvent"
	if g.Context != "AdverseEvent" {
		path += ".contained.ofType(" + g.Context + ")"
	}
	path += ".extension('" + id + "')"
	if isField {
		path += ".extension('" + field + "').value"
	}
	return path
}

package mapping

import (
	"errors"
	"strings"

	"github.com/gpsafety/lfpse-go/fhir"
	"github.com/gpsafety/lfpse-go/lfpse"
	"github.com/gpsafety/lfpse-go/lfpse/code"
	"github.com/gpsafety/lfpse-go/mapping/fhircontext"
)

// fromContext reports whether the patient's record settles the field.
func (w *work) fromContext(f *field, t *target) bool {
	c := w.r.context
	if c == nil || f.Context == "" {
		return false
	}
	switch f.Context {
	case "age":
		return w.ageOf(f, c, t)
	case "gender":
		// An identity that is recorded counts, even where a person has to read it.
		if c.GenderIdentity.Status != fhircontext.Absent {
			return w.fact(f, t, c.GenderIdentity, c.GenderIdentity.Value)
		}
		return w.fact(f, t, c.Gender, genderName(c.Gender.Value))
	case "gender-identity":
		return w.fact(f, t, c.GenderIdentity, c.GenderIdentity.Value)
	case "ethnicity":
		return w.fact(f, t, c.Ethnicity, c.Ethnicity.Value)
	case "organisation":
		return w.fact(f, t, c.Organisation, c.Organisation.Value)
	case "reporter-role":
		return w.fact(f, t, c.ReporterRole, c.ReporterRole.Value)
	case "medicines":
		return w.medicines(c, f.Level)
	case "devices":
		return w.devices(c)
	}
	return false
}

// genderName turns FHIR's administrative gender into the name of the identity.
func genderName(gender string) string {
	if gender == "unknown" {
		return string(lfpse.GenderNotKnown)
	}
	return gender
}

// fact puts a fact of the record into the event, or asks where the record leaves
// a choice.
func (w *work) fact(f *field, t *target, fact fhircontext.Fact, value string) bool {
	from := "record " + fact.Source.Path
	switch fact.Status {
	case fhircontext.Known:
		w.required(f, t, from, w.plain(t, value, from, orDefault(fact.Source.Note, "as recorded")))
		return true
	case fhircontext.Ask:
		w.ask(f, t, strings.TrimSpace("The record leaves a choice. "+fact.Source.Note))
		return true
	}
	return false
}

func (w *work) ageOf(f *field, c *fhircontext.Context, t *target) bool {
	birth, from := c.BirthDate(), "record "+c.BirthPrecision.Source.Path
	if birth == "" {
		return false
	}
	err := errNoFullBirthDate
	if c.BirthPrecision.Value == "day" {
		err = w.ageFrom(t, lfpse.Date(birth), from)
	}
	w.optional(f, t, from, err)
	return err == nil
}

var errNoFullBirthDate = errors.New("the record gives no full date of birth, so no exact age can be worked out")

// medicines adds the medicines of the record: a product by its dm+d code where
// its level is known or the map declares it, any other by name, since a brand is
// not sent as a generic. It is true if any was added.
func (w *work) medicines(c *fhircontext.Context, declared string) bool {
	coded, named := 0, 0
	for i := range c.Medicines {
		m := &c.Medicines[i]
		from, level := "record "+m.Source.Path, m.Level.String()
		if m.Level == fhircontext.LevelUnknown {
			level = declared
		}
		switch {
		case level == "vmp" && m.Code != "":
			w.medicine(coded, lfpse.Medicine{VMPCode: m.Code, VMPString: m.Display})
			w.step("medicines", from, "dm+d product (VMP)")
			coded++
		case level == "vtm" && m.Code != "":
			w.medicine(coded, lfpse.Medicine{VTMCode: m.Code, VTMString: m.Display})
			w.step("medicines", from, "dm+d substance (VTM)")
			coded++
		case m.Display != "":
			w.d.Event.Agent.DrugsInvolved = append(w.d.Event.Agent.DrugsInvolved, m.Display)
			w.step("agent.drugsInvolved", from, "by name: the record does not say whether its code is a generic product")
			named++
		default:
			w.issue(fhir.Warning, "MAP-MEDICINE", from, "The record gives a medicine by its code alone and does not say whether that is a generic product, so it is not sent.",
				"Name the medicine in the record, or declare the level in the map.")
		}
	}
	return coded+named > 0
}

// medicine adds the nth medicine. What a person has answered about it is there
// already, and stays.
func (w *work) medicine(n int, m lfpse.Medicine) {
	e := &w.d.Event
	if n == len(e.Medicines) {
		e.Medicines = append(e.Medicines, m)
		return
	}
	have := &e.Medicines[n]
	have.VTMCode, have.VTMString = orDefault(have.VTMCode, m.VTMCode), orDefault(have.VTMString, m.VTMString)
	have.VMPCode, have.VMPString = orDefault(have.VMPCode, m.VMPCode), orDefault(have.VMPString, m.VMPString)
}

// devices adds the devices of the record.
func (w *work) devices(c *fhircontext.Context) bool {
	for i := range c.Devices {
		d := &c.Devices[i]
		w.device(i, lfpse.Device{DeviceTypeOther: d.Type, Manufacturer: d.Manufacturer, ModelNumber: d.ModelNumber})
		w.step("devices", "record "+d.Source.Path, "type as recorded")
		if d.Software && !hasAgent(&w.d.Event, code.AgentTypeITSystemsOrSoftware) {
			w.issue(fhir.Information, "MAP-SOFTWARE", "record "+d.Source.Path, "The record calls this device software.", "If it is an IT system rather than a medical device, say so in agent.involvedAgents.")
		}
	}
	return len(c.Devices) > 0
}

// device adds the nth device as medicine does. The type is a text only where
// nobody has picked one of the list.
func (w *work) device(n int, d lfpse.Device) {
	e := &w.d.Event
	if n == len(e.Devices) {
		e.Devices = append(e.Devices, d)
		return
	}
	have := &e.Devices[n]
	if len(have.DeviceType) == 0 {
		have.DeviceTypeOther = orDefault(have.DeviceTypeOther, d.DeviceTypeOther)
	}
	have.Manufacturer, have.ModelNumber = orDefault(have.Manufacturer, d.Manufacturer), orDefault(have.ModelNumber, d.ModelNumber)
}

func hasAgent(e *lfpse.Event, a code.AgentType) bool {
	for _, have := range e.Agent.InvolvedAgents {
		if have == a {
			return true
		}
	}
	return false
}

package main

import (
	"strconv"

	r4 "github.com/samply/golang-fhir-models/fhir-models/fhir"

	"github.com/gpsafety/lfpse-go/fhir"
)

// floor is about the least work that writes an LFPSE event: what somebody would
// write by hand who needs the elements that LFPSE events have and no others. Its
// bytes are those of [fhir.Append]. It checks nothing: neither that the text is
// UTF-8, nor that an element has content, one value and no more, nor the size.
type floor []byte

func (b floor) event(a *fhir.AdverseEvent) floor {
	b = append(b, `{"resourceType":"AdverseEvent",`...)
	if a.Id != nil {
		b = append(b.text(`"id":"`, *a.Id), ',')
	}
	b = b.text(`"meta":{"profile":["`, a.Meta.Profile[0])
	b = append(b, `]},"contained":`...)
	sep := byte('[')
	for i := range a.Contained {
		b = append(b, sep)
		b = append(b.resource(&a.Contained[i]), '}')
		sep = ','
	}
	b = append(b, ']')
	if a.Extension != nil {
		b = b.extensions(append(b, ','), a.Extension)
	}
	b = b.text(`,"actuality":"`, a.Actuality.Code())
	if a.Event != nil {
		b = append(b.text(`,"event":{"coding":[{"code":"`, *a.Event.Coding[0].Code), `}]}`...)
	}
	b = append(b.text(`,"subject":{"reference":"`, *a.Subject.Reference), '}')
	if a.Date != nil {
		b = b.text(`,"date":"`, *a.Date)
	}
	b = append(b.text(`,"location":{"reference":"`, *a.Location.Reference), '}')
	b = append(b.text(`,"recorder":{"reference":"`, *a.Recorder.Reference), '}')
	return append(b.suspects(a.SuspectEntity), '}')
}

func (b floor) suspects(list []r4.AdverseEventSuspectEntity) floor {
	if len(list) == 0 {
		return b
	}
	b = append(b, `,"suspectEntity":`...)
	sep := byte('[')
	for i := range list {
		b = append(b, sep)
		b = append(b.text(`{"instance":{"reference":"`, *list[i].Instance.Reference), "}}"...)
		sep = ','
	}
	return append(b, ']')
}

func (b floor) resource(c *fhir.Resource) floor {
	var id *string
	var extensions []r4.Extension
	switch {
	case c.Location != nil:
		b = append(b, `{"resourceType":"Location","id":"`...)
		id, extensions = c.Location.Id, c.Location.Extension
	case c.Practitioner != nil:
		b = append(b, `{"resourceType":"Practitioner","id":"`...)
		id, extensions = c.Practitioner.Id, c.Practitioner.Extension
	case c.Patient != nil:
		b = append(b, `{"resourceType":"Patient","id":"`...)
		id, extensions = c.Patient.Id, c.Patient.Extension
	case c.Medication != nil:
		b = append(b, `{"resourceType":"Medication","id":"`...)
		id, extensions = c.Medication.Id, c.Medication.Extension
	case c.Device != nil:
		b = append(b, `{"resourceType":"Device","id":"`...)
		id, extensions = c.Device.Id, c.Device.Extension
	}
	b = b.text("", *id)
	if extensions != nil {
		b = b.extensions(append(b, ','), extensions)
	}
	if d := c.Device; d != nil {
		if d.Manufacturer != nil {
			b = b.text(`,"manufacturer":"`, *d.Manufacturer)
		}
		if d.ModelNumber != nil {
			b = b.text(`,"modelNumber":"`, *d.ModelNumber)
		}
	}
	return b
}

func (floor) extensions(b floor, list []r4.Extension) floor {
	b = append(b, `"extension":`...)
	sep := byte('[')
	for i := range list {
		x := &list[i]
		b = append(b, sep, '{')
		sep = ','
		if x.Extension != nil {
			b = append(b.extensions(b, x.Extension), ',')
		}
		b = b.text(`"url":"`, x.Url)
		switch {
		case x.ValueCode != nil:
			b = b.text(`,"valueCode":"`, *x.ValueCode)
		case x.ValueString != nil:
			b = b.text(`,"valueString":"`, *x.ValueString)
		case x.ValueInteger != nil:
			b = strconv.AppendInt(append(b, `,"valueInteger":`...), int64(*x.ValueInteger), 10)
		case x.ValueBoolean != nil:
			b = strconv.AppendBool(append(b, `,"valueBoolean":`...), *x.ValueBoolean)
		case x.ValueDate != nil:
			b = b.text(`,"valueDate":"`, *x.ValueDate)
		case x.ValueTime != nil:
			b = b.text(`,"valueTime":"`, *x.ValueTime)
		}
		b = append(b, '}')
	}
	return append(b, ']')
}

// text appends the key, the text with the escapes that JSON requires, and the
// closing quotation mark.
func (b floor) text(key, s string) floor {
	b = append(b, key...)
	done := 0
	for i := range len(s) {
		c := s[i]
		if c >= ' ' && c != '"' && c != '\\' {
			continue
		}
		b = append(append(b, s[done:i]...), '\\')
		done = i + 1
		switch c {
		case '\n':
			b = append(b, 'n')
		case '\r':
			b = append(b, 'r')
		case '\t':
			b = append(b, 't')
		case '"', '\\':
			b = append(b, c)
		default:
			b = append(b, 'u', '0', '0', "0123456789abcdef"[c>>4], "0123456789abcdef"[c&15])
		}
	}
	return append(append(b, s[done:]...), '"')
}

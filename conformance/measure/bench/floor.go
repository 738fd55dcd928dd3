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
	for {
		n := plain(s)
		b = append(b, s[:n]...)
		if n == len(s) {
			return append(b, '"')
		}
		b, s = escape(b, s[n]), s[n+1:]
	}
}

// plain is the length of the part at the start of s that needs no escape. It looks
// at eight bytes at a time: a byte is below c when subtracting c from it borrows.
func plain(s string) int {
	const ones, high = 0x0101010101010101, 0x8080808080808080
	i := 0
	for ; i+8 <= len(s); i += 8 {
		t := s[i : i+8]
		w := uint64(t[0]) | uint64(t[1])<<8 | uint64(t[2])<<16 | uint64(t[3])<<24 |
			uint64(t[4])<<32 | uint64(t[5])<<40 | uint64(t[6])<<48 | uint64(t[7])<<56
		quote, slash := w^(ones*'"'), w^(ones*'\\')
		if ((w-ones*' ')&^w|(quote-ones)&^quote|(slash-ones)&^slash)&high != 0 {
			break
		}
	}
	for i < len(s) && s[i] >= ' ' && s[i] != '"' && s[i] != '\\' {
		i++
	}
	return i
}

func escape(b []byte, c byte) []byte {
	const hex = "0123456789abcdef"
	switch c {
	case '\n':
		return append(b, `\n`...)
	case '\r':
		return append(b, `\r`...)
	case '\t':
		return append(b, `\t`...)
	case '\b':
		return append(b, `\b`...)
	case '\f':
		return append(b, `\f`...)
	case '"', '\\':
		return append(b, '\\', c)
	}
	return append(b, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
}

package fhir_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	r4 "github.com/samply/golang-fhir-models/fhir-models/fhir"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/fhir"
)

// The benchmarks compare with encoding/json on the samply structs, without the
// MarshalJSON methods of the resources, which would only slow it down, and with an
// encoder written by hand for this one event.

type (
	plainEvent        r4.AdverseEvent
	plainPatient      r4.Patient
	plainLocation     r4.Location
	plainPractitioner r4.Practitioner
	plainDevice       r4.Device
	plainMedication   r4.Medication
)

type encodedEvent struct {
	ResourceType string `json:"resourceType"`
	*plainEvent
	Contained []any `json:"contained"`
}

type decodedEvent struct {
	ResourceType string `json:"resourceType"`
	plainEvent
	Contained []decodedResource `json:"contained"`
}

// decodedResource has what the event's contained resources have, so that
// encoding/json can read them in the same pass.
type decodedResource struct {
	ResourceType    string                `json:"resourceType"`
	ID              *string               `json:"id"`
	Extension       []r4.Extension        `json:"extension"`
	Manufacturer    *string               `json:"manufacturer"`
	ManufactureDate *string               `json:"manufactureDate"`
	DeviceName      []r4.DeviceDeviceName `json:"deviceName"`
	ModelNumber     *string               `json:"modelNumber"`
	Code            *r4.CodeableConcept   `json:"code"`
	Amount          *r4.Ratio             `json:"amount"`
	Name            *string               `json:"name"`
}

func readTestdata(tb testing.TB, name string) []byte {
	tb.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name))
	require.NoError(tb, err)
	return data
}

func goldenEvent(tb testing.TB) (*fhir.AdverseEvent, []byte) {
	tb.Helper()
	data := readTestdata(tb, "event.golden.json")
	event, issues := fhir.Decode(data)
	require.Empty(tb, issues)
	return event, data
}

func BenchmarkDecode(b *testing.B) {
	_, data := goldenEvent(b)
	b.Run("fhir", func(b *testing.B) {
		b.SetBytes(int64(len(data)))
		b.ReportAllocs()
		for b.Loop() {
			if _, issues := fhir.Decode(data); issues != nil {
				b.Fatal(issues)
			}
		}
	})
	b.Run("encoding-json", func(b *testing.B) {
		b.SetBytes(int64(len(data)))
		b.ReportAllocs()
		for b.Loop() {
			var event decodedEvent
			if err := json.Unmarshal(data, &event); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkCheckJSON(b *testing.B) {
	_, data := goldenEvent(b)
	b.Run("fhir", func(b *testing.B) {
		b.SetBytes(int64(len(data)))
		b.ReportAllocs()
		for b.Loop() {
			if issues := fhir.CheckJSON(data); issues != nil {
				b.Fatal(issues)
			}
		}
	})
	b.Run("json-valid", func(b *testing.B) {
		b.SetBytes(int64(len(data)))
		for b.Loop() {
			if !json.Valid(data) {
				b.Fatal("not valid")
			}
		}
	})
}

func BenchmarkAppend(b *testing.B) {
	event, data := goldenEvent(b)
	buf := make([]byte, 0, 2*len(data))
	b.Run("fhir", func(b *testing.B) {
		b.SetBytes(int64(len(data)))
		b.ReportAllocs()
		for b.Loop() {
			if _, err := fhir.Append(buf, event); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("floor", func(b *testing.B) {
		b.SetBytes(int64(len(data)))
		b.ReportAllocs()
		for b.Loop() {
			buf = floor(buf[:0]).event(event)
		}
	})
	b.Run("encoding-json", func(b *testing.B) {
		plain := encodable(event)
		b.SetBytes(int64(len(data)))
		b.ReportAllocs()
		for b.Loop() {
			if _, err := json.Marshal(plain); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// TestFloor keeps the comparison honest: the hand-written encoder writes the same
// text.
func TestFloor(t *testing.T) {
	event, data := goldenEvent(t)
	require.True(t, string(data) == string(floor(nil).event(event)))
	plain, err := json.Marshal(encodable(event))
	require.NoError(t, err)
	require.JSONEq(t, string(data), string(plain))
	var decoded decodedEvent
	require.NoError(t, json.Unmarshal(data, &decoded))
	again, err := json.Marshal(&decoded)
	require.NoError(t, err)
	require.Greater(t, len(again), len(data)-200)
}

func encodable(a *fhir.AdverseEvent) *encodedEvent {
	e := &encodedEvent{ResourceType: "AdverseEvent", plainEvent: &plainEvent{
		Meta: a.Meta, Extension: a.Extension, Actuality: *a.Actuality, Event: a.Event, Subject: *a.Subject, Date: a.Date,
		Detected: a.Detected, RecordedDate: a.RecordedDate, Location: a.Location, Recorder: a.Recorder, SuspectEntity: a.SuspectEntity,
	}}
	for _, c := range a.Contained {
		e.Contained = append(e.Contained, encodableResource(c))
	}
	return e
}

func encodableResource(c fhir.Resource) any {
	type named struct {
		ResourceType string `json:"resourceType"`
	}
	switch {
	case c.Patient != nil:
		return struct {
			named
			*plainPatient
		}{named{"Patient"}, (*plainPatient)(c.Patient)}
	case c.Location != nil:
		return struct {
			named
			*plainLocation
		}{named{"Location"}, (*plainLocation)(c.Location)}
	case c.Practitioner != nil:
		return struct {
			named
			*plainPractitioner
		}{named{"Practitioner"}, (*plainPractitioner)(c.Practitioner)}
	case c.Device != nil:
		return struct {
			named
			*plainDevice
		}{named{"Device"}, (*plainDevice)(c.Device)}
	case c.Medication != nil:
		return struct {
			named
			*plainMedication
		}{named{"Medication"}, (*plainMedication)(c.Medication)}
	default:
		return c.Other
	}
}

// floor is about the least work that writes the golden event: it knows which
// elements are there, checks nothing, and looks at each byte of text once.
type floor []byte

func (b floor) text(key, s string) floor {
	b = append(append(b, key...), '"')
	done := 0
	for i := range len(s) {
		c := s[i]
		if c >= ' ' && c != '"' && c != '\\' {
			continue
		}
		b = append(append(b, s[done:i]...), '\\')
		if c == '\n' {
			c = 'n'
		}
		b = append(b, c)
		done = i + 1
	}
	return append(append(b, s[done:]...), '"')
}

func (b floor) extensions(key string, list []r4.Extension) floor {
	b = append(b, key...)
	sep := byte('[')
	for i := range list {
		x := &list[i]
		b = append(b, sep, '{')
		sep = ','
		if x.Extension != nil {
			b = append(b.extensions(`"extension":`, x.Extension), ',')
		}
		b = b.text(`"url":`, x.Url)
		switch {
		case x.ValueCode != nil:
			b = b.text(`,"valueCode":`, *x.ValueCode)
		case x.ValueString != nil:
			b = b.text(`,"valueString":`, *x.ValueString)
		case x.ValueInteger != nil:
			b = strconv.AppendInt(append(b, `,"valueInteger":`...), int64(*x.ValueInteger), 10)
		case x.ValueBoolean != nil:
			b = strconv.AppendBool(append(b, `,"valueBoolean":`...), *x.ValueBoolean)
		case x.ValueTime != nil:
			b = b.text(`,"valueTime":`, *x.ValueTime)
		}
		b = append(b, '}')
	}
	return append(b, ']')
}

func (b floor) event(a *fhir.AdverseEvent) floor {
	b = append(b, `{"resourceType":"AdverseEvent","meta":{"profile":[`...)
	b = b.text("", a.Meta.Profile[0])
	b = append(b, `]},"contained":`...)
	sep := byte('[')
	for i := range a.Contained {
		b = append(b, sep)
		b = append(b.resource(&a.Contained[i]), '}')
		sep = ','
	}
	b = append(b, ']')
	b = b.extensions(`,"extension":`, a.Extension)
	b = b.text(`,"actuality":`, a.Actuality.Code())
	b = b.text(`,"event":{"coding":[{"code":`, *a.Event.Coding[0].Code)
	b = b.text(`}]},"subject":{"reference":`, *a.Subject.Reference)
	b = b.text(`},"date":`, *a.Date)
	b = b.text(`,"detected":`, *a.Detected)
	b = b.text(`,"recordedDate":`, *a.RecordedDate)
	b = b.text(`,"location":{"reference":`, *a.Location.Reference)
	b = b.text(`},"recorder":{"reference":`, *a.Recorder.Reference)
	b = append(b, `},"suspectEntity":`...)
	sep = '['
	for i := range a.SuspectEntity {
		b = append(b, sep)
		b = append(b.text(`{"instance":{"reference":`, *a.SuspectEntity[i].Instance.Reference), "}}"...)
		sep = ','
	}
	return append(b, "]}"...)
}

func (b floor) resource(c *fhir.Resource) floor {
	switch {
	case c.Location != nil:
		b = b.text(`{"resourceType":"Location","id":`, *c.Location.Id)
		return b.extensions(`,"extension":`, c.Location.Extension)
	case c.Practitioner != nil:
		b = b.text(`{"resourceType":"Practitioner","id":`, *c.Practitioner.Id)
		return b.extensions(`,"extension":`, c.Practitioner.Extension)
	case c.Patient != nil:
		b = b.text(`{"resourceType":"Patient","id":`, *c.Patient.Id)
		return b.extensions(`,"extension":`, c.Patient.Extension)
	case c.Device != nil:
		b = b.text(`{"resourceType":"Device","id":`, *c.Device.Id)
		b = b.extensions(`,"extension":`, c.Device.Extension)
		b = b.text(`,"manufacturer":`, *c.Device.Manufacturer)
		b = b.text(`,"manufactureDate":`, *c.Device.ManufactureDate)
		b = b.text(`,"deviceName":[{"name":`, c.Device.DeviceName[0].Name)
		b = b.text(`,"type":`, c.Device.DeviceName[0].Type.Code())
		return b.text(`}],"modelNumber":`, *c.Device.ModelNumber)
	case c.Medication != nil:
		b = b.text(`{"resourceType":"Medication","id":`, *c.Medication.Id)
		b = b.extensions(`,"extension":`, c.Medication.Extension)
		coding := &c.Medication.Code.Coding[0]
		b = b.text(`,"code":{"coding":[{"system":`, *coding.System)
		b = b.text(`,"code":`, *coding.Code)
		b = b.text(`,"display":`, *coding.Display)
		b = append(append(b, `}]},"amount":{"numerator":{"value":`...), *c.Medication.Amount.Numerator.Value...)
		return append(b.text(`,"unit":`, *c.Medication.Amount.Numerator.Unit), "}}"...)
	default:
		return append(b, c.Other[:len(c.Other)-1]...)
	}
}

package main

import (
	"encoding/json"

	r4 "github.com/samply/golang-fhir-models/fhir-models/fhir"

	"github.com/gpsafety/lfpse-go/fhir"
)

// The types below let encoding/json write and read the same tree. They are the R4
// structs without their MarshalJSON methods, which would only slow it down, in a
// wrapper that has the contained resources as well.
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

// decodedResource has the elements that the contained resources of an LFPSE event
// have, so that encoding/json reads them in the same pass.
type decodedResource struct {
	ResourceType string         `json:"resourceType"`
	ID           *string        `json:"id"`
	Extension    []r4.Extension `json:"extension"`
	Manufacturer *string        `json:"manufacturer"`
	ModelNumber  *string        `json:"modelNumber"`
}

func plainEncode(e *encodedEvent) ([]byte, error) { return json.Marshal(e) }

func plainDecode(data []byte) (decodedEvent, error) {
	var e decodedEvent
	err := json.Unmarshal(data, &e)
	return e, err
}

// encodable returns the event in the form that encoding/json can write.
func encodable(a *fhir.AdverseEvent) *encodedEvent {
	e := &encodedEvent{ResourceType: "AdverseEvent", plainEvent: &plainEvent{
		Id: a.Id, Meta: a.Meta, Extension: a.Extension, Actuality: *a.Actuality, Event: a.Event, Subject: *a.Subject,
		Date: a.Date, Location: a.Location, Recorder: a.Recorder, SuspectEntity: a.SuspectEntity,
	}}
	for i := range a.Contained {
		e.Contained = append(e.Contained, encodableResource(&a.Contained[i]))
	}
	return e
}

func encodableResource(c *fhir.Resource) any {
	type named struct {
		ResourceType string `json:"resourceType"`
	}
	switch {
	case c.Patient != nil:
		return &struct {
			named
			*plainPatient
		}{named{"Patient"}, (*plainPatient)(c.Patient)}
	case c.Location != nil:
		return &struct {
			named
			*plainLocation
		}{named{"Location"}, (*plainLocation)(c.Location)}
	case c.Practitioner != nil:
		return &struct {
			named
			*plainPractitioner
		}{named{"Practitioner"}, (*plainPractitioner)(c.Practitioner)}
	case c.Device != nil:
		return &struct {
			named
			*plainDevice
		}{named{"Device"}, (*plainDevice)(c.Device)}
	default:
		return &struct {
			named
			*plainMedication
		}{named{"Medication"}, (*plainMedication)(c.Medication)}
	}
}

package client_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/lfpse/client"
)

func TestMetadata(t *testing.T) {
	const r4 = `{"resourceType":"CapabilityStatement","fhirVersion":"4.0.1","rest":[{"mode":"server","resource":[
	 {"type":"AdverseEvent","profile":"https://c.example/StructureDefinition/patient-safety-adverse-event-6","interaction":[{"code":"create"},{"code":"update"},{"code":"read"},{"code":"search-type"}],"versioning":"versioned-update",
	  "conditionalCreate":false,"updateCreate":true,"searchParam":[{"name":"identifier","type":"token"}]},
	 {"type":"AdverseEvent","supportedProfile":["https://c.example/StructureDefinition/patient-safety-adverse-event-7|7.1"],"conditionalCreate":true,"interaction":[{"code":"create"}],"versioning":"versioned-update","searchParam":[{"name":"identifier"}]},
	 {"type":"Patient","profile":"https://c.example/StructureDefinition/patient-6"}]}]}`
	const stu3 = `{"resourceType":"CapabilityStatement","fhirVersion":"3.0.1","rest":{"resource":{"type":"AdverseEvent","profile":{"reference":"https://c.example/StructureDefinition/adverse-event-5"}}}}`

	s := serve(t, answering(200, nil, r4))
	c, err := sandbox(t, s.URL).Metadata(t.Context())
	require.NoError(t, err)
	six := client.Capabilities{
		Profiles: []string{"https://c.example/StructureDefinition/patient-safety-adverse-event-6"}, Versions: []string{"6"},
		Read: true, SearchByIdentifier: true, UpdateCreate: true, UpdateIfMatch: true,
	}
	assert.Equal(t, "4.0.1", c.FHIRVersion)
	assert.WithinDuration(t, time.Now(), c.Date, time.Minute, "the server says what time it is")
	require.Len(t, c.AdverseEvents, 2)
	got, ok := c.For("6")
	assert.True(t, ok)
	assert.Equal(t, six, got)
	got, ok = c.For("7")
	assert.True(t, ok)
	assert.True(t, got.ConditionalCreate)
	assert.False(t, got.Read || got.SearchByIdentifier || got.UpdateCreate || got.UpdateIfMatch, "half a declaration is none")
	_, ok = c.For("5")
	assert.False(t, ok)

	c, err = sandbox(t, serve(t, answering(200, nil, stu3)).URL).Metadata(t.Context())
	require.NoError(t, err)
	_, ok = c.For("5")
	assert.True(t, ok)

	for name, body := range map[string]string{
		"odd types": `{"resourceType":"CapabilityStatement","fhirVersion":4,"rest":[7,{"resource":"x"},{"resource":[{"type":"AdverseEvent","profile":8,"interaction":"y","updateCreate":"true"}]}]}`,
		"bare":      `{"resourceType":"CapabilityStatement"}`,
	} {
		_, err := sandbox(t, serve(t, answering(200, nil, body)).URL).Metadata(t.Context())
		require.NoError(t, err, name)
	}
	for _, body := range []string{"", "<html>", `{"resourceType":"Bundle"}`, `{"resourceType":"CapabilityStatement"`} {
		_, err := sandbox(t, serve(t, answering(200, nil, body)).URL).Metadata(t.Context())
		requireReason(t, err, client.Unknown, client.NotCapabilityForm)
	}
	_, err = sandbox(t, serve(t, answering(401, nil, `{"statusCode":401,"message":"x"}`)).URL).Metadata(t.Context())
	requireReason(t, err, client.NotSent, client.Unauthorised)
}

package client_test

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/fhir"
	"github.com/gpsafety/lfpse-go/lfpse/client"
)

const base = "https://canonical.example/taxonomy/fhir/"

func TestEndpointCheck(t *testing.T) {
	good := client.Endpoint{Name: "LFPSE test", Environment: client.Test, Host: "https://lfpse.example", CanonicalBase: base, Version: "6"}
	require.NoError(t, good.Check())

	tests := []struct {
		name   string
		change func(*client.Endpoint)
		rule   string // empty: allowed
	}{
		{"port", func(e *client.Endpoint) { e.Host = "https://lfpse.example:8443/" }, ""},
		{"production", func(e *client.Endpoint) { e.Environment = client.Production }, ""},
		{"sandbox http", func(e *client.Endpoint) { e.Environment, e.Host = client.Sandbox, "http://127.0.0.1:80" }, ""},
		{"sandbox https", func(e *client.Endpoint) { e.Environment, e.Host = client.Sandbox, "https://localhost:8443" }, ""},
		{"sandbox IPv6", func(e *client.Endpoint) { e.Environment, e.Host = client.Sandbox, "http://[::1]:8080" }, ""},
		{"sandbox elsewhere", func(e *client.Endpoint) { e.Environment = client.Sandbox }, "ENDPOINT-HOST"},
		{"sandbox with a name that looks local", func(e *client.Endpoint) { e.Environment, e.Host = client.Sandbox, "http://localhost.example" }, "ENDPOINT-HOST"},
		{"no environment", func(e *client.Endpoint) { e.Environment = "" }, "ENDPOINT-ENVIRONMENT"},
		{"unknown environment", func(e *client.Endpoint) { e.Environment = "Test" }, "ENDPOINT-ENVIRONMENT"},
		{"http", func(e *client.Endpoint) { e.Host = "http://lfpse.example" }, "ENDPOINT-HOST"},
		{"http production on loopback", func(e *client.Endpoint) { e.Environment, e.Host = client.Production, "http://127.0.0.1" }, "ENDPOINT-HOST"},
		{"no host", func(e *client.Endpoint) { e.Host = "" }, "ENDPOINT-HOST"},
		{"no scheme", func(e *client.Endpoint) { e.Host = "lfpse.example" }, "ENDPOINT-HOST"},
		{"scheme only", func(e *client.Endpoint) { e.Host = "https://" }, "ENDPOINT-HOST"},
		{"port only", func(e *client.Endpoint) { e.Host = "https://:443" }, "ENDPOINT-HOST"},
		{"other scheme", func(e *client.Endpoint) { e.Host = "ftp://lfpse.example" }, "ENDPOINT-HOST"},
		{"opaque", func(e *client.Endpoint) { e.Host = "https:lfpse.example" }, "ENDPOINT-HOST"},
		{"user", func(e *client.Endpoint) { e.Host = "https://u:p@lfpse.example" }, "ENDPOINT-HOST"},
		{"path", func(e *client.Endpoint) { e.Host = "https://lfpse.example/adverse-event/fhir" }, "ENDPOINT-HOST"},
		{"query", func(e *client.Endpoint) { e.Host = "https://lfpse.example?key=x" }, "ENDPOINT-HOST"},
		{"empty query", func(e *client.Endpoint) { e.Host = "https://lfpse.example?" }, "ENDPOINT-HOST"},
		{"fragment", func(e *client.Endpoint) { e.Host = "https://lfpse.example#" }, "ENDPOINT-HOST"},
		{"control character", func(e *client.Endpoint) { e.Host = "https://lfpse.example\n" }, "ENDPOINT-HOST"},
		{"no name", func(e *client.Endpoint) { e.Name = " " }, "ENDPOINT-NAME"},
		{"name of control characters", func(e *client.Endpoint) { e.Name = "a\x1b[2J" }, "ENDPOINT-NAME"},
		{"no base", func(e *client.Endpoint) { e.CanonicalBase = "" }, "ENDPOINT-BASE"},
		{"base without slash", func(e *client.Endpoint) { e.CanonicalBase = "https://canonical.example/fhir" }, "ENDPOINT-BASE"},
		{"no version", func(e *client.Endpoint) { e.Version = "" }, "ENDPOINT-VERSION"},
		{"version of spaces", func(e *client.Endpoint) { e.Version = "6 " }, "ENDPOINT-VERSION"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			ep := good
			test.change(&ep)
			err := ep.Check()
			if test.rule == "" {
				require.NoError(t, err)
				return
			}
			var issues fhir.Issues
			require.ErrorAs(t, err, &issues)
			require.Len(t, issues, 1)
			assert.Equal(t, test.rule, issues[0].Rule)
			assert.NotEmpty(t, issues[0].Fix)
		})
	}

	var issues fhir.Issues
	require.ErrorAs(t, client.Endpoint{Environment: client.Test}.Check(), &issues)
	assert.Len(t, issues, 4, "all findings at once")
}

func TestParseEndpoint(t *testing.T) {
	const good = `{"name":"LFPSE test","environment":"test","host":"https://lfpse.example","canonicalBase":"` + base + `","version":"6"}`
	ep, err := client.ParseEndpoint([]byte(good))
	require.NoError(t, err)
	assert.Equal(t, client.Endpoint{Name: "LFPSE test", Environment: client.Test, Host: "https://lfpse.example", CanonicalBase: base, Version: "6"}, ep)

	for name, doc := range map[string]string{
		"empty":            ``,
		"array":            `[]`,
		"array of objects": `[{"name":"x"}]`,
		"page":             `<html>`,
		"unknown property": `{"name":"x","environment":"test","host":"https://lfpse.example","canonicalBase":"` + base + `","version":"6","key":"k"}`,
		"other case":       `{"Name":"x","environment":"test","host":"https://lfpse.example","canonicalBase":"` + base + `","version":"6"}`,
		"duplicate":        `{"name":"x","environment":"test","environment":"production","host":"https://lfpse.example","canonicalBase":"` + base + `","version":"6"}`,
		"number":           `{"name":"x","environment":"test","host":"https://lfpse.example","canonicalBase":"` + base + `","version":6}`,
		"trailing":         good + `{}`,
		"missing":          `{"name":"x"}`,
	} {
		_, err := client.ParseEndpoint([]byte(doc))
		var issues fhir.Issues
		assert.True(t, errors.As(err, &issues), "%s: %v", name, err)
	}
}

func FuzzParseEndpoint(f *testing.F) {
	f.Add([]byte(`{"name":"n","environment":"sandbox","host":"http://[::1]:1","canonicalBase":"https://c.example/","version":"6"}`))
	f.Fuzz(func(t *testing.T, doc []byte) {
		if ep, err := client.ParseEndpoint(doc); err == nil && ep.Check() != nil {
			t.Fatal("accepted an endpoint that does not pass its own check")
		}
	})
}

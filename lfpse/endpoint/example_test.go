package endpoint_test

import (
	"fmt"
	"os"

	"github.com/gpsafety/lfpse-go/lfpse/endpoint"
)

// The configuration is read, completed by the program, and made ready. Load reads it
// from a file.
func Example() {
	_ = os.Setenv("EXAMPLE_LFPSE_KEY", "an-invented-key") // where the program is started
	c := endpoint.Parse([]byte(`
name: LFPSE test
environment: test
host: https://lfpse.example
canonicalBase: https://lfpse.example/taxonomy/fhir/
version: 6
key: {env: EXAMPLE_LFPSE_KEY}
`))
	ep, err := endpoint.New(c, endpoint.WithUserAgent("example-system/1.0"))
	if err != nil {
		fmt.Println(err) // everything that is wrong, with lines
		return
	}
	fmt.Println(ep) // a client is made of it by client.New
	fmt.Println(ep.URL("/AdverseEvent"))
	for _, text := range ep.Config().Unconfirmed() {
		fmt.Println("not confirmed:", text)
	}
	// Output:
	// endpoint.Endpoint(LFPSE test, test, https://lfpse.example)
	// https://lfpse.example/adverse-event/fhir/AdverseEvent
	// not confirmed: base path /adverse-event/fhir
	// not confirmed: taxonomy path /taxonomy/fhir
	// not confirmed: key header Ocp-Apim-Subscription-Key
}

// All findings come at once, with their lines. A secret must not stand in the file.
func ExampleParse() {
	c := endpoint.Parse([]byte(`environment: test
host: http://lfpse.example
key: 0123456789abcdef
time-out: 10s
`))
	fmt.Println(c.Findings().Error())
	// Output:
	// line 2: ENDPOINT-HOST at host: The host must use https. Only a sandbox may use http.
	// line 3: ENDPOINT-SECRET at key: A secret must not stand in the file. Name the place where it is kept: env: NAME for an environment variable, or file: PATH. If it has been shared, have it replaced.
	// line 4: ENDPOINT-FORM: The key "time-out" is not known. The keys are name, environment, host, basePath, taxonomyPath, canonicalBase, version, contentType, gatewayRefusal, key, oauth, tls, proxy, privateNetwork, timeout, connectTimeout.
}

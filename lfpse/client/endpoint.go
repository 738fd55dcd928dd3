package client

import (
	"encoding/json"
	"net"
	"net/url"
	"regexp"
	"strings"

	"github.com/gpsafety/lfpse-go/fhir"
	"github.com/gpsafety/lfpse-go/lfpse/taxonomy"
)

// Environment says what stands behind an endpoint. It has no default: what may
// be sent depends on it.
type Environment string

// The environments.
const (
	// Sandbox is a stand-in on this computer: a loopback address, where http is
	// allowed and provisional elements of the taxonomy may be sent.
	Sandbox Environment = "sandbox"
	// Test is the national test service.
	Test Environment = "test"
	// Production is the national service. Its host is not public; it comes with
	// the key from the LFPSE team.
	Production Environment = "production"
)

// Endpoint is one LFPSE service. Host and canonical base are independent facts
// about it (the test host differs from the base of the urls inside a report), so
// they are stated together and never derived from each other.
type Endpoint struct {
	Name        string      // for people and logs, such as "LFPSE test"
	Environment Environment // Sandbox, Test or Production
	// Host is the scheme and host of the submission API, such as
	// https://lfpse.example, without path: the client adds /adverse-event/fhir.
	Host string
	// CanonicalBase is the start of every profile and group url, as in
	// [taxonomy.Taxonomy]; it ends in "/".
	CanonicalBase string
	Version       string // taxonomy version that the service takes, such as "6"
}

// SandboxEndpoint returns the endpoint of a sandbox, such as
// http://127.0.0.1:8080, that takes submissions of taxonomy t.
func SandboxEndpoint(host string, t *taxonomy.Taxonomy) Endpoint {
	return Endpoint{Name: "sandbox", Environment: Sandbox, Host: host, CanonicalBase: t.CanonicalBase, Version: t.Version}
}

// ParseEndpoint reads an endpoint from a JSON document with the properties name,
// environment, host, canonicalBase and version, all strings and all required. The
// error is of type [fhir.Issues] and lists all that is wrong.
func ParseEndpoint(data []byte) (Endpoint, error) {
	if issues := fhir.CheckJSON(data, fhir.LimitBytes(16<<10)); issues.HasErrors() {
		return Endpoint{}, issues
	}
	var members map[string]json.RawMessage
	if json.Unmarshal(data, &members) != nil {
		return Endpoint{}, fhir.Issues{endpointIssue("ENDPOINT-FORM", "$", "An endpoint must be a JSON object.", endpointForm)}
	}
	var ep Endpoint
	var issues fhir.Issues
	fields := []struct {
		name string
		into *string
	}{
		{"name", &ep.Name}, {"environment", (*string)(&ep.Environment)}, {"host", &ep.Host},
		{"canonicalBase", &ep.CanonicalBase}, {"version", &ep.Version},
	}
	for _, f := range fields {
		if raw, ok := members[f.name]; ok && json.Unmarshal(raw, f.into) != nil {
			issues = append(issues, endpointIssue("ENDPOINT-FORM", "$."+f.name, "The value must be a string.", ""))
		}
		delete(members, f.name)
	}
	if len(members) > 0 {
		issues = append(issues, endpointIssue("ENDPOINT-FORM", "$", "The document has a property that an endpoint does not have.", endpointForm))
	}
	if len(issues) > 0 {
		return Endpoint{}, issues
	}
	if err := ep.Check(); err != nil {
		return Endpoint{}, err
	}
	return ep, nil
}

const endpointForm = "The properties are name, environment, host, canonicalBase and version."

// Check reports all that is wrong with the endpoint. The error is of type
// [fhir.Issues]; its paths name the properties of the JSON form.
func (ep Endpoint) Check() error {
	var issues fhir.Issues
	add := func(rule, path, text, fix string) {
		issues = append(issues, endpointIssue(rule, path, text, fix))
	}
	if strings.TrimSpace(ep.Name) == "" || len(ep.Name) > 64 || fhir.EscapeText(ep.Name) != ep.Name {
		add("ENDPOINT-NAME", "$.name", "The endpoint needs a name of 1 to 64 printable characters.", "Call it by what people call the service.")
	}
	switch ep.Environment {
	case Sandbox, Test, Production:
		if text, fix := ep.hostFault(); text != "" {
			add("ENDPOINT-HOST", "$.host", text, fix)
		}
	default:
		add("ENDPOINT-ENVIRONMENT", "$.environment", "The environment is missing or not known.", "State sandbox, test or production.")
	}
	if !isCanonicalBase(ep.CanonicalBase) {
		add("ENDPOINT-BASE", "$.canonicalBase", "The canonical base must be an https url that ends in a slash, without user, query or fragment.",
			"Take it from the taxonomy that the service uses.")
	}
	if !versionGrammar.MatchString(ep.Version) {
		add("ENDPOINT-VERSION", "$.version", "The taxonomy version is missing or is not one.", "State the version that the service takes, such as 6.")
	}
	return issues.Err()
}

var versionGrammar = regexp.MustCompile(`^[0-9A-Za-z.]{1,16}$`)

func (ep Endpoint) hostFault() (text, fix string) {
	u, err := url.Parse(ep.Host)
	switch {
	case ep.Host == "":
		return "The host is missing.", "State the host that the LFPSE team gave you, such as https://lfpse.example."
	case err != nil || u.Opaque != "" || u.Hostname() == "" || u.Scheme != "https" && u.Scheme != "http":
		return "The host is not an https url.", "Write it as https://host or https://host:port."
	case u.User != nil:
		return "The host must not hold a user or password.", "Remove everything up to the @ sign; the key comes from the environment or a file."
	case strings.Trim(u.Path, "/") != "":
		return "The host must not have a path.", "Give scheme and host only: the client adds /adverse-event/fhir."
	case strings.ContainsAny(ep.Host, "?#"):
		return "The host must not have a query or fragment.", "Remove everything from the ? or # sign on."
	case ep.Environment == Sandbox && !isLoopback(u.Hostname()):
		return "A sandbox must be on this computer.", "Use localhost or 127.0.0.1, or state the environment test or production."
	case ep.Environment != Sandbox && u.Scheme != "https":
		return "The host must use https.", "Only a sandbox may use http."
	}
	return "", ""
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

func isCanonicalBase(s string) bool {
	u, err := url.Parse(s)
	return err == nil && u.Scheme == "https" && u.Host != "" && u.User == nil &&
		strings.HasSuffix(u.Path, "/") && !strings.ContainsAny(s, "?#")
}

func endpointIssue(rule, path, text, fix string) fhir.Issue {
	return fhir.Issue{Severity: fhir.Error, Rule: rule, Path: path, Offset: -1, Text: text, Fix: fix}
}

// url returns the address of a path below the FHIR base of the service.
func (ep Endpoint) url(path string) string {
	return strings.TrimRight(ep.Host, "/") + "/adverse-event/fhir" + path
}

package client_test

import (
	"fmt"
	"net/http"
	"strings"
)

// issueOf is an OperationOutcome with one issue.
func issueOf(severity, code, details string) string {
	return fmt.Sprintf(`{"resourceType":"OperationOutcome","issue":[{"severity":%q,"code":%q,"details":{"coding":[{"code":%q}]},"diagnostics":"x"}]}`, severity, code, details)
}

// body is one form that the body of an answer takes.
type body struct {
	name   string // as the table shows it
	text   string
	header http.Header // what the server says of the body
}

// Bodies that are not one OperationOutcome in JSON with one error.
var (
	bodyEmpty     = body{name: "empty"}
	bodyPage      = body{name: "HTML page", text: "<!DOCTYPE html><html><body>Sign in</body></html>", header: http.Header{"Content-Type": {"text/html"}}}
	bodyText      = body{name: "plain text", text: "Bad Request", header: http.Header{"Content-Type": {"text/plain"}}}
	bodyCut       = body{name: "JSON cut short", text: `{"resourceType":"AdverseEvent","id":"a1","me`}
	bodyXMLCut    = body{name: "XML cut short", text: `<?xml version="1.0"?><OperationOutcome xmlns="http://hl7.org/fhir"><issue><severity val`, header: http.Header{"Content-Type": {"application/fhir+xml"}}}
	bodyEarly     = body{name: "ends before its length", text: `{"id":"a1"}`, header: http.Header{"Content-Length": {"100"}}}
	bodyNotGzip   = body{name: "no gzip, though it says so", text: `{"id":"a1"}`, header: http.Header{"Content-Encoding": {"gzip"}}}
	bodyGateway   = body{name: "{statusCode, message}", text: `{"statusCode":400,"message":"x"}`}
	bodyJSON      = body{name: "other JSON", text: `{"title":"x","errors":{}}`}
	bodyRecord    = body{name: "AdverseEvent a1", text: `{"resourceType":"AdverseEvent","id":"a1","meta":{"versionId":"1"}}`}
	bodyAsHTML    = body{name: "AdverseEvent a1 as text/html", text: bodyRecord.text, header: http.Header{"Content-Type": {"text/html"}}}
	bodyOther     = body{name: "AdverseEvent b2", text: `{"resourceType":"AdverseEvent","id":"b2"}`}
	bodyNoID      = body{name: "AdverseEvent without id", text: `{"resourceType":"AdverseEvent"}`}
	bodyPatient   = body{name: "Patient", text: `{"resourceType":"Patient","id":"a1"}`}
	bodyMetadata  = body{name: "CapabilityStatement", text: `{"resourceType":"CapabilityStatement"}`}
	bodyTwoIDs    = body{name: "AdverseEvent with two ids", text: `{"resourceType":"AdverseEvent","id":"a1","id":"b2"}`}
	bodyBadID     = body{name: "AdverseEvent, id not UTF-8", text: "{\"resourceType\":\"AdverseEvent\",\"id\":\"a\xff\"}"}
	bodyBadText   = body{name: "AdverseEvent a1, a text not UTF-8", text: "{\"resourceType\":\"AdverseEvent\",\"id\":\"a1\",\"language\":\"\xff\"}"}
	bodyDeep      = body{name: "AdverseEvent a1, nested too deep", text: `{"resourceType":"AdverseEvent","id":"a1","extension":` + strings.Repeat("[", 100) + strings.Repeat("]", 100) + `}`}
	bodyWrongType = body{name: "OperationOutcome of wrong types", text: `{"resourceType":"OperationOutcome","issue":"error"}`}
	bodyNotice    = body{name: "information only", text: issueOf("information", "informational", "")}
	bodyNoIssue   = body{name: "OperationOutcome without issues", text: `{"resourceType":"OperationOutcome"}`}
	bodyNoCode    = body{name: "issue without code", text: `{"resourceType":"OperationOutcome","issue":[{"severity":"error","details":{"coding":[{"code":"LFPSE-1"}],"text":"x"}}]}`}
	bodyXML       = body{name: "`required` in XML", text: `<OperationOutcome xmlns="http://hl7.org/fhir"><issue><severity value="error"/><code value="required"/></issue></OperationOutcome>`, header: http.Header{"Content-Type": {"application/fhir+xml"}}}
	bodyXMLTwice  = body{name: "`duplicate` in XML", text: strings.ReplaceAll(bodyXML.text, "required", "duplicate"), header: bodyXML.header}
	bodyMixed     = body{name: "`required` and `forbidden`", text: `{"resourceType":"OperationOutcome","issue":[{"severity":"error","code":"forbidden"},{"severity":"error","code":"required"}]}`}
	bodyWarned    = body{name: "`forbidden`, and `required` as a warning", text: `{"resourceType":"OperationOutcome","issue":[{"severity":"error","code":"forbidden"},{"severity":"warning","code":"required"}]}`}
	bodyAlso      = body{name: "`required` and `duplicate`", text: `{"resourceType":"OperationOutcome","issue":[{"severity":"error","code":"required"},{"severity":"error","code":"duplicate"}]}`}
)

// coded is an error with an issue type, and detailed one with a code beside it.
func coded(code string) body { return body{name: "`" + code + "`", text: issueOf("error", code, "X")} }

func detailed(code, details string) body {
	return body{name: "`" + code + "` with " + details, text: issueOf("error", code, details)}
}

func headers(name, value string) http.Header { return http.Header{name: {value}} }

var (
	located   = headers("Location", "https://inner.example/fhir/AdverseEvent/a1/_history/1")
	contentAt = headers("Content-Location", "https://inner.example/fhir/AdverseEvent/a1/_history/1")
	elsewhere = headers("Location", "https://inner.example/fhir/AdverseEvent/b2")
	etag      = headers("Etag", `W/"2"`)
	later     = headers("Retry-After", "30")
)

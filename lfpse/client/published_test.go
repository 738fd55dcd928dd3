package client_test

import (
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/lfpse/client"
)

// shared reads a file beside the project, or skips.
func shared(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "..", "..", "shared", name))
	if errors.Is(err, os.ErrNotExist) {
		t.Skip("not beside the project: " + name)
	}
	require.NoError(t, err)
	return string(data)
}

// TestAnswersPeopleMet gives answers that other projects had trouble with.
func TestAnswersPeopleMet(t *testing.T) {
	raw := func(name string) string {
		_, answer, _ := strings.Cut(shared(t, "realworld/"+name+"/answer.txt"), "answered:\n")
		return strings.ReplaceAll(strings.TrimSpace(answer), "\n", "\r\n") + "\r\n\r\n"
	}
	s := wire(t, func(c *conn) { c.readRequest(); c.write(raw("73-201-content-location")) })
	r, e := submit(t, sandbox(t, s.url()))
	require.Nil(t, e)
	assert.Equal(t, "abc-1", r.ID)
	assert.Equal(t, "1", r.VersionID)

	s = wire(t, func(c *conn) { c.readRequest(); c.write(raw("74-update-200-minimal")) })
	r, err := sandbox(t, s.url()).Update(t.Context(), "abc-1", report(t))
	require.NoError(t, err)
	assert.Equal(t, "abc-1", r.ID)
	assert.Equal(t, "2", r.VersionID)

	h := serve(t, answering(403, nil, shared(t, "realworld/79-403-with-outcome/body")))
	_, e = submit(t, sandbox(t, h.URL))
	requireReason(t, e, client.NotSent, client.Forbidden)
	assert.Contains(t, e.Error(), "Nothing is wrong with the report.")

	h = serve(t, answering(409, nil, shared(t, "realworld/83-409-duplicate/body")))
	_, e = submit(t, sandbox(t, h.URL))
	requireReason(t, e, client.Unknown, client.Conflict)
	assert.Contains(t, e.Error(), "do not send it again")

	h = serve(t, answering(422, nil, shared(t, "gp/samples/bars/422-REC_UNPROCESSABLE_ENTITY-not-supported.json")))
	_, e = submit(t, sandbox(t, h.URL))
	requireReason(t, e, client.NotSent, client.Misconfigured)

	h = serve(t, answering(400, nil, shared(t, "gp/samples/ukcore/UKCore-OperationOutcome-DateError-Example.xml")))
	_, e = submit(t, sandbox(t, h.URL))
	requireReason(t, e, client.Rejected, client.RejectedContent)
	require.Len(t, e.Issues, 1)
	assert.NotEmpty(t, e.Issues[0].Diagnostics)
}

// TestTextsOfTheServiceAreScreened holds that what a service quotes of a person is not shown.
func TestTextsOfTheServiceAreScreened(t *testing.T) {
	const quoted = "NHS number 999 000 0018, e-mail zoe@example.org, phone 07700 900123"
	for name, body := range map[string]string{
		"JSON":    `{"resourceType":"OperationOutcome","issue":[{"severity":"error","code":"value ` + quoted + `","details":{"coding":[{"display":"` + quoted + `"}],"text":"Refused: ` + quoted + `"},"diagnostics":"` + quoted + `","expression":["AdverseEvent.where('` + quoted + `')"]}]}`,
		"XML":     `<OperationOutcome><issue><severity value="error"/><code value="value"/><diagnostics value="Refused: ` + quoted + `"/></issue></OperationOutcome>`,
		"gateway": `{"statusCode":400,"message":"Refused: ` + quoted + `"}`,
	} {
		s := serve(t, answering(400, nil, body))
		_, e := submit(t, sandbox(t, s.URL))
		require.Len(t, e.Issues, 1, name)
		i := e.Issues[0]
		shown := strings.Join(append(i.Expression, i.Message(), i.Code, i.DetailsText, i.Diagnostics), " ")
		assert.Contains(t, shown, "Refused: NHS number [NHS-NUMBER]", name)
		for _, part := range []string{"0018", "zoe", "900123"} {
			assert.NotContains(t, shown, part, name)
		}
	}

	accepted := `{"resourceType":"AdverseEvent","id":"a1","contained":[{"resourceType":"OperationOutcome","issue":[{"severity":"warning","diagnostics":"` + quoted + `"}]}]}`
	s := serve(t, answering(201, nil, accepted))
	r, e := submit(t, sandbox(t, s.URL))
	require.Nil(t, e)
	require.Len(t, r.Warnings, 1)
	assert.NotContains(t, r.Warnings[0].Diagnostics, "0018")

	s = serve(t, answering(401, nil, `{"statusCode":401,"message":"The key `+keyCanary+` is not valid."}`))
	_, e = submit(t, sandbox(t, s.URL, withKey(t)))
	require.Len(t, e.Issues, 1)
	assert.Equal(t, "The key [KEY] is not valid.", e.Issues[0].Diagnostics)
}

// TestInformationalAnswers holds that only the last status counts.
func TestInformationalAnswers(t *testing.T) {
	const early = "HTTP/1.1 103 Early Hints\r\nLocation: /AdverseEvent/b2\r\n\r\nHTTP/1.1 102 Processing\r\n\r\n"
	s := wire(t, func(c *conn) {
		c.readRequest()
		c.write(early + created + "Content-Length: 11\r\n\r\n{\"id\":\"a1\"}")
	})
	r, e := submit(t, sandbox(t, s.url()))
	require.Nil(t, e)
	assert.Equal(t, "a1", r.ID)

	s = wire(t, func(c *conn) {
		c.readRequest()
		c.write(early + "HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n")
	})
	_, e = submit(t, sandbox(t, s.url()))
	requireReason(t, e, client.Unknown, client.ServerError)
}

// TestUpdateThatCreates holds that a person learns of it.
func TestUpdateThatCreates(t *testing.T) {
	s := serve(t, answering(201, http.Header{"Location": {"/AdverseEvent/a1"}}, ""))
	r, err := sandbox(t, s.URL).Update(t.Context(), "a1", report(t))
	require.NoError(t, err)
	require.Len(t, r.Warnings, 1)
	assert.Contains(t, r.Warnings[0].Diagnostics, "created one")
}

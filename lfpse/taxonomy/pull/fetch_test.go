package pull_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/gpsafety/lfpse-go/lfpse/client"
	"github.com/gpsafety/lfpse-go/lfpse/taxonomy/pull"
)

func TestFetchReadsWhatIsPublished(t *testing.T) {
	s := newService(t)
	got, err := pull.Fetch(context.Background(), s.URL, client.SandboxKey())
	require.NoError(t, err)
	want, err := load(t, small).Append(nil)
	require.NoError(t, err)
	text, err := got.Append(nil)
	require.NoError(t, err)
	assert.Equal(t, string(want), string(text))
	assert.Equal(t, map[string]bool{"sandbox": true}, s.keys)
	assert.Equal(t, 1+len(s.documents)-1, s.requests, "each document is asked for once")
}

func TestFetchLeavesNothingRunning(t *testing.T) {
	s := newService(t)
	_, err := pull.Fetch(context.Background(), s.URL, client.SandboxKey())
	require.NoError(t, err)
	s.Close()
	goleak.VerifyNone(t)
}

// The profile is named in three ways: R4 as a url or, for several, as a list, STU3
// as a reference. What does not end in a version is not one of LFPSE's.
func TestListReadsEverySpelling(t *testing.T) {
	s := newService(t)
	profile := base + "StructureDefinition/event-"
	s.documents[metadataPath] = metadata(profile+"10", []string{profile + "9", "http://hl7.org/fhir/StructureDefinition/AdverseEvent"},
		map[string]any{"reference": profile + "5"}, profile+"7|7.0.0", profile+"7")
	versions, err := pull.List(context.Background(), s.URL, client.Key{})
	require.NoError(t, err)
	assert.Equal(t, []string{"5", "7", "9", "10"}, versions, "by number")
	_, err = pull.Fetch(context.Background(), s.URL, client.Key{}, pull.WithVersion("6"))
	assert.ErrorContains(t, err, "does not publish version 6; it has 5, 7, 9, 10")
	_, err = pull.Fetch(context.Background(), s.URL, client.Key{}, pull.WithVersion("7"))
	assert.NoError(t, err)
}

func TestFetchRefusesHosts(t *testing.T) {
	for host, want := range map[string]string{
		"":                            "https url",
		"lfpse.example":               "https url",
		"ftp://lfpse.example":         "https url",
		"http://lfpse.example":        "must use https",
		"https://a:b@lfpse.example":   "user or password",
		"https://lfpse.example/fhir":  "path",
		"https://lfpse.example?x=1":   "path",
		"http://127.0.0.1.nip.io":     "must use https",
		"http://[::ffff:10.0.0.1]:80": "must use https",
	} {
		_, err := pull.Fetch(context.Background(), host, client.SandboxKey())
		assert.ErrorContains(t, err, want, host)
	}
	_, err := pull.Fetch(context.Background(), "https://lfpse.example", client.Key{}, pull.WithTimeout(0), pull.WithTotalTimeout(-1), pull.WithTransport(nil))
	for _, want := range []string{"the timeout", "total timeout", "transport"} {
		assert.ErrorContains(t, err, want, "all at once")
	}
}

func ExampleFetch() {
	_, err := pull.Fetch(context.Background(), "http://lfpse.example", client.SandboxKey())
	fmt.Println(strings.Split(err.Error(), ";")[0])
	// Output: taxonomy service: the host must use https
}

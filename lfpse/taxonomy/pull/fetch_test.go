package pull_test

import (
	"context"
	"fmt"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/gpsafety/lfpse-go/lfpse/endpoint"
	"github.com/gpsafety/lfpse-go/lfpse/taxonomy/pull"
)

func TestFetchReadsWhatIsPublished(t *testing.T) {
	s := newService(t)
	got, err := pull.Fetch(context.Background(), local(t, s.URL))
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
	_, err := pull.Fetch(context.Background(), local(t, s.URL))
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
	versions, err := pull.List(context.Background(), local(t, s.URL))
	require.NoError(t, err)
	assert.Equal(t, []string{"5", "7", "9", "10"}, versions, "by number")
	_, err = pull.Fetch(context.Background(), local(t, s.URL), pull.WithVersion("6"))
	assert.ErrorContains(t, err, "does not publish version 6; it has 5, 7, 9, 10")
	_, err = pull.Fetch(context.Background(), local(t, s.URL), pull.WithVersion("7"))
	assert.NoError(t, err)
}

func TestFetchRefusesOptions(t *testing.T) {
	_, err := pull.Fetch(context.Background(), nil, pull.WithTotalTimeout(-1))
	for _, want := range []string{"total timeout", "endpoint is nil"} {
		assert.ErrorContains(t, err, want, "all at once")
	}
}

// A service at paths of its own, with a key in a header of its own.
func TestFetchFromOtherPaths(t *testing.T) {
	s := newService(t)
	s.Config.Handler = http.StripPrefix("/gateway", s.Config.Handler)
	t.Setenv("PULL_TEST_KEY", "key-of-the-test")
	ep, err := endpoint.New(endpoint.Config{
		Environment: endpoint.Sandbox, Host: s.URL, BasePath: "/gateway/adverse-event/fhir", TaxonomyPath: "/gateway/taxonomy/fhir",
		Key: endpoint.Key{Secret: endpoint.FromEnv("PULL_TEST_KEY")},
	})
	require.NoError(t, err)
	got, err := pull.Fetch(context.Background(), ep)
	require.NoError(t, err)
	assert.Equal(t, "7", got.Version)
	assert.Equal(t, map[string]bool{"key-of-the-test": true}, s.keys)
}

func ExampleFetch() {
	ep, err := endpoint.New(endpoint.Config{Environment: endpoint.Sandbox, Host: "http://127.0.0.1:1"})
	if err != nil {
		fmt.Println(err)
		return
	}
	_, err = pull.Fetch(context.Background(), ep)
	fmt.Println(err)
	// Output: taxonomy of http://127.0.0.1:1: metadata: the service cannot be reached, or broke off its answer: connection refused
}

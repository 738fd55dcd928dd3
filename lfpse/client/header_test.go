package client_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/gpsafety/lfpse-go/lfpse/client"
)

func TestKeySetHeader(t *testing.T) {
	h := http.Header{}
	client.Key{}.SetHeader(h)
	assert.Empty(t, h)
	client.SandboxKey().SetHeader(h)
	assert.Equal(t, http.Header{"Ocp-Apim-Subscription-Key": {"sandbox"}}, h)
}

package page_test

import (
	"net/netip"
	"testing"

	"github.com/stretchr/testify/require"
)

func prefixes(t *testing.T, texts ...string) (out []netip.Prefix) {
	for _, text := range texts {
		p, err := netip.ParsePrefix(text)
		require.NoError(t, err)
		out = append(out, p)
	}
	return out
}

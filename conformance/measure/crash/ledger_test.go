package main

import (
	"fmt"
	"net"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// A request that a process has sent before it died counts before anybody judges, also where
// the service has not yet accepted the connection.
func TestTheLedgerIsQuiet(t *testing.T) {
	t.Parallel()
	l, err := newLedger(1, 0, false)
	require.NoError(t, err)
	defer l.close()
	for n := range 300 {
		c, err := net.Dial("tcp", strings.TrimPrefix(l.url, "http://"))
		require.NoError(t, err)
		_, err = fmt.Fprint(c, "POST /AdverseEvent HTTP/1.1\r\nHost: ledger\r\nContent-Length: 2\r\n\r\n{}")
		require.NoError(t, err)
		require.NoError(t, c.Close())
		l.quiet()
		l.mu.Lock()
		calls := len(l.calls)
		l.mu.Unlock()
		require.Equal(t, n+1, calls)
	}
}

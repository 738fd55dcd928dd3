package client

import (
	"fmt"
	"io"
	"log/slog"
	"regexp"

	"github.com/gpsafety/lfpse-go/fhir"
)

// Format prints the endpoint of the client, for every verb.
func (c Client) Format(f fmt.State, _ rune) {
	_, _ = io.WriteString(f, "client.Client("+fhir.EscapeText(c.endpoint.Name)+", "+string(c.endpoint.Environment)+")")
}

// LogValue logs the endpoint of the client.
func (c Client) LogValue() slog.Value {
	return slog.GroupValue(slog.String("endpoint", c.endpoint.Name), slog.String("environment", string(c.endpoint.Environment)),
		slog.String("host", c.endpoint.Host), slog.String("version", c.endpoint.Version))
}

var keyGrammar = regexp.MustCompile(`^[A-Za-z0-9_./#-]{1,200}$`)

// printable replaces what is not the key of a taxonomy element: a submission that
// was kept in a file may hold anything.
func printable(keys []string) []string {
	out := make([]string, len(keys))
	for i, k := range keys {
		out[i] = "(unprintable name)"
		if keyGrammar.MatchString(k) {
			out[i] = k
		}
	}
	return out
}

package bridge

import (
	_ "embed"
	"net/http"
)

//go:embed openapi.json
var openapi []byte

// description serves the description of the HTTP interface.
func description(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(openapi)
}

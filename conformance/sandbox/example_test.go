package sandbox_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"

	"github.com/gpsafety/lfpse-go/conformance/sandbox"
)

// A client under test talks to a sandbox on a free port; the ledger tells what
// really happened.
func ExampleStart() {
	ctx := context.Background()
	taxonomy, err := os.ReadFile("testdata/taxonomy.json") // leave out for the embedded v6
	if err != nil {
		fmt.Println(err)
		return
	}
	server, err := sandbox.Start(ctx, "127.0.0.1:0", sandbox.WithTaxonomy(taxonomy))
	if err != nil {
		fmt.Println(err)
		return
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost,
		server.URL()+sandbox.BasePath+"/AdverseEvent", strings.NewReader(`{"resourceType":"AdverseEvent","event":{`))
	if err != nil {
		fmt.Println(err)
		return
	}
	r.Header.Set(sandbox.KeyHeader, sandbox.DefaultKey)
	r.Header.Set("Content-Type", "application/json")
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		fmt.Println(err)
		return
	}
	_ = res.Body.Close()
	http.DefaultClient.CloseIdleConnections()

	if err := server.Close(ctx); err != nil {
		fmt.Println(err)
		return
	}
	for _, e := range server.Sandbox().Entries() {
		fmt.Println(e.Seq, e.Method, e.Status, e.Outcome, e.Bytes, e.Issues)
	}
	// Output: 1 POST 400 refused 40 [SBX-JSON-SYNTAX]
}

// A plan spoils single exchanges. Here the first record is stored although its
// client is told otherwise: only the ledger knows.
func ExampleWithFault() {
	taxonomy, err := os.ReadFile("testdata/taxonomy.json") // leave out for the embedded v6
	if err != nil {
		fmt.Println(err)
		return
	}
	sb, err := sandbox.New(sandbox.WithTaxonomy(taxonomy), sandbox.WithFault(sandbox.Sequence(
		sandbox.Fault{Name: "bad gateway", Stage: sandbox.AfterProcessing, Status: http.StatusBadGateway},
		sandbox.Fault{Name: "overload", Stage: sandbox.BeforeProcessing, Status: http.StatusTooManyRequests,
			Header: http.Header{"Retry-After": {"2"}}},
	)))
	if err != nil {
		fmt.Println(err)
		return
	}
	body, err := json.Marshal(incident())
	if err != nil {
		fmt.Println(err)
		return
	}
	for range 3 {
		r := httptest.NewRequest(http.MethodPost, sandbox.BasePath+"/AdverseEvent", bytes.NewReader(body))
		r.Header.Set(sandbox.KeyHeader, sandbox.DefaultKey)
		r.Header.Set("Content-Type", "application/json")
		w := httptest.NewRecorder()
		sb.ServeHTTP(w, r)
		fmt.Println(w.Code)
	}
	for _, e := range sb.Entries() {
		fmt.Printf("%s %q %q\n", e.Outcome, e.ID, e.Fault)
	}
	// Output:
	// 502
	// 429
	// 201
	// created "sbx-000001" "bad gateway"
	// ignored "" "overload"
	// created "sbx-000002" ""
}

// Command embed shows how software of a GP supplier reports a patient safety event
// from its own code, the whole way: the incident and the patient's record in, the open
// questions answered by a person, the report sent, an attempt without an answer
// settled, the report amended and in the end withdrawn.
//
//	go run ./examples/embed
//
// starts a sandbox in the same process and sends there; it loses the answer to the
// first report, as networks do. With -sandbox URL it sends to one that runs already,
// such as that of "lfpse sandbox".
package main

import (
	"context"
	_ "embed"
	"errors"
	"flag"
	"fmt"
	"net/http"
	"os"

	"github.com/gpsafety/lfpse-go/conformance/sandbox"
)

func main() {
	url := flag.String("sandbox", "", "URL of a sandbox on this computer; the default is to start one")
	flag.Parse()
	if err := run(context.Background(), *url); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// run reports one incident to the sandbox at url, or to its own if that is empty.
func run(ctx context.Context, url string) error {
	if url != "" {
		return tell(ctx, url, nil)
	}
	server, err := sandbox.Start(ctx, "127.0.0.1:0", sandbox.WithFault(loseFirstAnswer))
	if err != nil {
		return err
	}
	return errors.Join(tell(ctx, server.URL(), ledger(server)), server.Close(ctx))
}

// loseFirstAnswer records the first report and then cuts the connection.
func loseFirstAnswer(_ *http.Request, n int) sandbox.Fault {
	if n == 1 {
		return sandbox.Fault{Name: "lost", Cut: sandbox.ResetBefore}
	}
	return sandbox.Fault{}
}

// ledger looks a report up by the digest of its body. The real service is not known to
// offer such a way: there, somebody asks its helpdesk, and the answer is put in here.
func ledger(server *sandbox.Server) lookup {
	return func(digest [32]byte) (id string, recorded bool) {
		for _, e := range server.Sandbox().Entries() {
			if e.Outcome == sandbox.Created && e.SHA256 == fmt.Sprintf("%x", digest) {
				return e.ID, true
			}
		}
		return "", false
	}
}

// tell reports the incident, and tells what becomes of it.
func tell(ctx context.Context, url string, find lookup) error {
	r, err := newReporter(url, find)
	if err != nil {
		return err
	}
	d, err := r.newDraft(incident(), recordJSON)
	if err != nil {
		return err
	}
	r.builder.Prepare(&d)
	fmt.Printf("%s: %s\n", d.Reference, d.State)
	body, err := r.ask(&d, answers)
	if err != nil {
		return err
	}
	if err := r.submit(ctx, &d, body); err != nil {
		return err
	}
	fmt.Printf("%s: %s as %s\n", d.Reference, d.State, d.Event.ID)
	if err := r.amend(ctx, &d, "outcome.immediateActions", "The prescription was changed to once a week and the patient was told."); err != nil {
		return err
	}
	fmt.Printf("%s: %s, amended\n", d.Reference, d.State)
	if err := r.withdraw(ctx, &d); err != nil {
		return err
	}
	fmt.Printf("%s: %s\n", d.Reference, d.State)
	return nil
}

//go:embed record.json
var recordJSON []byte

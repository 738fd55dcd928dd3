package form_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"

	"github.com/gpsafety/lfpse-go/lfpse/bridge/form"
	"github.com/gpsafety/lfpse-go/lfpse/bridge/page"
	"github.com/gpsafety/lfpse-go/lfpse/interview"
	"github.com/gpsafety/lfpse-go/lfpse/outbox"
	"github.com/gpsafety/lfpse-go/lfpse/outbox/outboxtest"
	"github.com/gpsafety/lfpse-go/lfpse/outbox/sqlite"
)

// A form for one practice, on a page of its own.
func Example() {
	folder, err := os.MkdirTemp("", "form-")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(folder)
	ctx := context.Background()
	store, err := sqlite.Open(ctx, filepath.Join(folder, "outbox.db"))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer store.Close()
	key, err := outbox.CreateKey(filepath.Join(folder, "outbox.key"))
	if err != nil {
		fmt.Println(err)
		return
	}
	box, err := outbox.Open(ctx, store, key, "test")
	if err != nil {
		fmt.Println(err)
		return
	}
	builder := outboxtest.Builder() // of submission.NewBuilder
	guide, err := interview.New(builder.Codec(), nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	f, err := form.New(form.Config{Practices: []form.Practice{{ODS: "A99999", Name: "Invented Lane Surgery"}}, Guide: guide})
	if err != nil {
		fmt.Println(err)
		return
	}
	p, err := page.New(page.Config{Outbox: box, Builder: builder, Users: nil, Parts: []page.Part{f.Part()}, Alone: true})
	if err != nil {
		fmt.Println(err)
		return
	}

	r := httptest.NewRequest(http.MethodGet, "http://localhost/form", nil)
	w := httptest.NewRecorder()
	p.ServeHTTP(w, r) // http.ListenAndServe("127.0.0.1:8688", p) serves it
	fmt.Println(w.Code, w.Header().Get("Location"))
	// Output:
	// 303 /sign-in?to=/form
}

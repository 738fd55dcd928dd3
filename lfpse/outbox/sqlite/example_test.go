package sqlite_test

import (
	"context"
	"fmt"
	"log"
	"os"
	"path/filepath"

	"github.com/gpsafety/lfpse-go/lfpse/outbox"
	"github.com/gpsafety/lfpse-go/lfpse/outbox/sqlite"
)

// An outbox in a file, with its key in another. Without Sending a program only looks into it.
func Example() {
	ctx := context.Background()
	folder, err := os.MkdirTemp("", "outbox")
	check(err)
	defer os.RemoveAll(folder)
	name := filepath.Join(folder, "outbox.db")
	store, err := sqlite.Open(ctx, name, sqlite.Sending(nil))
	check(err)
	key, err := outbox.OpenKey(name + ".key") // makes the key at the first start: keep a copy elsewhere
	check(err)
	box, err := outbox.Open(ctx, store, key, "LFPSE test")
	check(err)
	fmt.Println(box.Endpoint())
	check(store.Close())
	fmt.Println(sqlite.Check(name))
	// Output:
	// LFPSE test
	// <nil>
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

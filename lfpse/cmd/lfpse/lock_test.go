package main

import (
	"context"
	"os"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/lockedfile"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// messages passes on what a command writes.
type messages chan string

func (m messages) Write(p []byte) (int, error) {
	m <- string(p)
	return len(p), nil
}

// A command that waits for the receipts of another says so, and the first interrupt ends
// it with nothing sent.
func TestWaitingForReceiptsIsSaidAndEnds(t *testing.T) {
	p := newPractice(t)
	p.write("log.csv", "Ref,Date,What\nR1,2026-01-05,The team noticed it in time and said so.\n")
	held, err := lockedfile.OpenFile(p.path("receipts.jsonl"), os.O_RDWR|os.O_CREATE, 0o600)
	require.NoError(t, err)
	ctx, interrupt := context.WithCancel(t.Context())
	said := make(messages, 10)
	code := make(chan int, 1)
	go func() {
		args := []string{"submit", p.path("log.csv"), "--map", p.path("map.yaml"), "--to", p.server.URL(), "--receipts", p.path("receipts.jsonl")}
		code <- run(ctx, args, &console{strings.NewReader(""), said, said})
	}()
	assert.Contains(t, <-said, "receipts.jsonl is in use by another command")
	interrupt()
	assert.Equal(t, exitDelivery, <-code)
	assert.Contains(t, <-said, "nothing was sent")
	assert.Empty(t, p.server.Sandbox().Entries())
	require.NoError(t, held.Close())
	assert.Empty(t, p.read("receipts.jsonl"))
}

// When the other command has done, the one that waited goes on.
func TestWaitingForReceiptsGoesOn(t *testing.T) {
	p := newPractice(t)
	held, err := lockedfile.OpenFile(p.path("receipts.jsonl"), os.O_RDWR|os.O_CREATE, 0o600)
	require.NoError(t, err)
	said := make(messages, 10)
	done := make(chan error, 1)
	go func() {
		r, err := openReceipts(t.Context(), said, p.path("receipts.jsonl"), "http://127.0.0.1:1")
		if err == nil {
			err = r.close()
		}
		done <- err
	}()
	<-said
	require.NoError(t, held.Close())
	require.NoError(t, <-done)
}

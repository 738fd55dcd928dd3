package main

// diskOp is what a store does to one of its files.
type diskOp struct {
	Kind diskKind
	File string
	At   int64 // offset of a write, size of a truncation
	Data []byte
}

type diskKind string

const (
	opWrite    diskKind = "write"
	opTruncate diskKind = "truncate"
	opSync     diskKind = "sync"
	opDelete   diskKind = "delete"
)

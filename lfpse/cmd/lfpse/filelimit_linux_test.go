package main

import (
	"os/signal"
	"syscall"
)

// limitFiles lets no file of this process grow over a size, as a disk that is full does.
func limitFiles(bytes uint64) bool {
	signal.Ignore(syscall.SIGXFSZ)
	return syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: bytes, Max: bytes}) == nil
}

//go:build unix && !linux

package main

import (
	"runtime"
	"syscall"
)

// peakResident returns the largest resident memory of this process so far, in
// bytes. Darwin counts in bytes, the others in KiB.
func peakResident() uint64 {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	if runtime.GOOS == "darwin" {
		return uint64(u.Maxrss)
	}
	return uint64(u.Maxrss) << 10
}

// resident is not to be had from getrusage.
func resident() uint64 { return 0 }

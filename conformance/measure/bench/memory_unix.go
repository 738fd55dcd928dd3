//go:build unix && !linux

package main

import "syscall"

// peakResident returns the largest resident memory of this process so far, in bytes.
func peakResident() uint64 {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return maxResident(&u)
}

// resident is not to be had from getrusage.
func resident() uint64 { return 0 }

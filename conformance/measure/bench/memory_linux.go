package main

import (
	"bytes"
	"os"
	"strconv"
)

// peakResident returns the largest resident memory of this process so far, in
// bytes.
func peakResident() uint64 { return status("VmHWM:") }

// resident returns the resident memory of this process, in bytes.
func resident() uint64 { return status("VmRSS:") }

// status reads one line of /proc/self/status, which counts in KiB; 0 where there
// is none.
func status(name string) uint64 {
	data, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	for line := range bytes.Lines(data) {
		if f := bytes.Fields(line); len(f) > 1 && string(f[0]) == name {
			kib, _ := strconv.ParseUint(string(f[1]), 10, 64)
			return kib << 10
		}
	}
	return 0
}

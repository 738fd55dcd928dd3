//go:build !unix

package main

// peakResident is not measured on this system.
func peakResident() uint64 { return 0 }

// resident is not measured on this system.
func resident() uint64 { return 0 }

//go:build !unix

package main

import (
	"os"
	"time"
)

// peakResident is not measured on this system.
func peakResident() uint64 { return 0 }

// resident is not measured on this system.
func resident() uint64 { return 0 }

// peakOf is not measured on this system.
func peakOf(*os.ProcessState) uint64 { return 0 }

// processorTime is not measured on this system.
func processorTime() time.Duration { return 0 }

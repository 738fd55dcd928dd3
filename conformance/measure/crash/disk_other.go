//go:build !unix

package main

// watchDisk does nothing on this system.
func watchDisk(func(diskOp) int32) {}

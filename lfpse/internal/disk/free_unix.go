//go:build linux || darwin

// Package disk tells how much room a disk has.
package disk

import "syscall"

// Free is how many bytes this process may still write to the disk of a folder. It is not
// known of a folder that is not there, and not on every system.
func Free(folder string) (bytes uint64, known bool) {
	var s syscall.Statfs_t
	if syscall.Statfs(folder, &s) != nil {
		return 0, false
	}
	return s.Bavail * uint64(s.Bsize), true
}

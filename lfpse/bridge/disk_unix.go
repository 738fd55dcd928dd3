//go:build linux || darwin

package bridge

import "syscall"

// freeDisk returns how many bytes this process may still write below a folder.
func freeDisk(folder string) (free uint64, known bool) {
	var s syscall.Statfs_t
	if syscall.Statfs(folder, &s) != nil {
		return 0, false
	}
	return s.Bavail * uint64(s.Bsize), true
}

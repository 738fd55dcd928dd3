package rest

import "net"

// Loopback reports whether a host can only be this computer.
func Loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

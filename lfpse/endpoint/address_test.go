package endpoint

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestCheckAddress(t *testing.T) {
	const (
		never = iota
		sandboxOnly
		privateOnly
		always
	)
	for address, want := range map[string]int{
		"127.0.0.1:443": sandboxOnly, "127.8.0.1:443": sandboxOnly, "[::1]:443": sandboxOnly, "[::ffff:127.0.0.1]:443": sandboxOnly,
		"10.1.2.3:443": privateOnly, "172.16.0.1:443": privateOnly, "192.168.1.1:443": privateOnly, "100.64.0.1:443": privateOnly,
		"[fd00::1]:443": privateOnly, "[::ffff:10.0.0.1]:443": privateOnly,
		"169.254.169.254:443": never, "[fe80::1%eth0]:443": never, "0.0.0.0:443": never, "[::]:443": never, "224.0.0.1:443": never,
		"255.255.255.255:443": never, "nonsense": never,
		"51.140.1.1:443": always, "[2603:1020::1]:443": always,
	} {
		assert.Equal(t, want == sandboxOnly, checkAddress(address, Sandbox, false) == nil, "sandbox %s", address)
		assert.Equal(t, want == sandboxOnly || want == privateOnly, checkAddress(address, Sandbox, true) == nil, "sandbox on a private network %s", address)
		for _, env := range []Environment{Test, Production} {
			assert.Equal(t, want == always, checkAddress(address, env, false) == nil, "%s %s", env, address)
			assert.Equal(t, want >= privateOnly, checkAddress(address, env, true) == nil, "%s %s, private network", env, address)
		}
	}
}

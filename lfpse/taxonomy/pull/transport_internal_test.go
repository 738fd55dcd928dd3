package pull

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

// A name may lead to anywhere: the address is looked at after the look-up.
func TestCheckAddress(t *testing.T) {
	for _, c := range []struct {
		address  string
		loopback bool
		ok       bool
	}{
		{"93.184.216.34:443", false, true},
		{"[2606:2800:220:1::1]:443", false, true},
		{"10.1.2.3:443", false, true}, // a private link
		{"127.0.0.1:443", false, false},
		{"[::ffff:127.0.0.1]:443", false, false},
		{"[::1]:443", false, false},
		{"169.254.169.254:443", false, false},
		{"0.0.0.0:443", false, false},
		{"127.0.0.1:8787", true, true},
		{"[::1]:8787", true, true},
		{"93.184.216.34:443", true, false},
		{"nonsense", true, false},
	} {
		assert.Equal(t, c.ok, checkAddress(c.address, c.loopback) == nil, "%s %t", c.address, c.loopback)
	}
}

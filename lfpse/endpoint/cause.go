package endpoint

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"syscall"
)

// Cause picks from the chain of an error of the transport what may be shown, nil for
// nothing. Everything else is dropped: net/http quotes answers it cannot parse, and
// resty quotes the url.
func Cause(err error) error {
	for _, sentinel := range []error{context.Canceled, context.DeadlineExceeded, io.ErrUnexpectedEOF, ErrAddress, ErrNotSandbox, ErrForeign, ErrReadOnly} {
		if errors.Is(err, sentinel) {
			return sentinel
		}
	}
	var (
		token        *TokenError
		dns          *net.DNSError
		errno        syscall.Errno
		authority    x509.UnknownAuthorityError
		hostname     x509.HostnameError
		invalid      x509.CertificateInvalidError
		verification *tls.CertificateVerificationError
	)
	switch {
	case errors.As(err, &token):
		return token
	case errors.As(err, &dns):
		return dns
	case errors.As(err, &authority):
		return authority
	case errors.As(err, &hostname):
		return hostname
	case errors.As(err, &invalid):
		return invalid
	case errors.As(err, &verification):
		return verification
	case errors.As(err, &errno):
		return errno
	}
	return nil
}

package client_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/lfpse/client"
	"github.com/gpsafety/lfpse-go/lfpse/endpoint"
)

// authority signs certificates for the tests of one test.
type authority struct {
	t    *testing.T
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
	file string // PEM
}

func newAuthority(t *testing.T) *authority {
	t.Helper()
	a := &authority{t: t}
	a.cert, a.key = a.sign(&x509.Certificate{IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign, Subject: pkix.Name{CommonName: "test authority"}})
	a.file = writePEM(t, "CERTIFICATE", a.cert.Raw)
	return a
}

func (a *authority) sign(template *x509.Certificate) (*x509.Certificate, *ecdsa.PrivateKey) {
	a.t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(a.t, err)
	template.SerialNumber = big.NewInt(time.Now().UnixNano())
	if template.NotAfter.IsZero() {
		template.NotAfter = time.Now().Add(time.Hour)
	}
	template.NotBefore = template.NotAfter.Add(-2 * time.Hour)
	parent, signer := template, key
	if a.cert != nil {
		parent, signer = a.cert, a.key
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, key.Public(), signer)
	require.NoError(a.t, err)
	cert, err := x509.ParseCertificate(der)
	require.NoError(a.t, err)
	return cert, key
}

func (a *authority) server(change func(*x509.Certificate)) tls.Certificate {
	template := &x509.Certificate{IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}}
	if change != nil {
		change(template)
	}
	cert, key := a.sign(template)
	return tls.Certificate{Certificate: [][]byte{cert.Raw}, PrivateKey: key}
}

func writePEM(t *testing.T, kind string, der []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), strings.ReplaceAll(strings.ToLower(kind), " ", "-")+".pem")
	require.NoError(t, os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600))
	return path
}

func serveTLS(t *testing.T, config *tls.Config) *service {
	t.Helper()
	s := &service{}
	s.Server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.requests.Add(1)
		_, _ = io.Copy(io.Discard, r.Body)
		assert.Equal(t, 1, r.ProtoMajor)
		answering(201, nil, `{"id":"a1"}`)(w, r)
	}))
	s.TLS = config
	s.EnableHTTP2 = true // offered, and not taken
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	s.StartTLS()
	t.Cleanup(s.Close)
	return s
}

// TestTLS holds what is taken; the fault grid has what is not.
func TestTLS(t *testing.T) {
	ca := newAuthority(t)
	good := ca.server(nil)
	for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
		s := serveTLS(t, &tls.Config{Certificates: []tls.Certificate{good}, MaxVersion: version})
		_, e := submit(t, sandbox(t, s.URL, trusting(ca.file)))
		require.Nil(t, e)
		assert.EqualValues(t, 1, s.requests.Load())

		_, e = submit(t, sandbox(t, s.URL))
		requireReason(t, e, client.NotSent, client.TLSFailed)
		assert.EqualValues(t, 1, s.requests.Load(), "an authority must be named to be trusted")
	}
}

func TestClientCertificate(t *testing.T) {
	ca := newAuthority(t)
	pool := x509.NewCertPool()
	pool.AddCert(ca.cert)
	cert, key := ca.sign(&x509.Certificate{ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}})
	der, err := x509.MarshalPKCS8PrivateKey(key)
	require.NoError(t, err)
	certFile, keyFile := writePEM(t, "CERTIFICATE", cert.Raw), writePEM(t, "PRIVATE KEY", der)

	s := serveTLS(t, &tls.Config{Certificates: []tls.Certificate{ca.server(nil)}, ClientAuth: tls.RequireAndVerifyClientCert, ClientCAs: pool})
	_, e := submit(t, sandbox(t, s.URL, trusting(ca.file), presenting(certFile, keyFile)))
	require.Nil(t, e)

	require.NoError(t, os.Chmod(keyFile, 0o644))
	_, err = tryClient(endpoint.ForSandbox(s.URL, embedded(t)), presenting(certFile, keyFile))
	require.ErrorContains(t, err, "chmod 600")
}

// TestAddressOfTheService resolves a real endpoint to loopback, as a forged name
// look-up would.
func TestAddressOfTheService(t *testing.T) {
	s := serveTLS(t, nil)
	ep := endpoint.ForSandbox(strings.Replace(s.URL, "127.0.0.1", "localhost", 1), embedded(t))
	ep.Environment = endpoint.Test
	_, e := submit(t, newClient(t, ep, withKey(t), privateNetwork))
	requireReason(t, e, client.NotSent, client.AddressForbidden)

	ep.Host = "https://does-not-exist.invalid"
	_, e = submit(t, newClient(t, ep, withKey(t)))
	requireReason(t, e, client.NotSent, client.NameNotResolved)
	assert.NotContains(t, e.Error(), "invalid")
	assert.Zero(t, s.requests.Load())
}

func TestProxy(t *testing.T) {
	ca := newAuthority(t)
	s := serveTLS(t, &tls.Config{Certificates: []tls.Certificate{ca.server(func(c *x509.Certificate) { c.DNSNames = []string{"lfpse.example"} })}})
	ep := endpoint.ForSandbox("https://lfpse.example", embedded(t))
	ep.Environment = endpoint.Test

	tunnel := wire(t, func(c *conn) {
		r, err := http.ReadRequest(c.r)
		if err != nil || r.Method != http.MethodConnect || r.Host != "lfpse.example:443" {
			return
		}
		backend, err := net.Dial("tcp", s.Listener.Addr().String())
		if err != nil {
			return
		}
		defer func() { _ = backend.Close() }()
		c.write("HTTP/1.1 200 OK\r\n\r\n")
		done := make(chan struct{})
		go func() { defer close(done); _, _ = io.Copy(backend, c.r); _ = backend.(*net.TCPConn).CloseWrite() }()
		_, _ = io.Copy(c.Conn, backend)
		_ = c.Close()
		<-done
	})
	_, e := submit(t, newClient(t, ep, withKey(t), through(tunnel.url()), trusting(ca.file)))
	require.Nil(t, e)
	assert.EqualValues(t, 1, s.requests.Load())

	refusing := wire(t, func(c *conn) {
		_, _ = http.ReadRequest(c.r)
		c.write("HTTP/1.1 407 " + canary + "\r\n\r\n")
	})
	_, e = submit(t, newClient(t, ep, withKey(t), through(refusing.url())))
	requireReason(t, e, client.NotSent, client.NotConnected)
	require.NoError(t, e.Unwrap(), "the proxy's words stay out of the chain")
}

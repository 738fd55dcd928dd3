package bridge_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// authority makes certificates for a test.
type authority struct {
	t    *testing.T
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

func newAuthority(t *testing.T) *authority {
	a := &authority{t: t}
	der, key := a.sign(&x509.Certificate{Subject: pkix.Name{CommonName: "authority"}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign})
	cert, err := x509.ParseCertificate(der)
	require.NoError(t, err)
	a.cert, a.key = cert, key
	return a
}

func (a *authority) sign(c *x509.Certificate) ([]byte, *ecdsa.PrivateKey) {
	a.t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(a.t, err)
	c.SerialNumber, c.NotBefore, c.NotAfter = big.NewInt(time.Now().UnixNano()), time.Now().Add(-time.Hour), time.Now().Add(time.Hour)
	parent, signer := a.cert, a.key
	if parent == nil {
		parent, signer = c, key
	}
	der, err := x509.CreateCertificate(rand.Reader, c, parent, &key.PublicKey, signer)
	require.NoError(a.t, err)
	return der, key
}

// pair returns a certificate and its key in PEM form.
func (a *authority) pair(name string, usage x509.ExtKeyUsage) (cert, key string) {
	der, k := a.sign(&x509.Certificate{
		Subject: pkix.Name{CommonName: name}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, ExtKeyUsage: []x509.ExtKeyUsage{usage},
	})
	text, err := x509.MarshalPKCS8PrivateKey(k)
	require.NoError(a.t, err)
	return inPEM("CERTIFICATE", der), inPEM("PRIVATE KEY", text)
}

func inPEM(kind string, der []byte) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}))
}

// A caller may be known by a certificate instead of a token.
func TestClientCertificates(t *testing.T) {
	t.Parallel()
	p, a := newPlace(t), newAuthority(t)
	cert, key := a.pair("bridge", x509.ExtKeyUsageServerAuth)
	p.write("server.pem", cert)
	p.write("server.key", key)
	p.write("ca.pem", inPEM("CERTIFICATE", a.cert.Raw))
	text := readFile(t, p.dir+"/bridge.yaml")
	p.write("bridge.yaml", replaceAll(text,
		"address: 127.0.0.1:0", "address: 127.0.0.1:0\n  tls: {certificate: server.pem, key: {file: server.key}, clients: ca.pem}",
		"token: {file: token}", "certificate: dispensary.supplier.example"))
	b := p.start()
	roots := x509.NewCertPool()
	roots.AddCert(a.cert)
	call := func(name string) int {
		c := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}, DisableKeepAlives: true, ForceAttemptHTTP2: true}}
		if name != "" {
			cert, key := a.pair(name, x509.ExtKeyUsageClientAuth)
			pair, err := tls.X509KeyPair([]byte(cert), []byte(key))
			require.NoError(t, err)
			c.Transport.(*http.Transport).TLSClientConfig.Certificates = []tls.Certificate{pair}
		}
		resp, err := c.Get("https://" + b.Addresses()[0] + "/v1/receipts")
		require.NoError(t, err)
		require.NoError(t, resp.Body.Close())
		assert.Equal(t, 2, resp.ProtoMajor)
		return resp.StatusCode
	}
	assert.Equal(t, 200, call("dispensary.supplier.example"))
	assert.Equal(t, 401, call("someone.else.example"))
	assert.Equal(t, 401, call(""))
	_, err := tls.Dial("tcp", b.Addresses()[0], &tls.Config{RootCAs: roots, MaxVersion: tls.VersionTLS11}) //nolint:gosec // on purpose
	assert.Error(t, err)
}

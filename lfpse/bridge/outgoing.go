package bridge

import (
	"crypto/tls"
	"crypto/x509"
	"net"
	"net/http"
	"net/url"
	"os"
	"time"

	"github.com/gpsafety/lfpse-go/lfpse/internal/rest"
)

// outgoing checks where the bridge calls somebody, as a block of the configuration says it
// with its url and authorities, and returns the transport for it.
func outgoing(fs *findings, rule, path, address, authorities string) *http.Transport {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.User != nil || u.Fragment != "" || u.Scheme != "https" && (u.Scheme != "http" || !rest.Loopback(u.Hostname())) {
		fs.add(rule, path+".url", "This is not an https address, or it holds a user or a fragment.", "Write it as https://host/path; http is for this computer only.")
	}
	transport := &http.Transport{
		TLSClientConfig: &tls.Config{MinVersion: tls.VersionTLS12}, TLSHandshakeTimeout: 10 * time.Second,
		DialContext: (&net.Dialer{Timeout: 10 * time.Second}).DialContext, IdleConnTimeout: time.Minute,
	}
	if authorities != "" {
		transport.TLSClientConfig.RootCAs = certificates(fs, rule, path+".authorities", authorities)
	}
	return transport
}

// certificates reads certificate authorities.
func certificates(fs *findings, rule, path, file string) *x509.CertPool {
	pem, err := os.ReadFile(file)
	pool := x509.NewCertPool()
	if err != nil || !pool.AppendCertsFromPEM(pem) {
		fs.add(rule, path, "The file of certificate authorities cannot be read, or holds no certificate in PEM form.", "Name a file in PEM form.")
	}
	return pool
}

package main

import (
	"bufio"
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/gpsafety/lfpse-go/conformance/sandbox"
)

// scriptCommands are commands of the scripts that need a program of their own.
var scriptCommands = map[string]func(ts *testscript.TestScript, neg bool, args []string){
	"keys":    makeKeys,
	"sandbox": startSandbox,
	"lossy":   startLossy,
}

// startLossy starts a sandbox that records what it gets, but whose answer to the nth request
// is lost for each n that is given. It sets URL to its address.
func startLossy(ts *testscript.TestScript, _ bool, lost []string) {
	server, err := sandbox.Start(context.Background(), "127.0.0.1:0", sandbox.WithFault(func(_ *http.Request, n int) sandbox.Fault {
		if slices.Contains(lost, fmt.Sprint(n)) {
			return sandbox.Fault{Name: "lost", Cut: sandbox.ResetBefore}
		}
		return sandbox.Fault{}
	}))
	ts.Check(err)
	ts.Defer(func() { ts.Check(server.Close(context.Background())) })
	ts.Setenv("URL", server.URL())
}

var sandboxURL = regexp.MustCompile(`submission api: (https?://[^/\s]*)`)

// startSandbox runs "lfpse sandbox" with some flags until the script ends or starts
// another one, and sets URL to its address.
func startSandbox(ts *testscript.TestScript, neg bool, args []string) {
	if !slices.Contains(args, "--addr") {
		args = append(args, "--addr", "127.0.0.1:0")
	}
	for i := range args {
		if strings.HasSuffix(args[i], ".pem") || strings.HasSuffix(args[i], ".json") || strings.HasSuffix(args[i], ".jsonl") {
			args[i] = ts.MkAbs(args[i])
		}
	}
	ctx, stop := context.WithCancel(context.Background())
	out, in := io.Pipe()
	done := make(chan int, 1)
	var messages strings.Builder
	go func() {
		done <- run(ctx, append([]string{"sandbox"}, args...), &console{strings.NewReader(""), in, &messages})
		_ = in.Close()
	}()
	url := ""
	lines := bufio.NewScanner(out)
	for lines.Scan() && !strings.HasPrefix(lines.Text(), "Stop it") {
		if m := sandboxURL.FindStringSubmatch(lines.Text()); m != nil {
			url = m[1]
		}
	}
	go func() { _, _ = io.Copy(io.Discard, out) }()
	ts.Defer(func() { stop(); <-done })
	if neg == (url != "") {
		ts.Fatalf("sandbox: %s", messages.String())
	}
	ts.Setenv("URL", url)
}

// makeKeys makes, for this script only, a certificate authority, the certificates of a
// server and a client, and two signing keys with the key set of the first.
func makeKeys(ts *testscript.TestScript, _ bool, _ []string) {
	write := func(name, kind string, der []byte) {
		ts.Check(os.WriteFile(ts.MkAbs(name), pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600))
	}
	sign := func(name string, template, parent *x509.Certificate, signer crypto.Signer) *ecdsa.PrivateKey {
		key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		ts.Check(err)
		template.SerialNumber, template.NotBefore, template.NotAfter = big.NewInt(time.Now().UnixNano()), time.Now().Add(-time.Hour), time.Now().Add(time.Hour)
		if parent == nil {
			parent, signer = template, key
		}
		cert, err := x509.CreateCertificate(rand.Reader, template, parent, key.Public(), signer)
		ts.Check(err)
		der, err := x509.MarshalPKCS8PrivateKey(key)
		ts.Check(err)
		write(name+".pem", "CERTIFICATE", cert)
		write(name+"-key.pem", "PRIVATE KEY", der)
		return key
	}
	authority := &x509.Certificate{IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign, Subject: pkix.Name{CommonName: "authority of a test"}}
	signer := sign("ca", authority, nil, nil)
	sign("server", &x509.Certificate{IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}}, authority, signer)
	sign("client", &x509.Certificate{ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}}, authority, signer)
	for _, name := range []string{"other-signing", "signing"} {
		key, err := rsa.GenerateKey(rand.Reader, 2048)
		ts.Check(err)
		write(name+".pem", "RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(key))
		text := base64.RawURLEncoding.EncodeToString
		set := fmt.Sprintf(`{"keys":[{"kty":"RSA","kid":"kid-1","n":%q,"e":%q}]}`, text(key.N.Bytes()), text(big.NewInt(int64(key.E)).Bytes()))
		ts.Check(os.WriteFile(ts.MkAbs("jwks.json"), []byte(set), 0o600))
	}
}

// privateAddress is an address of this computer on a private network, empty if it has
// none.
func privateAddress() string {
	addresses, _ := net.InterfaceAddrs()
	for _, a := range addresses {
		if ip, ok := a.(*net.IPNet); ok && ip.IP.IsPrivate() {
			return net.JoinHostPort(ip.IP.String(), "0")
		}
	}
	return ""
}

package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/gpsafety/lfpse-go/conformance/sandbox"
	"github.com/gpsafety/lfpse-go/lfpse/client"
	"github.com/gpsafety/lfpse-go/lfpse/endpoint"
	"github.com/gpsafety/lfpse-go/lfpse/internal/rest"
	"github.com/gpsafety/lfpse-go/lfpse/taxonomy"
)

// endpointFlags say how a service is reached. A flag overrides the endpoint file.
type endpointFlags struct {
	KeyEnv    string `help:"Environment variable that holds the subscription key." placeholder:"NAME" xor:"key" group:"Endpoint"`
	KeyFile   string `help:"File that holds the subscription key and that other users cannot read." placeholder:"FILE" xor:"key" group:"Endpoint"`
	KeyHeader string `help:"Header that carries the subscription key. Default: Ocp-Apim-Subscription-Key, which is not confirmed." placeholder:"NAME" group:"Endpoint"`

	BasePath     string `help:"Path of the submission API. Default: /adverse-event/fhir, which is not confirmed." placeholder:"PATH" group:"Endpoint"`
	TaxonomyPath string `help:"Path of the taxonomy API. Default: /taxonomy/fhir, which is not confirmed." placeholder:"PATH" group:"Endpoint"`

	TokenURL       string `help:"Address of the OAuth 2 token endpoint, for services that require access tokens." name:"token-url" placeholder:"URL" group:"Endpoint"`
	ClientIDEnv    string `help:"Environment variable that holds the client id." name:"client-id-env" placeholder:"NAME" xor:"client-id" group:"Endpoint"`
	ClientIDFile   string `help:"File that holds the client id and that other users cannot read." name:"client-id-file" placeholder:"FILE" xor:"client-id" group:"Endpoint"`
	SigningKeyEnv  string `help:"Environment variable that holds the RSA key, in PEM form, that signs requests for tokens." placeholder:"NAME" xor:"signing-key" group:"Endpoint"`
	SigningKeyFile string `help:"File that holds that key and that other users cannot read." placeholder:"FILE" xor:"signing-key" group:"Endpoint"`
	SigningKeyID   string `help:"Id of that key at the service (kid)." name:"signing-key-id" placeholder:"ID" group:"Endpoint"`
	TokenAudience  string `help:"Audience of the request for a token. Default: the token url." placeholder:"TEXT" group:"Endpoint"`
	TokenScope     string `help:"Scope to request. Default: none." placeholder:"TEXT" group:"Endpoint"`

	CA             string        `help:"Certificate authorities to trust instead of those of the operating system, PEM." name:"ca" placeholder:"FILE" group:"Endpoint"`
	ClientCert     string        `help:"Client certificate, PEM." placeholder:"FILE" group:"Endpoint"`
	ClientKey      string        `help:"Key of the client certificate, PEM, in a file that other users cannot read." placeholder:"FILE" group:"Endpoint"`
	Proxy          string        `help:"HTTP proxy, such as http://proxy.example:3128. Those of the environment are ignored." placeholder:"URL" group:"Endpoint"`
	ProxyUserEnv   string        `help:"Environment variable that holds user:password for the proxy." placeholder:"NAME" xor:"proxy-user" group:"Endpoint"`
	ProxyUserFile  string        `help:"File that holds user:password for the proxy and that other users cannot read." placeholder:"FILE" xor:"proxy-user" group:"Endpoint"`
	PrivateNetwork bool          `help:"Allow a private address of the service, or a sandbox on another computer that was itself started with --private-network." group:"Endpoint"`
	Timeout        time.Duration `help:"How long one request may take. Default: 40s." placeholder:"DURATION" group:"Endpoint"`
	ConnectTimeout time.Duration `help:"How long the connection may take. Default: 10s." placeholder:"DURATION" group:"Endpoint"`
}

// config is the configuration of a target, an address or an endpoint file, with the
// flags applied.
func (f *endpointFlags) config(target string, byAddress func(host string) endpoint.Config) (endpoint.Config, error) {
	c := endpoint.Config{}
	if isURL(target) {
		c = byAddress(target)
	} else {
		var err error
		if c, err = endpoint.Load(target); err != nil {
			return c, fmt.Errorf("%q is neither a url nor an endpoint file that can be read: %w", target, err)
		}
	}
	f.apply(&c)
	return c, nil
}

func isURL(s string) bool { return strings.HasPrefix(s, "http://") || strings.HasPrefix(s, "https://") }

func (f *endpointFlags) apply(c *endpoint.Config) {
	for _, s := range []struct {
		into *string
		flag string
	}{
		{&c.Key.Header, f.KeyHeader}, {&c.BasePath, f.BasePath}, {&c.TaxonomyPath, f.TaxonomyPath},
		{&c.OAuth.TokenURL, f.TokenURL}, {&c.OAuth.KeyID, f.SigningKeyID}, {&c.OAuth.Audience, f.TokenAudience}, {&c.OAuth.Scope, f.TokenScope},
		{&c.TLS.Authorities, f.CA}, {&c.TLS.Certificate, f.ClientCert}, {&c.Proxy.URL, f.Proxy},
	} {
		if s.flag != "" {
			*s.into = s.flag
		}
	}
	for _, s := range []struct {
		into *endpoint.Secret
		flag endpoint.Secret
	}{
		{&c.Key.Secret, endpoint.Secret{Env: f.KeyEnv, File: f.KeyFile}},
		{&c.OAuth.ClientID, endpoint.Secret{Env: f.ClientIDEnv, File: f.ClientIDFile}},
		{&c.OAuth.SigningKey, endpoint.Secret{Env: f.SigningKeyEnv, File: f.SigningKeyFile}},
		{&c.TLS.CertificateKey, endpoint.FromFile(f.ClientKey)},
		{&c.Proxy.Credentials, endpoint.Secret{Env: f.ProxyUserEnv, File: f.ProxyUserFile}},
	} {
		if !s.flag.IsZero() {
			*s.into = s.flag
		}
	}
	c.PrivateNetwork = c.PrivateNetwork || f.PrivateNetwork
	if f.Timeout != 0 {
		c.Timeout = f.Timeout
	}
	if f.ConnectTimeout != 0 {
		c.ConnectTimeout = f.ConnectTimeout
	}
}

// reading returns the endpoint of a service whose taxonomy is read. An address that is
// not on this computer counts as production, the strictest environment.
func (f *endpointFlags) reading(target string) (*endpoint.Endpoint, error) {
	c, err := f.config(target, func(host string) endpoint.Config {
		c := endpoint.Config{Environment: endpoint.Production, Host: host}
		if f.PrivateNetwork || onThisComputer(host) {
			c.Environment = endpoint.Sandbox
		}
		return c
	})
	if err != nil {
		return nil, err
	}
	ep, err := endpoint.New(c)
	if err != nil {
		return nil, fmt.Errorf("--from %s: %w\n%s", target, err, flagsHint)
	}
	return ep, nil
}

const flagsHint = "Flags set what an endpoint file leaves out, such as --key-file FILE or --key-env NAME for the key; see --help."

func onThisComputer(host string) bool {
	u, err := url.Parse(host)
	return err == nil && rest.Loopback(u.Hostname())
}

// service is where a command sends to.
type service struct {
	client *client.Client
	server *sandbox.Server // the command's own sandbox, if it has one
}

// service decides where to send, and starts a sandbox if asked to.
func (cmd *submitCmd) service(ctx context.Context, t *taxonomy.Taxonomy) (out *service, err error) {
	out = &service{}
	var ep *endpoint.Endpoint
	if cmd.To == "sandbox" {
		ep, err = cmd.ownSandbox(ctx, out, t)
	} else {
		ep, err = cmd.sending(cmd.To, t)
	}
	if err != nil {
		return nil, errors.Join(err, out.close())
	}
	if ep.Environment() != endpoint.Sandbox && cmd.Outbox == "" {
		return nil, errors.New("an endpoint that is not a sandbox needs --outbox, so that no event is ever recorded twice")
	}
	out.client, err = client.New(ep)
	if err != nil {
		return nil, errors.Join(err, out.close())
	}
	return out, nil
}

// sending returns the endpoint of a service that reports are sent to.
func (f *endpointFlags) sending(to string, t *taxonomy.Taxonomy) (*endpoint.Endpoint, error) {
	c, err := f.config(to, func(host string) endpoint.Config { return endpoint.ForSandbox(host, t) })
	if err != nil {
		return nil, fmt.Errorf("--to: %w", err)
	}
	if c.Environment == endpoint.Sandbox && c.CanonicalBase+c.Version == "" {
		c.CanonicalBase, c.Version = t.CanonicalBase, t.Version // a sandbox takes what it is given
	}
	ep, err := endpoint.New(c)
	switch {
	case err == nil:
		return ep, nil
	case isURL(to):
		return nil, fmt.Errorf("--to: a url must be that of a sandbox; for any other service give an endpoint file, see lfpse submit --help\n%w", err)
	}
	return nil, fmt.Errorf("%s: %w\n%s", to, err, flagsHint)
}

// ownSandbox starts the sandbox of the command.
func (cmd *submitCmd) ownSandbox(ctx context.Context, out *service, t *taxonomy.Taxonomy) (*endpoint.Endpoint, error) {
	flags := cmd.endpointFlags
	flags.Timeout, flags.ConnectTimeout = 0, 0
	if flags != (endpointFlags{}) {
		return nil, errors.New("the flags of an endpoint are for a url or an endpoint file; a sandbox needs no key if the command starts it")
	}
	data, err := t.Append(nil)
	if err != nil {
		return nil, err
	}
	if out.server, err = sandbox.Start(ctx, "127.0.0.1:0", sandbox.WithTaxonomy(data)); err != nil {
		return nil, err
	}
	c := endpoint.ForSandbox(out.server.URL(), t)
	cmd.apply(&c)
	return endpoint.New(c)
}

// close ends the sandbox.
func (t *service) close() error {
	if t.server == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	return t.server.Close(ctx)
}

// describe says where was sent to.
func (t *service) describe(lasts bool) string {
	if t.server != nil {
		text := "a sandbox inside this command; nothing has left this machine and "
		if lasts {
			return text + "its records have ended with it"
		}
		return text + "nothing is kept"
	}
	c := t.client.Endpoint().Config()
	text := fmt.Sprintf("%s (%s), taxonomy version %s", c.Host, c.Environment, c.Version)
	if more := unconfirmed(t.client.Endpoint()); more != "" {
		text += "\n" + more
	}
	return text
}

// unconfirmed says which settings of an endpoint its owner has not confirmed, empty
// for none.
func unconfirmed(ep *endpoint.Endpoint) string {
	list := ep.Config().Unconfirmed()
	if len(list) == 0 {
		return ""
	}
	return "Not confirmed by the owner of the service: " + strings.Join(list, ", ")
}

package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/gpsafety/lfpse-go/conformance/sandbox"
	"github.com/gpsafety/lfpse-go/lfpse/draft"
	"github.com/gpsafety/lfpse-go/lfpse/outbox"
	"github.com/gpsafety/lfpse-go/lfpse/taxonomy"
)

type sandboxCmd struct {
	taxonomyFlags
	Addr            string `help:"Address to listen on, loopback unless --private-network is given." default:"127.0.0.1:8787"`
	Ledger          string `help:"File in which every request is recorded, as JSON lines." placeholder:"FILE"`
	RootDescription bool   `help:"Accept AdverseEvent.description, which FHIR R4 does not have."`
	accessFlags
}

// accessFlags set the paths of a sandbox's APIs and the credentials that it requires.
type accessFlags struct {
	PrivateNetwork bool          `help:"Accept connections from other machines too, such as other containers; clients then need --private-network." group:"Access"`
	BasePath       string        `help:"Path of the submission API, / for the root." default:"/adverse-event/fhir" group:"Access"`
	TaxonomyPath   string        `help:"Path of the taxonomy API, / for the root." default:"/taxonomy/fhir" group:"Access"`
	KeyHeader      string        `help:"Header that carries the key." default:"Ocp-Apim-Subscription-Key" group:"Access"`
	TLSCert        string        `help:"Serve over TLS with this certificate, PEM." name:"tls-cert" placeholder:"FILE" group:"Access"`
	TLSKey         string        `help:"Key of the certificate, PEM." name:"tls-key" placeholder:"FILE" group:"Access"`
	ClientCA       string        `help:"Require a client certificate from these authorities, PEM." name:"client-ca" placeholder:"FILE" group:"Access"`
	TokenKeys      string        `help:"Require OAuth 2 access tokens, which /oauth2/token issues for JWTs that verify (RS512) with these public keys: a JSON Web Key Set, or one key as PEM." placeholder:"FILE" group:"Access"`
	TokenClient    string        `help:"Client id that the JWTs must have." placeholder:"ID" group:"Access"`
	TokenAudience  string        `help:"Audience that they must have. Default: the address of the token endpoint." placeholder:"TEXT" group:"Access"`
	TokenLifetime  time.Duration `help:"How long an access token is valid. Default: 599s." placeholder:"DURATION" group:"Access"`
	KeyOptional    bool          `help:"Let an access token be enough without the key." group:"Access"`
}

func (*sandboxCmd) Help() string {
	return `Examples:
  lfpse sandbox --ledger ledger.jsonl
  lfpse submit incidents.csv --map map.yaml --to http://127.0.0.1:8787
  lfpse sandbox --addr 0.0.0.0:8787 --private-network
  lfpse sandbox --base-path /fhir --token-keys jwks.json --token-client my-client
  lfpse sandbox --tls-cert server.pem --tls-key server-key.pem --client-ca ca.pem

The key is "sandbox", in the header Ocp-Apim-Subscription-Key. It is no secret. The metadata describe what else is wanted.

Started again with the same ledger, it knows its records. Without one it has forgotten them and numbers from 1 again, so start a new outbox with it, too.`
}

// Run serves until the command is interrupted.
func (cmd *sandboxCmd) Run(ctx context.Context, c *console) error {
	t, err := cmd.load()
	if err != nil {
		return err
	}
	opts, err := cmd.options(t)
	if err != nil {
		return err
	}
	opts = append(opts, sandbox.WithLogger(slog.New(slog.NewTextHandler(c.err, &slog.HandlerOptions{Level: slog.LevelWarn}))))
	server, err := sandbox.Start(ctx, cmd.Addr, opts...)
	if errors.Is(err, sandbox.ErrNotLoopback) {
		return errors.New("other computers could reach the sandbox at this address: use --addr 127.0.0.1:8787, or add --private-network to serve them")
	}
	if err != nil {
		return err
	}
	fmt.Fprintf(c.out, "LFPSE sandbox, taxonomy version %s\n  submission api: %s%s\n  taxonomy api:   %s%s\n  key:            %s: %s\n",
		t.Version, server.URL(), strings.TrimSuffix(cmd.BasePath, "/"), server.URL(), strings.TrimSuffix(cmd.TaxonomyPath, "/"), cmd.KeyHeader, sandbox.DefaultKey)
	if cmd.TokenKeys != "" {
		fmt.Fprintf(c.out, "  token url:      %s%s\n", server.URL(), sandbox.TokenPath)
	}
	fmt.Fprintln(c.out, "Stop it with Ctrl-C.")
	<-ctx.Done()
	closing, cancel := context.WithTimeout(context.Background(), 900*time.Millisecond)
	defer cancel()
	err = server.Close(closing)
	fmt.Fprintf(c.out, "%d requests\n", len(server.Sandbox().Entries()))
	return err
}

// remember makes the sandbox of a command know what the outbox holds of earlier ones, so that
// no two reports have the same record.
func remember(ctx context.Context, s *sandbox.Sandbox, box *outbox.Outbox) error {
	const page = 1000
	f := outbox.Filter{Limit: page}
	for {
		found, err := box.List(ctx, f)
		if err != nil {
			return err
		}
		for i := range found {
			f.After = found[i].ID
			if r := &found[i].Record; r.ID != "" {
				e := sandbox.Entry{ID: r.ID, Reference: r.Number, Outcome: sandbox.Created}
				e.Version, _ = strconv.Atoi(r.Version)
				if found[i].State == draft.Withdrawn {
					e.Outcome = sandbox.Deleted
				}
				s.Remember(e)
			}
		}
		if len(found) < page {
			return nil
		}
	}
}

func (cmd *sandboxCmd) options(t *taxonomy.Taxonomy) ([]sandbox.Option, error) {
	data, err := t.Append(nil)
	if err != nil {
		return nil, err
	}
	opts := []sandbox.Option{sandbox.WithTaxonomy(data)}
	for _, version := range taxonomy.Versions() {
		if version == t.Version {
			continue
		}
		other, err := taxonomy.EmbeddedData(version)
		if err != nil {
			return nil, err
		}
		opts = append(opts, sandbox.WithPublishedTaxonomy(other))
	}
	if cmd.Ledger != "" {
		opts = append(opts, sandbox.WithLedgerFile(cmd.Ledger))
	}
	if cmd.RootDescription {
		opts = append(opts, sandbox.WithRootDescription())
	}
	access, err := cmd.accessFlags.options()
	return append(opts, access...), err
}

func (f *accessFlags) options() ([]sandbox.Option, error) {
	opts := []sandbox.Option{sandbox.WithPaths(f.BasePath, f.TaxonomyPath), sandbox.WithKeyHeader(f.KeyHeader)}
	if f.PrivateNetwork {
		opts = append(opts, sandbox.WithPrivateNetwork())
	}
	if f.TLSCert != "" || f.TLSKey != "" {
		opts = append(opts, sandbox.WithCertificate(f.TLSCert, f.TLSKey))
	}
	if f.ClientCA != "" {
		opts = append(opts, sandbox.WithClientAuthorities(f.ClientCA))
	}
	if f.TokenKeys == "" {
		if f.TokenClient != "" || f.TokenAudience != "" || f.TokenLifetime != 0 || f.KeyOptional {
			return nil, errors.New("--token-client, --token-audience, --token-lifetime and --key-optional need --token-keys FILE")
		}
		return opts, nil
	}
	keys, err := os.ReadFile(f.TokenKeys)
	if err != nil {
		return nil, err
	}
	return append(opts, sandbox.WithTokens(sandbox.Tokens{ClientID: f.TokenClient, Keys: keys, Audience: f.TokenAudience, Lifetime: f.TokenLifetime, KeyOptional: f.KeyOptional})), nil
}

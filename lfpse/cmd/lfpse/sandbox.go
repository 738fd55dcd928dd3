package main

import (
	"context"
	"fmt"
	"time"

	"github.com/gpsafety/lfpse-go/conformance/sandbox"
	"github.com/gpsafety/lfpse-go/lfpse/taxonomy"
)

type sandboxCmd struct {
	taxonomyFlags
	Addr            string `help:"Loopback address to listen on." default:"127.0.0.1:8787"`
	Ledger          string `help:"File that every request is noted in, as JSON lines." placeholder:"FILE"`
	RootDescription bool   `help:"Accept AdverseEvent.description, which FHIR R4 does not have."`
}

func (*sandboxCmd) Help() string {
	return `Examples:
  lfpse sandbox --ledger ledger.jsonl
  lfpse submit incidents.csv --map map.yaml --to http://127.0.0.1:8787

The key is "sandbox", in the header Ocp-Apim-Subscription-Key. It is no secret.`
}

// Run serves until the command is interrupted.
func (cmd *sandboxCmd) Run(ctx context.Context, c *console) error {
	t, err := cmd.load()
	if err != nil {
		return err
	}
	data, err := t.Append(nil)
	if err != nil {
		return err
	}
	opts := []sandbox.Option{sandbox.WithTaxonomy(data)}
	for _, version := range taxonomy.Versions() {
		if version == t.Version {
			continue
		}
		other, err := taxonomy.EmbeddedData(version)
		if err != nil {
			return err
		}
		opts = append(opts, sandbox.WithPublishedTaxonomy(other))
	}
	if cmd.Ledger != "" {
		opts = append(opts, sandbox.WithLedgerFile(cmd.Ledger))
	}
	if cmd.RootDescription {
		opts = append(opts, sandbox.AllowRootDescription())
	}
	server, err := sandbox.Start(ctx, cmd.Addr, opts...)
	if err != nil {
		return err
	}
	fmt.Fprintf(c.out, "LFPSE sandbox, taxonomy version %s\n  submission api: %s%s\n  taxonomy api:   %s%s\n  key:            %s: %s\nStop it with Ctrl-C.\n",
		t.Version, server.URL(), sandbox.BasePath, server.URL(), sandbox.TaxonomyPath, sandbox.KeyHeader, sandbox.DefaultKey)
	<-ctx.Done()
	closing, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	err = server.Close(closing)
	fmt.Fprintf(c.out, "%d requests\n", len(server.Sandbox().Entries()))
	return err
}

package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/gpsafety/lfpse-go/conformance/sandbox"
	"github.com/gpsafety/lfpse-go/lfpse/bridge"
	"github.com/gpsafety/lfpse-go/lfpse/endpoint"
)

type formCmd struct {
	Config string `help:"Configuration of a bridge (YAML): its endpoint, outbox, practices and accounts are used. Instead of the flags of group Place." placeholder:"FILE" type:"existingfile"`

	Outbox   string `help:"Outbox in which drafts and reports are kept, encrypted. It is made if it is not there." placeholder:"FILE" group:"Place"`
	Key      string `help:"Key file of the outbox. Default: that of the outbox with .key." placeholder:"FILE" group:"Place"`
	Endpoint string `help:"Where reports are sent: an endpoint file, or sandbox for one inside this command." placeholder:"FILE|sandbox" group:"Place"`
	Practice string `help:"ODS code of the practice." placeholder:"ODS" group:"Place"`
	Profile  string `help:"Profile of the practice: what is the same in every report." placeholder:"FILE" type:"existingfile" group:"Place"`
	Users    string `help:"File of the accounts." placeholder:"FILE" group:"Place"`
	guideFlag

	Address string `help:"Address to listen on, one that only this computer reaches. Default: 127.0.0.1:8688." placeholder:"HOST:PORT"`
	Sandbox bool   `help:"Start a sandbox at the address of the endpoint of the configuration, to try the form."`
	User    string `help:"Make an account, or change one, and end. The password comes on standard input." placeholder:"NAME"`
	accountFlags
}

func (*formCmd) Help() string {
	return `Examples:
  lfpse form --outbox outbox.db --endpoint sandbox --practice A99999 --users users.txt --user rec1
  lfpse form --outbox outbox.db --endpoint sandbox --practice A99999 --users users.txt
  lfpse form --config bridge.yaml

People sign in and record events in a browser on this computer; other computers cannot reach it. What they send is sent on while the command runs. lfpse bridge serves the same form beside everything else, to other computers too: add form: {} to its configuration.`
}

// Run serves the form until the command is interrupted.
func (cmd *formCmd) Run(ctx context.Context, c *console) error {
	config, err := cmd.load()
	switch {
	case err != nil:
		return err
	case config.Page.Users == "" && cmd.Config == "":
		return errors.New("the form is for people who have signed in: add --users FILE")
	case config.Page.Users == "":
		return fmt.Errorf("the form is for people who have signed in: add page: {users: users.txt} to %s", cmd.Config)
	case cmd.User != "":
		return cmd.set(c, config.Page.Users, cmd.User, "A form that is running knows it after its next start.")
	}
	var server *sandbox.Server
	if cmd.Sandbox || cmd.Endpoint == "sandbox" {
		if server, err = (&bridgeCmd{}).startSandbox(ctx, config); err != nil {
			return err
		}
		defer closeSandbox(server)
		config.Endpoint.Host = server.URL()
	}
	b, err := newBridge(ctx, c, config, server, func() (bridge.Config, error) { return config, nil })
	if err != nil {
		return cmd.wrong(err)
	}
	fmt.Fprintf(c.err, "The form is at http://%s/form. Stop it with Ctrl-C.\n", b.Addresses()[0])
	return b.Run(ctx)
}

// formFlags are those that say what the configuration of a bridge says under a path, and what
// to do where that is done by another flag.
var formFlags = []struct{ path, flag, fix string }{
	{"http.address", "--address", "Give one of this computer, such as " + bridge.DefaultFormAddress + "."},
	{"page.users", "--users", "Make an account with the same command and --user NAME."},
	{"practices[0].ods", "--practice", ""},
	{"practices[0].profile", "--profile", ""},
	{"guide", "--guide", ""},
	{"outbox.key", "--key", ""},
	{"outbox.file", "--outbox", ""},
	{"outbox", "--outbox", ""},
	{"endpoint", "--endpoint", ""},
}

// wrong says what is wrong in the words of the flags, as far as there is no configuration.
func (cmd *formCmd) wrong(err error) error {
	var taken *bridge.ListenError
	var findings bridge.Findings
	if errors.As(err, &taken) {
		return fmt.Errorf("%w: give another address of this computer with --address, such as 127.0.0.1:8689", taken)
	} else if !errors.As(err, &findings) {
		return err
	}
	for i := range findings {
		for _, of := range formFlags {
			path, is := strings.CutPrefix(findings[i].Path, of.path)
			if !is || cmd.Config != "" && of.flag != "--address" {
				continue
			}
			findings[i].Path = of.flag
			if path = strings.TrimPrefix(path, "."); path != "" {
				findings[i].Path += ", " + path
			}
			findings[i].Fix = cmp.Or(of.fix, findings[i].Fix)
		}
	}
	return wrongConfig(cmp.Or(cmd.Config, "the form"), findings)
}

// load returns the configuration of a bridge that serves the form alone.
func (cmd *formCmd) load() (bridge.Config, error) {
	if cmd.Config != "" {
		if cmd.Outbox+cmd.Key+cmd.Endpoint+cmd.Practice+cmd.Profile+cmd.Users+cmd.Guide != "" {
			return bridge.Config{}, errors.New("--config says where everything is: leave the flags of group Place and --guide out")
		}
		c, err := bridge.Load(cmd.Config)
		return c.FormAlone(cmd.Address), err
	}
	if cmd.User == "" && (cmd.Outbox == "" || cmd.Endpoint == "" || cmd.Practice == "") {
		return bridge.Config{}, errors.New("say where everything is: --config FILE, or --outbox FILE --endpoint FILE --practice ODS --users FILE")
	}
	c := bridge.Config{Practices: []bridge.Practice{{ODS: cmd.Practice, Profile: cmd.Profile}}}
	c.Outbox = bridge.Outbox{File: cmd.Outbox, Key: cmp.Or(cmd.Key, cmd.Outbox+".key")}
	c.Page.Users, c.Guide = cmd.Users, cmd.Guide
	if cmd.Endpoint == "sandbox" {
		c.Endpoint = endpoint.Config{Environment: endpoint.Sandbox, Host: "http://127.0.0.1:0"} // any port that is free
		return c.FormAlone(cmd.Address), nil
	}
	var err error
	if cmd.Endpoint != "" {
		c.Endpoint, err = endpoint.Load(cmd.Endpoint)
	}
	return c.FormAlone(cmd.Address), err
}

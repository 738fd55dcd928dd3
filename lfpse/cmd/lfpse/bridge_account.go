package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/term"

	"github.com/gpsafety/lfpse-go/lfpse/bridge"
	"github.com/gpsafety/lfpse-go/lfpse/bridge/page"
	"github.com/gpsafety/lfpse-go/lfpse/outbox"
)

type accountFlags struct {
	Role      string   `help:"Role of the account: recorder, clinician, manager or operator." enum:"recorder,clinician,manager,operator" default:"recorder"`
	Practices []string `help:"Practices that the account may see, with commas between. Default: all." placeholder:"ODS"`
}

// account makes or changes an account of the operator page.
func (cmd *bridgeCmd) account(c *console, config bridge.Config) error {
	if config.Page.Users == "" {
		return fmt.Errorf("%s names no file of accounts: add page: {users: users.txt}", cmd.Config)
	}
	return cmd.set(c, config.Page.Users, cmd.User, "A bridge that is running knows it when it has read its configuration again (SIGHUP), or after its next start.")
}

// set writes an account into a file, and says when it counts.
func (f *accountFlags) set(c *console, file, user, when string) error {
	password, err := readPassword(c)
	if err != nil {
		return err
	}
	if err := page.SetUser(file, user, outbox.Role(f.Role), f.Practices, password); err != nil {
		return err
	}
	_, err = fmt.Fprintf(c.out, "%s can sign in as %s. %s\n", clean(user), f.Role, when)
	return err
}

// readPassword reads a line from standard input, without showing it on a terminal.
func readPassword(c *console) (string, error) {
	if file, ok := c.in.(*os.File); ok && term.IsTerminal(int(file.Fd())) {
		fmt.Fprint(c.err, "Password, at least 12 characters: ")
		text, err := term.ReadPassword(int(file.Fd()))
		fmt.Fprintln(c.err)
		return string(text), err
	}
	line, err := bufio.NewReader(c.in).ReadString('\n')
	if line = strings.TrimRight(line, "\r\n"); line == "" {
		if errors.Is(err, io.EOF) {
			err = nil // nothing was there
		}
		return "", errors.Join(errors.New("the password is expected on standard input, as a line; on a terminal the command asks for it"), err)
	}
	return line, nil
}

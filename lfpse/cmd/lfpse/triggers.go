package main

import "github.com/gpsafety/lfpse-go/mapping/trigger"

type triggersCmd struct{}

// Run writes the built-in triggers, to be edited and given back with --triggers.
func (*triggersCmd) Run(c *console) error {
	_, err := c.out.Write(trigger.BuiltinData())
	return err
}

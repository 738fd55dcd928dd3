// Package bridge has no code: its tests hold the examples of this folder against the
// program.
package bridge

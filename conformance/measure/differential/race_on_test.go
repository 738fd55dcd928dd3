//go:build race

package differential_test

const raceEnabled = true

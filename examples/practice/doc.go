// Package practice is an example without code: a year of the significant-event
// log of an invented practice, the map that turns it into LFPSE events, and the
// records of some invented patients. Its tests say what becomes of every row; see
// README.md.
package practice

import "embed"

// Files are the log, incidents.csv, its map, map.yaml, and the records it names.
//
//go:embed incidents.csv map.yaml records
var Files embed.FS

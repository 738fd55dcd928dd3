package mapping

import (
	_ "embed"
	"slices"
)

// SchemaURL is where editors find the schema of maps. A line with it, as the first of a map,
// makes them complete and check what is typed:
//
//	# yaml-language-server: $schema=https://…
const SchemaURL = "https://raw.githubusercontent.com/gpsafety/lfpse-go/main/mapping/map.schema.json"

//go:embed map.schema.json
var schema []byte

// Schema returns the JSON Schema (draft 2020-12) of the file of a [Map], which is
// map.schema.json in the folder of this package. It knows the keys, and what each may
// hold; that word lists and columns exist, and that values fit, only [New] can tell.
func Schema() []byte { return slices.Clone(schema) }

package mapping

import (
	"github.com/goccy/go-yaml"

	"github.com/gpsafety/lfpse-go/lfpse/draft"
	"github.com/gpsafety/lfpse-go/mapping/csvlog"
)

// Lint returns everything about a map that its author should mend although it can be
// used: its [Mapper.Warnings], and before them each default for what only a person can
// say, see [draft.OnlyFromPeople].
func (m *Mapper) Lint() []csvlog.Finding {
	var out []csvlog.Finding
	for _, fields := range m.allFields() {
		for i := range fields {
			if f := &fields[i]; f.Default != "" && draft.OnlyFromPeople(f.To) {
				out = append(out, finding(m.m.places.of(f.path+".default"), neverDefault, "%s.default answers %s for every row", f.path, f.label))
			}
		}
	}
	return append(out, m.Warnings()...)
}

const neverDefault = "MAP-NEVER-DEFAULT"

// YAML returns the map as one document, with all that it includes.
func (m *Map) YAML() ([]byte, error) {
	return yaml.MarshalWithOptions(m, yaml.OmitEmpty(), yaml.IndentSequence(true))
}

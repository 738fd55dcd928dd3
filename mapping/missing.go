package mapping

import (
	"slices"

	"github.com/gpsafety/lfpse-go/lfpse/draft"
)

// mayLack returns the columns of a log, by number, that its rows may lack at their end:
// those that the map does not use, and those that give optional properties only. A
// column that decides something, names people or gives what the map would ask for or
// fill in otherwise must be there, because a blank cell means something.
func (m *Mapper) mayLack(have []string) (columns []int) {
	needed := m.needed()
	for i, name := range have {
		at := slices.Index(m.columns, name)
		if at < 0 || !needed[at] {
			columns = append(columns, i)
		}
	}
	return columns
}

// needed says for each column of the map whether a row must have it.
func (m *Mapper) needed() []bool {
	needed := make([]bool, len(m.columns))
	mark := func(columns ...int) {
		for _, c := range columns {
			if c >= 0 {
				needed[c] = true
			}
		}
	}
	mark(m.ref)
	mark(m.deny...)
	for _, s := range m.context {
		mark(s.column)
	}
	for i := range m.skip {
		mark(m.skip[i].when.columns()...)
	}
	for i := range m.patients {
		if when := m.patients[i].when; when != nil {
			mark(when.column)
		}
	}
	for _, fields := range m.allFields() {
		for i := range fields {
			f := &fields[i]
			if f.when != nil {
				mark(f.when.columns()...)
			}
			if f.expr != nil || f.Ask != "" || f.Default != "" || f.Context != "" || f.kind == dateValue || f.To == "type" || f.To == "description" {
				mark(f.columns...)
			}
		}
	}
	return needed
}

// lacks reports whether the row ends before the columns of a field, and puts it into the
// trace.
func (r *rowMapper) lacks(f *field, t *target) bool {
	if len(r.absent) == 0 || len(f.columns) == 0 {
		return false
	}
	for _, c := range f.columns {
		if !slices.Contains(r.absent, c) {
			return false
		}
	}
	r.d.Trace = append(r.d.Trace, draft.Step{Target: t.name, From: f.from, Rule: "the row ends before it"})
	return true
}

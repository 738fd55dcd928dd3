package main

import (
	"slices"

	"github.com/gpsafety/lfpse-go/conformance/cases/tree"
)

// operator puts one kind of fault into a record.
type operator struct {
	name  string
	fault string
	rules []string // the ids of rules that name the fault
	// changes lists the ways in which the operator works on a record. Each is
	// applied to a fresh copy.
	changes func(*record) []change
}

// change makes one fault in a copy of the record that it was made for.
type change func(*record)

// rules lists rule ids.
func rules(ids ...string) []string { return ids }

// everySlot works at every place for which ok holds.
func everySlot(ok func(*record, slot) bool, do func(*record, slot)) func(*record) []change {
	return func(r *record) []change {
		var out []change
		for k, s := range r.slots() {
			if ok(r, s) {
				out = append(out, func(c *record) { do(c, c.slots()[k]) })
			}
		}
		return out
	}
}

// everyGroup works on every group for which ok holds.
func everyGroup(ok func(*record, *group) bool, do func(*record, *group)) func(*record) []change {
	return func(r *record) []change {
		var out []change
		for k := range r.groups {
			if ok(r, &r.groups[k]) {
				out = append(out, func(c *record) { do(c, &c.groups[k]) })
			}
		}
		return out
	}
}

// everyField works on every field for which ok holds.
func everyField(ok func(*record, *group, *field) bool, do func(*record, *group, *field)) func(*record) []change {
	return func(r *record) []change {
		var out []change
		for i := range r.groups {
			for j := range r.groups[i].fields {
				if ok(r, &r.groups[i], &r.groups[i].fields[j]) {
					out = append(out, func(c *record) { do(c, &c.groups[i], &c.groups[i].fields[j]) })
				}
			}
		}
		return out
	}
}

// once works on records for which ok holds, in each of some ways.
func once(ok func(*record) bool, do ...change) func(*record) []change {
	return func(r *record) []change {
		if !ok(r) {
			return nil
		}
		return do
	}
}

func always(*record) bool { return true }

// replaced is once with a root property that gets each of some values.
func replaced(name string, texts ...string) func(*record) []change {
	var do []change
	for _, text := range texts {
		do = append(do, func(r *record) { r.root.Set(name, tree.MustParse(text)) })
	}
	return once(func(r *record) bool { return r.root.Get(name) != nil }, do...)
}

// both joins the ways of several functions.
func both(parts ...func(*record) []change) func(*record) []change {
	return func(r *record) []change {
		var out []change
		for _, p := range parts {
			out = slices.Concat(out, p(r))
		}
		return out
	}
}

package mapping

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"

	"github.com/gpsafety/lfpse-go/lfpse"
	"github.com/gpsafety/lfpse-go/lfpse/nearest"
	"github.com/gpsafety/lfpse-go/mapping/csvlog"
)

func findings(all ...csvlog.Finding) []csvlog.Finding { return all }

// merger changes an included map as another map says. The rules are documented at
// [Map.Include].
type merger struct {
	out      *Map // the included map, while it changes
	own      *Map
	findings []csvlog.Finding
}

// merge returns the included map with the changes of another one.
func merge(base, own *Map) (*Map, error) {
	g := merger{base, own, nil}
	g.out.places = base.places.clone()
	g.renameColumns()
	g.drop()
	g.over(&g.out.Source, &own.Source, "source", "source")
	g.over(g.out, &Map{Name: own.Name, Version: own.Version, Description: own.Description}, "", "")
	g.skip()
	g.out.Fields = g.fields(g.out.Fields, own.Fields, "fields")
	g.patients()
	g.words()
	if g.out.Privacy == nil {
		g.out.Privacy = own.Privacy
	} else {
		maps.Copy(g.out.Privacy, own.Privacy)
	}
	g.out.places.take(own.places, "privacy", "privacy")
	if len(g.findings) > 0 {
		return nil, mapError(g.findings)
	}
	return g.out, nil
}

func (g *merger) report(path, format string, args ...any) {
	g.findings = append(g.findings, finding(g.own.places.of(path), "MAP-INCLUDE", format, args...))
}

// renameColumns gives columns of the included map the names that the log has.
func (g *merger) renameColumns() {
	names := map[string]string{}
	for old, name := range g.own.Columns {
		names[columnName(old)] = name
	}
	used := map[string]bool{}
	g.out.eachColumn(func(name *string) {
		old := columnName(*name)
		if used[old] = true; names[old] != "" {
			*name = names[old]
		}
	})
	known := slices.Sorted(maps.Keys(used))
	for _, old := range slices.Sorted(maps.Keys(g.own.Columns)) {
		if !used[columnName(old)] {
			g.report("columns."+old, "columns: the included map has no column %q; it has %s%s", old, strings.Join(known, ", "), nearest.Hint(old, known))
		}
	}
}

// eachColumn visits each name of a column in the map.
func (m *Map) eachColumn(visit func(*string)) {
	s := &m.Source
	if s.Reference != "" {
		visit(&s.Reference)
	}
	for _, list := range [][]string{s.Columns, s.Deny} {
		for i := range list {
			visit(&list[i])
		}
	}
	s.Context = placeholder.ReplaceAllStringFunc(s.Context, func(text string) string {
		name := strings.Trim(text, "{}")
		visit(&name)
		return "{" + name + "}"
	})
	for i := range m.Skip {
		m.Skip[i].When.eachColumn(visit)
	}
	for _, fields := range m.allFields() {
		for i := range fields {
			fields[i].eachColumn(visit)
		}
	}
	for i := range m.Patients {
		m.Patients[i].When.eachColumn(visit)
	}
}

// allFields returns the fields of the event, then those of each patient.
func (m *Map) allFields() [][]Field {
	all := [][]Field{m.Fields}
	for i := range m.Patients {
		all = append(all, m.Patients[i].Fields)
	}
	return all
}

func (c *Condition) eachColumn(visit func(*string)) {
	if c == nil {
		return
	}
	if c.Column != "" {
		visit(&c.Column)
	}
	c.Expr = renameIn(c.Expr, visit)
}

func (f *Field) eachColumn(visit func(*string)) {
	if f.Column != "" {
		visit(&f.Column)
	}
	for i := range f.Columns {
		visit(&f.Columns[i])
	}
	f.Expr = renameIn(f.Expr, visit)
	f.When.eachColumn(visit)
}

// drop takes out the fields that the map does not want.
func (g *merger) drop() {
	var labels []string
	left := map[string]bool{}
	without := func(fields []Field, list, owner string) []Field {
		before, kept := g.out.places.clone(), fields[:0:0]
		for i := range fields {
			label := owner + fields[i].To
			labels = append(labels, label)
			if slices.Contains(g.own.Drop, label) {
				left[label] = true
				continue
			}
			g.out.places.take(before, item(list, i), item(list, len(kept)))
			kept = append(kept, fields[i])
		}
		return kept
	}
	g.out.Fields = without(g.out.Fields, "fields", "")
	for i := range g.out.Patients {
		owner := item("patients", i)
		g.out.Patients[i].Fields = without(g.out.Patients[i].Fields, owner+".fields", owner+".")
	}
	for i, label := range g.own.Drop {
		if !left[label] {
			g.report(item("drop", i), "drop: the included map has no field for %q; it has some for %s%s", label, strings.Join(labels, ", "), nearest.Hint(label, labels))
		}
	}
}

// over puts the keys that the map states into a part of the included one. Without a path,
// which the map as a whole has not, those that are not blank are stated.
func (g *merger) over(into, from any, ownPath, path string) {
	to, of := reflect.ValueOf(into).Elem(), reflect.ValueOf(from).Elem()
	for i := range to.NumField() {
		key := to.Type().Field(i).Tag.Get("yaml")
		at := ownPath + "." + key
		if key == "" || ownPath != "" && !g.own.places.has(at) || ownPath == "" && of.Field(i).IsZero() {
			continue
		}
		to.Field(i).Set(of.Field(i))
		g.out.places.take(g.own.places, strings.TrimPrefix(at, "."), strings.TrimPrefix(path+"."+key, "."))
	}
}

// skip puts the rows to skip of the map before those of the included one.
func (g *merger) skip() {
	before := g.out.places.clone()
	for i := range g.out.Skip {
		g.out.places.take(before, item("skip", i), item("skip", i+len(g.own.Skip)))
	}
	g.out.places.take(g.own.places, "skip", "skip")
	g.out.Skip = append(slices.Clone(g.own.Skip), g.out.Skip...)
}

// fields changes fields of the included map and adds others to them. list is their path,
// which is the same in both maps.
func (g *merger) fields(base, own []Field, list string) []Field {
	known, changed := len(base), map[int]bool{}
	for i := range own {
		at := item(list, i)
		n, ok := g.same(base[:known], &own[i], at)
		switch {
		case !ok:
			continue
		case n < 0 || changed[n]:
			g.out.places.take(g.own.places, at, item(list, len(base)))
			base = append(base, own[i])
			continue
		}
		changed[n] = true
		if own[i].Column != "" || len(own[i].Columns) > 0 || own[i].Expr != "" {
			base[n].Column, base[n].Columns, base[n].Expr = "", nil, ""
		}
		g.over(&base[n], &own[i], at, item(list, n))
	}
	return base
}

// same returns the index of the field that another one changes, -1 for none. It is not ok
// if nobody can tell which of several is meant.
func (g *merger) same(base []Field, f *Field, at string) (index int, ok bool) {
	var all, exact []int
	for i := range base {
		if base[i].To != f.To {
			continue
		}
		if all = append(all, i); sameTypes(base[i].For, f.For) {
			exact = append(exact, i)
		}
	}
	switch {
	case len(all) == 0:
		return -1, true
	case len(all) == 1:
		return all[0], true
	case len(exact) == 1:
		return exact[0], true
	}
	g.report(at, "%s: several fields of the included map fill %s; name the event types of one in for, or drop them all and write your own", at, f.To)
	return 0, false
}

func sameTypes(a, b []string) bool {
	return slices.Equal(slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b)))
}

// patients changes the patients of the included map, and adds others after them.
func (g *merger) patients() {
	for i := range g.own.Patients {
		at, own := item("patients", i), g.own.Patients[i]
		if i == len(g.out.Patients) {
			g.out.Patients = append(g.out.Patients, own)
			g.out.places.take(g.own.places, at, at)
			continue
		}
		p := &g.out.Patients[i]
		if g.own.places.has(at + ".when") {
			p.When = own.When
			g.out.places.take(g.own.places, at+".when", at+".when")
		}
		p.Fields = g.fields(p.Fields, own.Fields, at+".fields")
	}
}

// words adds the word lists of the map, or extends those of the included one.
func (g *merger) words() {
	for _, name := range slices.Sorted(maps.Keys(g.own.Values)) {
		list := g.own.Values[name]
		base, known := g.out.Values[name]
		if list.Extends == name && known {
			list = extend(base, list)
			list.Extends = base.Extends
		}
		if g.out.Values == nil {
			g.out.Values = map[string]ValueMap{}
		}
		g.out.Values[name] = list
		g.out.places.take(g.own.places, "values."+name, "values."+name)
	}
}

// extend returns a word list with the entries of another one added.
func extend(base, own ValueMap) ValueMap {
	out := base
	if own.Match != "" {
		out.Match = own.Match
	}
	if own.System != "" {
		out.System = own.System
	}
	said := map[string]bool{}
	for _, e := range own.Entries {
		said[entryWord(e)] = true
	}
	out.Entries = slices.DeleteFunc(slices.Clone(base.Entries), func(e yaml.MapItem) bool { return said[entryWord(e)] })
	out.Entries = append(out.Entries, own.Entries...)
	return out
}

func entryWord(e yaml.MapItem) string { return lfpse.Fold(fmt.Sprint(e.Key)) }

// extended returns a word list with all that it extends.
func (c *compiler) extended(name string, builtin map[string]ValueMap, seen []string) ValueMap {
	list, own := c.m.Values[name]
	if !own {
		return builtin[name]
	}
	if list.Extends == "" {
		return list
	}
	path := "values." + name + ".extends"
	base, known := builtin[list.Extends]
	if list.Extends != name {
		if slices.Contains(seen, name) {
			c.report("MAP-WORDS", "%s: the word lists extend each other in a circle", path)
			return list
		}
		if _, own := c.m.Values[list.Extends]; own {
			base, known = c.extended(list.Extends, builtin, append(seen, name)), true
		}
	}
	if !known {
		lists := slices.Sorted(maps.Keys(builtin))
		c.report("MAP-WORDS", "%s: there is no word list %q to extend%s", path, list.Extends, nearest.Hint(list.Extends, lists))
	}
	return extend(base, list)
}

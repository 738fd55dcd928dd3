package main

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/gpsafety/lfpse-go/lfpse/taxonomy"
)

func writeCodes(b *bytes.Buffer, m *model) error {
	t := m.t
	b.WriteString("package code\n")
	for i := range t.CodeSystems {
		cs := &t.CodeSystems[i]
		if named(cs) || len(cs.Concepts) == 0 {
			continue
		}
		typ := listType(t, cs)
		fmt.Fprintf(b, "\n// %s is a code of the list %s, %q (evidence: %s).\ntype %s string\n\n", typ, cs.ID, cs.Name, cs.Evidence, typ)
		fmt.Fprintf(b, "// The codes of [%s].\nconst (\n", typ)
		names, err := constNames(typ, cs)
		if err != nil {
			return err
		}
		for j, c := range cs.Concepts {
			fmt.Fprintf(b, "%s %s = %q // %s\n", names[j], typ, c.Code, c.Display)
		}
		b.WriteString(")\n")
	}
	return nil
}

// named reports whether the concepts of a list have version-independent names;
// package lfpse has its own types for these lists.
func named(cs *taxonomy.CodeSystem) bool {
	return len(cs.Concepts) > 0 && cs.Concepts[0].Name != ""
}

func listType(t *taxonomy.Taxonomy, cs *taxonomy.CodeSystem) string {
	return camel(strings.Split(strings.TrimSuffix(strings.TrimSuffix(cs.ID, t.Suffix()), "-codes"), "-"))
}

// maxName is how long the name of a constant may be.
const maxName = 48

// constNames names each concept after its key.
func constNames(typ string, cs *taxonomy.CodeSystem) ([]string, error) {
	names := make([]string, len(cs.Concepts))
	for i, c := range cs.Concepts {
		if c.Key == "" {
			return nil, fmt.Errorf("the code %s of the list %s has no key", c.Code, cs.ID)
		}
		names[i] = typ + c.Key
		if len(names[i]) > maxName {
			return nil, fmt.Errorf("%s has more than %d letters: give the code %s of the list %s a shorter key", names[i], maxName, c.Code, cs.ID)
		}
		if slices.Contains(names[:i], names[i]) {
			return nil, fmt.Errorf("the list %s has the key %s twice", cs.ID, c.Key)
		}
	}
	return names, nil
}

func camel(words []string) string {
	var s strings.Builder
	for _, w := range words {
		switch w {
		case "it", "nhs", "cqc", "ods":
			s.WriteString(strings.ToUpper(w))
		default:
			s.WriteString(strings.ToUpper(w[:1]) + w[1:])
		}
	}
	return s.String()
}

package main

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"
	"unicode"

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
		names := constNames(typ, cs)
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

// constNames names each concept after its display text. Long texts are cut after
// the word that passes 48 letters; names that then collide get their code.
func constNames(typ string, cs *taxonomy.CodeSystem) []string {
	names, count := make([]string, len(cs.Concepts)), map[string]int{}
	for i, c := range cs.Concepts {
		names[i] = typ + clip(words(c.Display), 48)
		count[names[i]]++
	}
	for i, c := range cs.Concepts {
		if count[names[i]] > 1 {
			names[i] += strings.ToUpper(c.Code)
		}
	}
	return names
}

func clip(words []string, limit int) string {
	s := ""
	for _, w := range words {
		s += camel([]string{w})
		if len(s) > limit {
			break
		}
	}
	return s
}

// between matches a range of numbers, whose dash must not vanish from a name.
var between = regexp.MustCompile(`([0-9])-([0-9])`)

func words(s string) []string {
	s = between.ReplaceAllString(strings.ReplaceAll(s, "+", " plus"), "${1}To${2}")
	s = strings.NewReplacer("'", "", "’", "", "(s)", "s").Replace(s)
	return strings.FieldsFunc(s, func(r rune) bool {
		return r > unicode.MaxASCII || !unicode.IsLetter(r) && !unicode.IsDigit(r)
	})
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

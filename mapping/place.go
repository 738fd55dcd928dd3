package mapping

import (
	"fmt"
	"maps"
	"strings"

	"github.com/goccy/go-yaml/token"
)

// place is where something stands in the file of a map; the zero place is nowhere.
type place struct {
	file         string // empty for a map that is not from a file of its own
	line, column int
}

// places are those of what the files of a map say, by its path: fields[3].to.
type places map[string]place

// of is the place of a path, or of what it is part of.
func (p places) of(path string) place {
	for path != "" {
		if at, ok := p[path]; ok {
			return at
		}
		path = path[:max(0, strings.LastIndexAny(path, ".["))]
	}
	return place{}
}

// has reports whether a key stands in the file, be it blank.
func (p places) has(path string) bool {
	_, ok := p[path]
	return ok
}

// take notes the places of a part of another map, under the path that it has in this one.
func (p places) take(from places, old, path string) {
	for at, where := range from {
		if rest, ok := strings.CutPrefix(at, old); ok && (rest == "" || strings.ContainsAny(rest[:1], ".[")) {
			p[path+rest] = where
		}
	}
}

// clone returns a copy that can change.
func (p places) clone() places {
	if p == nil {
		return places{}
	}
	return maps.Clone(p)
}

// item is the path of an item of a list.
func item(list string, i int) string { return fmt.Sprintf("%s[%d]", list, i) }

// place is where a token of the file stands.
func (p *mapParser) place(t *token.Token) place {
	return place{p.file, t.Position.Line, t.Position.Column}
}

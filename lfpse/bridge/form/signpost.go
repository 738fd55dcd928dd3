package form

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"

	"github.com/gpsafety/lfpse-go/lfpse/endpoint"
	"github.com/gpsafety/lfpse-go/lfpse/interview"
)

// Signpost is something that people are told before the first question, such as what happens
// to the record.
type Signpost struct {
	Title  string
	Text   string
	Source interview.Source
}

// ParseSignposts reads signposts from YAML, in the form of signposts.yaml of this package,
// which they replace. The error says what is wrong.
func ParseSignposts(data []byte) ([]Signpost, error) {
	var list []struct {
		Title, Text string
		Source      interview.Source
	}
	if err := yaml.UnmarshalWithOptions(data, &list, yaml.Strict()); err != nil {
		return nil, errors.New("the signposts are not a list of title, text and source: " + yaml.FormatError(err, false, false))
	}
	if len(list) == 0 {
		return nil, errors.New("there are no signposts")
	}
	out := make([]Signpost, len(list))
	for i, s := range list {
		if s.Title == "" || s.Text == "" || s.Source.Title == "" || s.Source.Publisher == "" {
			return nil, fmt.Errorf("signpost %d needs a title, a text, and a source with title and publisher", i+1)
		}
		out[i] = Signpost(s)
	}
	return out, nil
}

// services say in a signpost where records go.
var services = map[endpoint.Environment]string{
	endpoint.Production: "NHS England's national service, which looks for what can be learned from many records",
	endpoint.Test:       "the test service of NHS England, which is for trying things out: record no real event here",
	endpoint.Sandbox:    "a sandbox, which is for trying things out, and not to NHS England: record no real event here",
}

// signposts are those of the form, with where its records go.
func (f *Form) signposts() []Signpost {
	out := slices.Clone(f.Signposts)
	for i := range out {
		out[i].Text = strings.ReplaceAll(out[i].Text, "{service}", cmp.Or(services[f.Environment], "the LFPSE service"))
	}
	return out
}

func builtInSignposts() ([]Signpost, error) {
	data, err := files.ReadFile("signposts.yaml")
	if err != nil {
		return nil, err
	}
	return ParseSignposts(data)
}

// sourceOf is a source in words.
func sourceOf(s interview.Source) string { return s.String() }

package interview

import (
	"embed"
	"fmt"
	"sync"

	"github.com/gpsafety/lfpse-go/lfpse"
)

//go:embed data/*.yaml
var builtIn embed.FS

// builtInFiles are the files of this package in the order in which they are read.
var builtInFiles = []string{"sources.yaml", "questions.yaml", "steps.yaml", "words.yaml", "advice.yaml"}

// Guide is what an interview about an event tells people: explanations of the questions,
// and advice. It is immutable and safe for concurrent use.
type Guide struct {
	sources               map[string]Source
	questions             map[string]Help
	texts                 map[string]bool // targets of the texts that are read
	matcher               matcher
	asks, prompts, themes []note
	steps                 []Step
}

// Source says where a text comes from.
type Source struct {
	ID        string `json:"id"`
	Title     string `json:"title"`
	Publisher string `json:"publisher"`
	URL       string `json:"url,omitempty"`
	Date      string `json:"date"`              // of the source, or of the day on which it was read
	Checked   string `json:"checked,omitempty"` // the day on which a person compared the text with the source's own page
}

// String returns the source in words. It says if nobody has compared the text with it.
func (s Source) String() string {
	text := fmt.Sprintf("%s: %s (%s)", s.Publisher, s.Title, s.Date)
	if s.Checked == "" {
		return text + ", not checked against " + s.Publisher + "'s page"
	}
	return text + ", checked on " + s.Checked
}

// Who says who can answer a question.
type Who string

// Those who can answer. A manager stands for whoever answers for the practice as a whole.
const (
	Anybody   Who = "anybody"
	Clinician Who = "clinician"
	Manager   Who = "manager"
)

// Help explains a question.
type Help struct {
	Who     Who          `json:"who"`
	Text    string       `json:"text,omitempty"`
	Choices []ChoiceHelp `json:"choices,omitempty"`
	Source  Source       `json:"source"`
}

// ChoiceHelp explains one answer.
type ChoiceHelp struct {
	Value string `json:"value"` // as in lfpse.Choice
	Text  string `json:"text"`
}

// Choice returns what is said about an answer, empty if nothing is.
func (h Help) Choice(value string) string {
	for _, c := range h.Choices {
		if c.Value == value {
			return c.Text
		}
	}
	return ""
}

// New returns the guide of this package. The entries of own, a file of the same form, are
// added to it and replace those of the same name; it may be nil. codec looks up the values
// that own names. The error, of type [*FileError], lists everything that is wrong with own.
func New(codec *lfpse.Codec, own []byte) (*Guide, error) {
	all, err := builtInFile()
	if err != nil {
		return nil, err
	}
	return compile(codec, all, own)
}

// builtInFile reads the files of this package, once: nothing changes the result.
var builtInFile = sync.OnceValues(func() (all file, err error) {
	for _, name := range builtInFiles {
		data, err := builtIn.ReadFile("data/" + name)
		if err != nil {
			return all, err
		}
		r := reader{}
		all = all.with(r.read(data))
		if err := r.err(); err != nil {
			return all, fmt.Errorf("%s: %w", name, err)
		}
	}
	return all, nil
})

// compile makes the guide of the files that come with it and of one more.
func compile(codec *lfpse.Codec, all file, data []byte) (*Guide, error) {
	r := &reader{}
	var own file
	if data != nil {
		own = r.read(data)
	}
	c := compiler{
		reader: r, codec: codec, groups: map[string]*wordSet{}, classes: map[string]int{},
		guide: &Guide{
			sources: map[string]Source{}, questions: map[string]Help{}, texts: map[string]bool{},
			matcher: matcher{vocabulary: newVocabulary()},
		},
	}
	c.compile(all.with(own), own)
	if err := r.err(); err != nil {
		return nil, err
	}
	return c.guide, nil
}

// Help returns what is said about the question with a target. All patients, medicines and
// devices have the same.
func (g *Guide) Help(target string) (Help, bool) {
	h, ok := g.questions[generic(target)]
	return h, ok
}

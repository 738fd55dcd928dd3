package yamlform_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/lfpse/internal/yamlform"
)

type settings struct {
	Name    string        `yaml:"name"`
	Note    string        `yaml:"note"`
	Wait    time.Duration `yaml:"wait"`
	Workers int           `yaml:"workers"`
	On      bool          `yaml:"on"`
	Part    struct {
		Inner `yaml:",inline"`
		More  string `yaml:"more"`
	} `yaml:"part"`
	private string //nolint:unused // has no key
}

type Inner struct {
	Size string `yaml:"size"`
}

func TestRead(t *testing.T) {
	var s settings
	lines, problems := yamlform.Read([]byte("\ufeffname: 01\nnote: |\n  two\n  lines\nwait: 2m\nworkers: 3\non: true\npart:\n  size: 6.10\n  more: \"x\"\n"), &s)
	require.Empty(t, problems)
	want := settings{Name: "01", Note: "two\nlines\n", Wait: 2 * time.Minute, Workers: 3, On: true}
	want.Part.Size, want.Part.More = "6.10", "x"
	assert.Equal(t, want, s)
	assert.Equal(t, 9, lines["part.size"])
	assert.Zero(t, s.private)

	s = settings{Name: "kept"}
	_, problems = yamlform.Read([]byte("name:\nwait: 5\nworkers: many\non: 1\npart: text\nprivate: x\n<<: {a: b}\n"), &s)
	assert.Equal(t, "kept", s.Name)
	var found []string
	for _, p := range problems {
		found = append(found, fmt.Sprintf("%d %s", p.Line, p.Path))
	}
	assert.Equal(t, []string{"2 wait", "3 workers", "4 on", "5 part", "6 ", "7 "}, found)

	for _, fraction := range []string{"1.5", "0.5", "2.0"} {
		_, problems = yamlform.Read([]byte("workers: "+fraction), &s)
		require.Len(t, problems, 1, fraction)
		assert.Equal(t, "The value must be a whole number.", problems[0].Text)
	}
	assert.Zero(t, s.Workers)
}

func TestReadListsAndWords(t *testing.T) {
	type entry struct {
		Name string            `yaml:"name"`
		Set  map[string]string `yaml:"set"`
	}
	var s struct {
		Entries []entry  `yaml:"entries"`
		Words   []string `yaml:"words"`
		Rate    float64  `yaml:"rate"`
	}
	lines, problems := yamlform.Read([]byte("entries:\n  - name: a\n    set: {x.y: 01}\n  - name: b\nwords: [A1, 2]\nrate: 0.5\n"), &s)
	require.Empty(t, problems)
	assert.Equal(t, []entry{{"a", map[string]string{"x.y": "01"}}, {Name: "b"}}, s.Entries)
	assert.Equal(t, []string{"A1", "2"}, s.Words)
	assert.InDelta(t, 0.5, s.Rate, 0)
	assert.Equal(t, 4, lines["entries[1].name"])

	_, problems = yamlform.Read([]byte("entries: {name: a}\nwords:\n  - {a: b}\nrate: much\n"), &s)
	require.Len(t, problems, 3)
	_, problems = yamlform.Read([]byte("entries:\n  - set: [a]\n  - nam: b\n  - set: {a: b, a: c}\n"), &s)
	require.Len(t, problems, 3)
	assert.Equal(t, "entries[1]", problems[1].Path)
}

func ExampleRead() {
	var s struct {
		Name string `yaml:"name"`
	}
	_, problems := yamlform.Read([]byte("nam: x\n"), &s)
	fmt.Println(problems[0].Line, problems[0].Text, problems[0].Fix)
	// Output: 1 The key "nam" is not known. The keys are name.
}

func FuzzRead(f *testing.F) {
	f.Add([]byte("name: a\npart: {size: 1}\n"))
	f.Add([]byte("a: &b\n- *b\n? x\n: !t y"))
	f.Fuzz(func(t *testing.T, doc []byte) {
		var s settings
		if _, problems := yamlform.Read(doc, &s); len(problems) > 0 && problems[0].Line < 1 {
			t.Fatal(problems)
		}
	})
}

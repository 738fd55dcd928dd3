package main

import (
	"embed"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
)

//go:embed frames/*.txt
var files embed.FS

// frame is a text with slots, and what it says.
type frame struct {
	asks    []string // expected
	prompts []string // that may be raised
	text    string
	line    int
}

// labelled is a text with the labels of its frame.
type labelled struct {
	*frame
	text string
}

// load reads the frames of a file.
func load(name string) ([]frame, error) {
	data, err := files.ReadFile("frames/" + name + ".txt")
	if err != nil {
		return nil, err
	}
	var frames []frame
	n := 0
	for line := range strings.Lines(string(data)) {
		n++
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		parts := strings.SplitN(line, " | ", 3)
		if len(parts) != 3 {
			return nil, fmt.Errorf("%s.txt, line %d: a frame has asks, prompts and a text, with bars between", name, n)
		}
		frames = append(frames, frame{list(parts[0]), list(parts[1]), parts[2], n})
	}
	return frames, nil
}

func list(s string) []string {
	if s == "-" {
		return nil
	}
	return strings.Split(s, ", ")
}

// slots are what stands in a frame for {name}; {Name} is the same with a capital.
var slots = map[string][]string{
	"pt": {"pt", "patient", "the patient", "the pt", "this patient", "a 78yo man", "an elderly lady", "a young woman", "the child", "our patient", "a care home resident", "the gentleman", "a 34 year old"},
	"staff": {"the receptionist", "the practice nurse", "the HCA", "the GP", "the health care assistant", "the locum", "one of our nurses", "the phlebotomist", "the practice pharmacist", "a member of the admin team", "the ANP",
		"the paramedic"},
	"drug": {"amoxicillin", "bisoprolol", "amlodipine", "ramipril", "furosemide", "naproxen", "metformin", "levothyroxine", "apixaban", "co-amoxiclav", "sertraline", "trimethoprim"},
	"day":  {"yesterday", "last week", "on Monday", "on 3rd March", "two days later", "this morning", "last month", "on 12/02/2026", "over the weekend"},
}

// heads and tails are what people write around what happened; they say nothing that
// matters here.
var (
	heads = []string{"", "", "", "Event discussed with the team. ", "SEA. ", "Mon am. ", "Reported by reception. ", "Seen at branch surgery. ", "Background: T2DM, CKD3. ", "Busy duty day, two GPs away. "}
	tails = []string{"", "", "", " Apologised.", " Discussed at practice meeting.", " Protocol reviewed and shared with all staff.", " Will audit in three months.", " Learning: check DOB and address every time.", " Datix done.",
		" Rang the pharmacy to let them know.", " Reception to be reminded of the process.", " Task sent to the duty doctor."}
)

// corpus draws each frame some times. The same seed gives the same texts.
func corpus(frames []frame, seed uint64, draws int) (out []labelled) {
	r := rand.New(rand.NewPCG(seed, 0))
	seen := map[string]bool{}
	for i := range frames {
		for range draws {
			text := draw(r, frames[i].text)
			if !seen[text] {
				seen[text] = true
				out = append(out, labelled{&frames[i], text})
			}
		}
	}
	return out
}

func draw(r *rand.Rand, text string) string {
	for name, words := range slotsInOrder {
		for strings.Contains(text, name) {
			text = strings.Replace(text, name, words(r), 1)
		}
	}
	text = heads[r.IntN(len(heads))] + text + tails[r.IntN(len(tails))]
	switch r.IntN(8) {
	case 0:
		text = strings.ToLower(text)
	case 1:
		text = strings.ReplaceAll(text, "patient", "pt")
	case 2:
		text = strings.TrimSuffix(text, ".")
	case 3:
		text = strings.ReplaceAll(text, "'", "’")
	}
	return text
}

// slotsInOrder yields the slots in a fixed order, so that a seed always gives the same.
func slotsInOrder(yield func(string, func(*rand.Rand) string) bool) {
	names := make([]string, 0, len(slots))
	for name := range slots {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		pick := func(r *rand.Rand) string { return slots[name][r.IntN(len(slots[name]))] }
		capital := func(r *rand.Rand) string { w := pick(r); return strings.ToUpper(w[:1]) + w[1:] }
		if !yield("{"+name+"}", pick) || !yield("{"+strings.ToUpper(name[:1])+name[1:]+"}", capital) {
			return
		}
	}
}

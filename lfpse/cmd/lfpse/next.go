package main

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/gpsafety/lfpse-go/lfpse/draft"
)

// steps says what to do next about the rows of a command, one step a line. Commands to
// copy stand on lines of their own.
func (f *sourceFlags) steps(t *totals, asked bool) (out []string) {
	step := func(n int, one, many, text string) {
		if n > 0 {
			out = append(out, counted(n, "row "+one, "rows "+many)+": "+text)
		}
	}
	n := t.States
	step(n[draft.NeedsAnswers]-t.Asked, "needs answers", "need answers", f.howToAnswer(asked))
	step(n[draft.Held]-t.Kept, "is held", "are held", f.howToRelease())
	step(n[draft.Blocked], "is blocked", "are blocked", "take out the personal data, and run the same command again. For a false alarm see releases in lfpse map --help.")
	step(n[draft.Invalid], "is invalid", "are invalid", "put right what is described, and run the same command again.")
	step(n[draft.Rejected], "was refused by the service", "were refused by the service", "put right what it said, and run the same command again.")
	step(n[draft.Pending], "was not sent", "were not sent", "what stands beside a row says why. Put it right, if it is on your side, and run the same command again.")
	step(n[draft.Unknown], "may have been recorded", "may have been recorded", "ask the service what it has recorded. It is not sent again by itself.")
	return out
}

// counted is a number with what is counted.
func counted(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// howToRelease says what to do with rows that are held.
func (f *sourceFlags) howToRelease() string {
	text := "read what stands beside it, and take personal data out of the row. If there is none, a person signs a release. "
	if f.Releases != "" {
		return text + "Add it to " + clean(f.Releases) + ", and run the same command again."
	}
	return text + "This writes what may be released to a file:\n    " + f.command("map") + " --format releases > releases.csv\n  Fill in by and why, and run the same command again with\n    --releases releases.csv"
}

// howToAnswer says how the open questions are answered; asked: they have just been
// written.
func (f *sourceFlags) howToAnswer(asked bool) string {
	switch {
	case f.Map == "":
		return "add what is missing to the events, and run the same command again."
	case f.Answers != "":
		return fmt.Sprintf("add the answers to %s, and run the same command again. This lists the questions that are left:\n    %s --format questions", clean(f.Answers), f.command("map"))
	case asked:
		return "keep what was written in a file, such as questions.csv, fill in its last column, and run:\n    " + f.command("map") + " --answers questions.csv"
	}
	return "this writes the questions to a file:\n    " + f.command("map") + " --format questions > questions.csv\n  Fill in its last column, and run the same command again with\n    --answers questions.csv"
}

// command is a command about the same input with the same map, to be copied.
func (f *sourceFlags) command(name string) string {
	words := []string{"lfpse", name, f.Source}
	flag := func(name, value string) {
		if value != "" {
			words = append(words, "--"+name, value)
		}
	}
	flag("map", f.Map)
	for _, target := range slices.Sorted(maps.Keys(f.Set)) {
		flag("set", target+"="+f.Set[target])
	}
	flag("sheet", f.Sheet)
	flag("triggers", f.Triggers)
	flag("profile", f.Profile)
	flag("user", f.User)
	flag("guide", f.Guide)
	for _, class := range slices.Sorted(maps.Keys(f.Privacy)) {
		flag("privacy", class+"="+f.Privacy[class])
	}
	flag("answers", f.Answers)
	flag("releases", f.Releases)
	flag("records", f.Records)
	if f.Taxonomy != "6" {
		flag("taxonomy", f.Taxonomy)
	}
	flag("confirm", f.Confirm)
	flag("today", f.Today)
	for i := range words {
		words[i] = quoted(words[i])
	}
	return strings.Join(words, " ")
}

// quoted puts quotes around an argument that a shell would take apart.
func quoted(word string) string {
	if strings.ContainsAny(word, " \t'\"\\$`&|;<>()*?[]{}!#~") {
		return `"` + clean(strings.ReplaceAll(word, `"`, `\"`)) + `"`
	}
	return clean(word)
}

// howToSend is the step after everything else: the rows that are ready.
func (f *sourceFlags) howToSend(t *totals) []string {
	n := t.States[draft.Ready]
	if n == 0 {
		return nil
	}
	text := "1 row is ready"
	if n > 1 {
		text = fmt.Sprintf("%d rows are ready", n)
	}
	if t.Warned > 0 {
		text += fmt.Sprintf(" (%d with warnings: read them first)", t.Warned)
	}
	return []string{text + ". This sends to a sandbox, to try; for the service itself see lfpse submit --help:\n    " + f.command("submit") + " --to sandbox"}
}

// verdict is the exit code of a command, with a message that ends in what to do next.
func verdict(w io.Writer, t *totals, f tableFlags, steps []string) error {
	list := ""
	for _, s := range steps {
		list += "\n" + f.wrapped(w, "- "+s)
	}
	if n := t.undelivered(); n > 0 {
		return &exit{exitDelivery, errors.New(rows(n) + " not delivered, or not known to be (exit code 3)" + list)}
	}
	if n := t.waiting(); n > 0 {
		return attention("%s", waitingText(n)+list)
	}
	if list != "" {
		fmt.Fprintln(w, "What to do next:"+list)
	}
	return nil
}

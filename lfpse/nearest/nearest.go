// Package nearest finds the words that may have been meant by one that is not known: the
// home of every "did you mean". It only ever returns words of the list that it is given,
// so what it returns may be shown where the word itself must not be.
package nearest

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"
)

const (
	most      = 3  // words that are offered
	longest   = 64 // bytes of a word that may be a mistyped one
	contained = 1  // how far a word is from one that contains it
)

// Words returns up to three of the known words that may have been meant: first those that
// differ in nothing but case, blanks and punctuation, then those that contain the word or
// are contained in it, then those that differ in few letters. It returns none if no word
// is similar. An empty word has no similar ones.
func Words(word string, known []string) []string {
	if len(word) > longest || !utf8.ValidString(word) {
		return nil
	}
	w := plain(word)
	if utf8.RuneCountInString(w) < 2 {
		return nil
	}
	type candidate struct {
		word     string
		distance int
	}
	var found []candidate
	for _, k := range known {
		if len(k) > 2*longest {
			continue
		}
		if d, ok := similar(w, plain(k)); ok {
			found = append(found, candidate{k, d})
		}
	}
	slices.SortStableFunc(found, func(a, b candidate) int { return cmp.Compare(a.distance, b.distance) })
	var words []string
	for _, f := range found {
		if best := found[0].distance; best <= contained && f.distance > best {
			break // a word that is the same but for its case needs no others beside it
		}
		if len(words) < most && !slices.Contains(words, f.word) {
			words = append(words, f.word)
		}
	}
	return words
}

// Hint is the end of a sentence about a word that is not known: "; did you mean a or b?",
// or the empty string if no known word is similar. A question that is meant is quoted, and
// ends the sentence itself.
func Hint(word string, known []string) string {
	words := Words(word, known)
	if len(words) == 0 {
		return ""
	}
	end := "?"
	for i, w := range words {
		if strings.HasSuffix(w, "?") {
			words[i] = `"` + w + `"`
			if i == len(words)-1 {
				end = ""
			}
		}
	}
	return "; did you mean " + strings.Join(words, " or ") + end
}

// similar compares two plain words. Less is more similar.
func similar(word, known string) (int, bool) {
	switch {
	case word == known:
		return 0, true
	case strings.Contains(known, word), len(known) > 3 && strings.Contains(word, known):
		return contained, true
	}
	most := min(max(1, min(len(word), len(known))/3), 1+len(word)/4)
	if len(word)-len(known) > most || len(known)-len(word) > most {
		return 0, false
	}
	d := distance(word, known)
	return contained + d, d <= most
}

// plain is a word in lower case with nothing but its letters and digits.
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune(" \t-_./#:[]'\"", r) {
			return -1
		}
		return r
	}, strings.ToLower(s))
}

// distance is the number of bytes to insert, delete, replace or swap with their neighbour
// that turns one text into the other.
func distance(a, b string) int {
	rows := make([]int, 3*(len(b)+1))
	before, row, next := rows[:len(b)+1], rows[len(b)+1:2*(len(b)+1)], rows[2*(len(b)+1):]
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		next[0] = i + 1
		for j := range len(b) {
			replaced := row[j]
			if a[i] != b[j] {
				replaced++
			}
			next[j+1] = min(replaced, row[j+1]+1, next[j]+1)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				next[j+1] = min(next[j+1], before[j-1]+1)
			}
		}
		before, row, next = row, next, before
	}
	return row[len(b)]
}

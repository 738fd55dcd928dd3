package interview

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// pause is what stands between a word and the one before it.
type pause uint8

const (
	none     pause = iota
	clause         // a comma, colon, bracket or dash: what is denied ends here
	sentence       // a full stop, question mark, semicolon or new line: a phrase ends here
)

// word is one word of a text, in lower case and without apostrophes: pt's is pts, as many
// people write it.
type word struct {
	text    string
	before  pause
	numbers []int // in the vocabulary
}

// shortened are abbreviations after which a full stop ends no sentence.
var shortened = map[string]bool{
	"pt": true, "pts": true, "dr": true, "mr": true, "mrs": true, "ms": true, "approx": true, "no": true, "hosp": true, "st": true, "eg": true, "ie": true, "etc": true, "vs": true, "cert": true,
}

// split returns the words of a text, in one pass over it.
func split(text string) []word {
	words := make([]word, 0, len(text)/5+1)
	gap, start := sentence, -1
	end := func(at int) {
		if start >= 0 {
			words = append(words, word{text: plain(text[start:at]), before: gap})
			gap, start = none, -1
		}
	}
	for i, r := range text {
		if isLetter(r) || start >= 0 && within(text, i, r) {
			if start < 0 {
				start = i
			}
			continue
		}
		end(i)
		gap = max(gap, pauseOf(text, i, r, words))
	}
	end(len(text))
	return words
}

func isLetter(r rune) bool {
	if r < utf8.RuneSelf {
		return 'a' <= r|0x20 && r|0x20 <= 'z' || '0' <= r && r <= '9'
	}
	return unicode.IsLetter(r) || unicode.IsDigit(r)
}

func isApostrophe(r rune) bool { return r == '\'' || r == '’' || r == '‘' }

// within reports whether a character that is no letter stands in the middle of a word: an
// apostrophe, or the point of 2.5.
func within(text string, i int, r rune) bool {
	digit := func(r rune) bool { return '0' <= r && r <= '9' }
	switch {
	case isApostrophe(r):
		after, _ := utf8.DecodeRuneInString(text[i+utf8.RuneLen(r):])
		return isLetter(after)
	case r == '.' && i+1 < len(text):
		return digit(rune(text[i-1])) && digit(rune(text[i+1]))
	}
	return false
}

// pauseOf returns what a character at i means that is not part of a word.
func pauseOf(text string, i int, r rune, words []word) pause {
	next := i + 1
	lone := next >= len(text) || text[next] == ' ' || text[next] == '\n' || text[next] == '\r' || text[next] == '"' || text[next] == ')'
	switch r {
	case '\n', ';', '!', '?':
		return sentence
	case '.':
		if n := len(words); lone && (n == 0 || !shortened[words[n-1].text]) {
			return sentence
		}
	case ',', ':', '(', ')', '[', ']', '–', '—', '\u2022':
		return clause
	case '-':
		if lone {
			return clause
		}
	}
	return none
}

var apostrophes = strings.NewReplacer("'", "", "’", "", "‘", "")

// plain returns a word in the form in which words are compared.
func plain(w string) string {
	if strings.ContainsAny(w, "'’‘") {
		w = apostrophes.Replace(w)
	}
	return strings.ToLower(w)
}

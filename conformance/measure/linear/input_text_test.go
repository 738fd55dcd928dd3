package main

import "strings"

// texts are hostile for the privacy screen: each repeats something that makes it
// look around.
var texts = func() inputs {
	out := inputs{}
	for name, unit := range map[string]string{
		"digits": "9", "spaced digits": "9 ", "dashed digits": "9-", "phones": "07 ", "at signs": "a@", "at signs only": "@", "invisible": "9\u200b\u200b\u200b\u200b",
		"letters O": "O0", "only O": "o", "postcodes": "A1 1AA ", "dates": "born 1/2/50 ", "dates without a cue": "1/2/50 ", "dots": "1.1.", "local part": "a.",
		"NHS numbers": "9990000018 ", "dashed NHS numbers": "999-000-0018-", "insurance": "AB 12 34 56 ", "letters": "a", "long name": "Mrs A", "titles": "Mrs ",
		"names": "Mrs Van ", "particles": "van der ", "apostrophes": "O'", "tokens": "[NHS-NUMBER]", "half tokens": "[NHS-NUMBER", "denied": "Brown ", "denied given": "Will ",
		"phrase": "Okonkwo-", "address": "12 ", "compact": "EMIS-12/", "compact dashes": "E-M-I-S-", "cues": "GMC 1234567 ", "cue only": "gmc ", "wide": "\uff19", "marks": "e\u0301",
		"uuid": "99900000-0018-4000-8000-000099900000 ", "hex": "999000a-", "spaces": " ", "invalid UTF-8": "\xff", "invisible only": "\u200b",
		"much of all": "Mrs Brown 9990000018 07700 900123 jo@example.org Siobhan E10 6QN 1/2/1950 ",
	} {
		out[name] = long("", unit, "")
	}
	return out
}()

// stories are hostile for what looks for words: each begins many phrases and ends none, or
// is always something else.
var stories = inputs{
	"letters": long("", "a ", ""), "one word": long("", "a", ""), "stops": long("", ". ", ""), "apostrophes": long("", "a'", ""), "points": long("", "1.", ""), "quotes": long("", "’", ""), "invalid UTF-8": long("", "\xff", ""),
	"denied": long("", "not died ", ""), "found": long("", "died. ", ""), "excepted": long("", "husband died ", ""), "beginnings": long("", "letter sent nurse before patient no ", ""), "staff": long("", "nurse ", ""),
	"hurt": long("", "nurse hurt the ", ""), "near misses": long("", "nearly not noticed before ", ""), "the same sentence": long("", "died, complaint, nearly, nobody there, police, morphine missing. ", ""),
}

// denials are deny-lists, a line each with terms separated by semicolons, and a text as
// long as the list that comes close to its terms.
var denials = inputs{
	"terms":             denial(many("", "name%;", ""), "name1 "),
	"one term":          denial(long("", "a", ""), "a"),
	"one long phrase":   denial(long("", "a ", ""), "a "),
	"like the text":     denial(many("", "a a a a b%;", ""), "a "),
	"phrases in others": denial(rows("a "), "a "),
	"letters in others": denial(rows("a"), "a-"),
	"letters, gaps":     denial(rows("a"), "a---"),
	"letters, brackets": denial(rows("a"), "a["),
	"long last word":    denial(rows("a "), "a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a "+strings.Repeat("a", 5000)+" "),
	"same term":         denial(long("", "brown;", ""), "brown "),
	"same term, given":  denial(long("", "x, brown;brown, x;", ""), "brown x "),
	"same start":        denial(many("", "12 high street %;", ""), "12 high street "),
	"digits":            denial(many("", "1%;", ""), "1"),
	"dashes":            denial(many("", "a-b-c-%;", ""), "a-b-c-"),
	"dates":             denial(many("", "1/2/%;", ""), "1/2/1950 "),
	"same date":         denial(long("", "1/2/50;", ""), "1/2/1950 "),
	"mc":                denial(many("", "mcdonald%;", ""), "mc donald1 "),
	"umlauts":           denial(long("", "\u00e4\u00f6;", ""), "aeoe "),
}

// denial has as many bytes of terms as of text.
func denial(terms input, unit string) input {
	return func(n int) []byte {
		return append(append(terms(n/2), '\n'), long("", unit, "")(n/2)...)
	}
}

// rows are terms of one unit, of two and so on, up to the 128 characters in which terms
// are told apart.
func rows(unit string) input {
	terms := ""
	for i := range 128 / len(unit) {
		terms += strings.Repeat(unit, i+1) + ";"
	}
	return long("", terms, "")
}

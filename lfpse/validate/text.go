package validate

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// longestPlaceholder is the length, in letters and digits, of the longest of the
// placeholders.
const longestPlaceholder = 16

// placeholders are texts that say nothing, whatever was asked, in lower case and without
// blanks and punctuation. The first lines are written by people, the last by programs
// that have no value.
var placeholders = map[string]bool{
	"na": true, "notapplicable": true, "tba": true, "tbc": true, "tbd": true, "tobeadded": true, "tobeconfirmed": true, "tobecompleted": true,
	"asabove": true, "asperabove": true, "seeabove": true, "seebelow": true, "sameasabove": true, "same": true, "ditto": true,
	"seenote": true, "seenotes": true, "seerecord": true, "seedescription": true, "seeattached": true, "seeattachment": true, "asdiscussed": true,
	"nodetails": true, "noinformation": true, "nocomment": true, "other": true,
	"test": true, "testing": true, "thisisatest": true, "asdf": true, "qwerty": true,
	"null": true, "nan": true, "undefined": true, "objectobject": true, "ref": true,
}

// noAnswers are answers that say something if the question is optional, but nothing if a
// text is mandatory.
var noAnswers = map[string]bool{
	"no": true, "none": true, "nil": true, "nothing": true, "unknown": true, "notknown": true, "dontknow": true, "notsure": true,
}

// isPlaceholder reports whether a text is only a stand-in: one of the placeholders, only
// punctuation, or only crosses.
func isPlaceholder(s string, mandatory bool) bool {
	if len(s) > 2*longestPlaceholder {
		return false
	}
	var word [longestPlaceholder]byte
	n, crosses := 0, true
	for i := range len(s) {
		c := s[i]
		switch {
		case isLetter(c):
			c |= 0x20
		case !isDigit(c) && c < utf8.RuneSelf:
			continue
		}
		if n == len(word) {
			return false
		}
		word[n] = c
		crosses = crosses && c == 'x'
		n++
	}
	return crosses || placeholders[string(word[:n])] || mandatory && noAnswers[string(word[:n])]
}

// letters counts the letters of a text, up to enough. A letter that is not ASCII counts
// as many times as it has bytes, since scripts with longer encodings say more with one
// letter.
func letters(s string, enough int) int {
	n := 0
	for i := 0; i < len(s) && n < enough; i++ {
		if isLetter(s[i]) || s[i] >= utf8.RuneSelf {
			n++
		}
	}
	return n
}

// isCut reports whether a text ends in mid-sentence after exactly as many characters as a
// column or a form can hold.
func isCut(s string) bool {
	const least = 255
	if len(s) < least {
		return false
	}
	last, _ := utf8.DecodeLastRuneInString(s)
	if !unicode.IsLetter(last) && !unicode.IsDigit(last) && last != ' ' && last != ',' && last != '-' {
		return false
	}
	switch utf8.RuneCountInString(s) {
	case least, 256, 500, 512, 1000, 1024, 2000, 2048, 4000, 4096, 5000, 8000, 8192, 10000, 32767, 32768, 65535, 65536:
		return true
	}
	return false
}

// isDamaged reports whether a text shows traces of having been read in the wrong
// character set. What people write can look similar, for instance a capital with an
// accent before a closing quote, so only pairs of characters that do not occur in
// English, Welsh and neighbouring languages count as damage.
func isDamaged(s string) bool {
	var last rune // the one just before, if that is no ASCII either
	for i, end := nextNonASCII(s, 0), 0; i < len(s); i = nextNonASCII(s, end) {
		if i > end {
			last = 0
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		end = i + size
		switch {
		case r == utf8.RuneError:
			return true
		case 0x7f <= r && r < 0xa0:
			// ISO 8859-1 has control characters where Windows-1252 has dashes and
			// quotes. Nobody types them, nor the delete character.
			return true
		case last == 'Â' && 0xa0 <= r && r <= 0xbf && r != '«' && r != '»':
			return true // a sign from U+00A0, in UTF-8 that was read as Windows-1252
		case last == 'Ã' && (0xa0 <= r && r <= 0xbf || strings.ContainsRune("€‚ƒ„†‡ˆ‰Š‹ŒŽ•˜™š›œžŸ", r)):
			return true // a letter from U+00C0, likewise
		case last == 'â' && (r == '€' || r == '‚' || r == '„'):
			return true // a dash, a quote, an ellipsis, the euro, the trade mark, likewise
		case last == 'ï' && r == '¿':
			return true // a replacement character, likewise
		}
		last = r
	}
	return false
}

// htmlTags are the tags that an editor of formatted text writes.
var htmlTags = map[string]bool{
	"a": true, "b": true, "body": true, "br": true, "div": true, "em": true, "font": true, "h1": true, "h2": true, "h3": true, "head": true, "hr": true,
	"html": true, "i": true, "img": true, "li": true, "meta": true, "ol": true, "p": true, "script": true, "span": true, "strong": true, "style": true,
	"sub": true, "sup": true, "table": true, "tbody": true, "td": true, "th": true, "title": true, "tr": true, "u": true, "ul": true,
}

// htmlEntities are the characters that HTML has to write by name.
var htmlEntities = map[string]bool{"amp": true, "apos": true, "gt": true, "lt": true, "nbsp": true, "quot": true}

// hasMarkup reports whether a text has HTML or RTF in it.
func hasMarkup(s string) bool {
	return strings.HasPrefix(s, `{\rtf`) || follows(s, '<', isTag) || follows(s, '&', isEntity)
}

// follows reports whether what follows a mark, anywhere in s, is as is says.
func follows(s string, mark byte, is func(string) bool) bool {
	for i := strings.IndexByte(s, mark); i >= 0; i = strings.IndexByte(s, mark) {
		if s = s[i+1:]; is(s) {
			return true
		}
	}
	return false
}

// isTag reports whether s goes on like a tag after its angle bracket: a name that
// HTML has, and the end or an attribute. "BP <b and c> d" does not.
func isTag(s string) bool {
	const window = 48 // a tag is decided upon by its first characters
	s = strings.TrimPrefix(s[:min(len(s), window)], "/")
	n := nameLength(s)
	if !htmlTags[strings.ToLower(s[:n])] {
		return false
	}
	s = strings.TrimLeft(s[n:], " ")
	n = nameLength(s)
	return strings.HasPrefix(s, ">") || strings.HasPrefix(s, "/>") || n > 0 && strings.HasPrefix(s[n:], "=")
}

// nameLength is how many characters of a name s begins with.
func nameLength(s string) int {
	for i := range len(s) {
		if !isLetter(s[i]) && !isDigit(s[i]) && s[i] != '-' {
			return i
		}
	}
	return len(s)
}

// isEntity reports whether s goes on like an entity after its ampersand.
func isEntity(s string) bool {
	name, _, ok := strings.Cut(s[:min(len(s), 8)], ";")
	if number, isNumber := strings.CutPrefix(name, "#"); ok && isNumber {
		return number != "" && nameLength(number) == len(number)
	}
	return ok && htmlEntities[name]
}

func isLetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }

// nextNonASCII returns the offset of the first byte from i on that is not ASCII or is a
// delete character, or the length of s.
func nextNonASCII(s string, i int) int {
	for i+8 <= len(s) {
		w := eight(s[i : i+8])
		if (w|(w+each))&high == 0 {
			i += 8
			continue
		}
		break
	}
	for i < len(s) && s[i] < 0x7f {
		i++
	}
	return i
}

// maxString is the largest number of characters of a string: "strings SHALL NOT exceed
// 1MB (1024*1024 characters) in size".
const maxString = 1 << 20

// isPlain reports whether s is a valid string that consists of printable ASCII, tabs and
// line breaks.
func isPlain(s string) bool {
	if s == "" || s[0] <= ' ' || len(s) > maxString {
		return false
	}
	for ; len(s) >= 16; s = s[16:] {
		if unprintable(eight(s), ' ')|unprintable(eight(s[8:]), ' ') != 0 && !plainBytes(s[:16]) {
			return false
		}
	}
	if len(s) >= 8 && unprintable(eight(s), ' ') == 0 {
		s = s[8:]
	}
	return plainBytes(s)
}

func plainBytes(s string) bool {
	for i := range len(s) {
		if c := s[i]; c < ' ' && c != '\t' && c != '\n' && c != '\r' || c > '~' {
			return false
		}
	}
	return true
}

// printable reports whether all bytes of s are between lowest and the tilde.
func printable(s string, lowest byte) bool {
	if len(s) < 8 {
		for i := range len(s) {
			if s[i] < lowest || s[i] > '~' {
				return false
			}
		}
		return true
	}
	last := s[len(s)-8:] // may overlap what the loop has seen
	for ; len(s) >= 16; s = s[16:] {
		if unprintable(eight(s), lowest)|unprintable(eight(s[8:]), lowest) != 0 {
			return false
		}
	}
	return unprintable(eight(last), lowest) == 0 && (len(s) < 8 || unprintable(eight(s), lowest) == 0)
}

// unprintable is not 0 if one of eight bytes is not between lowest and the tilde: its
// high bit is set if it is not ASCII, if subtracting lowest borrows, or if adding 1
// carries. The byte after such a byte may be marked too.
func unprintable(w uint64, lowest byte) uint64 {
	return (w | (w - each*uint64(lowest)) | (w + each)) & high
}

// each is one in each of eight bytes, high the highest bit.
const each, high = 0x0101010101010101, 0x8080808080808080

// eight returns the first eight bytes of s, which the compiler reads with one
// instruction.
func eight(s string) uint64 {
	_ = s[7]
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
		uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
}

// blank reports whether s is empty or consists of white space.
func blank(s string) bool {
	return s == "" || (s[0] <= ' ' || s[0] >= utf8.RuneSelf) && strings.TrimSpace(s) == ""
}

// digits reports whether s consists of digits.
func digits(s string) bool {
	for i := range len(s) {
		if !isDigit(s[i]) {
			return false
		}
	}
	return s != ""
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

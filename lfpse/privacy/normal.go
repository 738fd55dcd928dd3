package privacy

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// normalise returns a text as it looks to a reader, so that the screen knows one
// spelling of each character: digits of every script, full-width forms, spaces, dashes
// and apostrophes become their ASCII ones, accents go, as do characters that take no
// space, and what is left are the letters of other scripts in lower case. So every byte
// from 0x80 on is part of a letter. A text in ASCII is returned as it is.
func normalise(text string) string {
	if isASCII(text) {
		return text
	}
	var b strings.Builder
	b.Grow(len(text))
	for i := 0; i < len(text); {
		start := i
		for i < len(text) && text[i] < utf8.RuneSelf {
			i++
		}
		b.WriteString(text[start:i])
		if i < len(text) {
			r, size := utf8.DecodeRuneInString(text[i:])
			out, n := plain(r)
			b.Write(out[:n])
			i += size
		}
	}
	return b.String()
}

func isASCII(text string) bool {
	for i := range len(text) {
		if text[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// otherSymbol stands for what is no letter, digit, space or known punctuation.
const otherSymbol = '\x1a'

// plain returns the normal form of a character, n bytes of out.
func plain(r rune) (out [utf8.UTFMax]byte, n int) {
	switch {
	case r < utf8.RuneSelf:
		out[0] = byte(r)
	case isInvisible(r):
		return out, 0
	case isDash(r):
		out[0] = '-'
	case '\uff01' <= r && r <= '\uff5e': // full-width
		out[0] = byte(r - '\uff01' + '!')
	case unicode.IsMark(r):
		return out, 0
	case r == '\u2800' || unicode.IsSpace(r):
		out[0] = ' '
	case unicode.IsDigit(r):
		out[0] = '0' + digitValue(r)
	case strings.ContainsRune("\u2018\u2019\u02bc\u2032", r):
		out[0] = '\''
	case r == '\u00b7' || r == '\u3002':
		out[0] = '.'
	case r == '\ufe6b':
		out[0] = '@'
	case unicode.IsLetter(r):
		return plainLetter(r)
	default:
		out[0] = otherSymbol
	}
	return out, 1
}

// plainLetter returns a letter without its accent, in ASCII where there is a usual
// spelling.
func plainLetter(r rune) (out [utf8.UTFMax]byte, n int) {
	small := unicode.ToLower(r)
	spelling, ok := unaccented[small]
	if !ok {
		return out, utf8.EncodeRune(out[:], small)
	}
	n = copy(out[:], spelling)
	if small != r {
		out[0] = upper(out[0])
	}
	return out, n
}

// unaccented maps the accented letters of European languages to what people write
// when the accent is not on their keyboard.
var unaccented = func() map[rune]string {
	table := map[rune]string{}
	for spelling, accented := range map[string]string{
		"a": "àáâãäåāăąǎạảấầẩẫậắằẳẵặ", "ae": "æ", "c": "çćĉċč", "d": "ďđð",
		"e": "èéêëēĕėęěẹẻẽếềểễệ", "f": "ƒ", "g": "ĝğġģ", "h": "ĥħ",
		"i": "ìíîïĩīĭįıỉị", "j": "ĵ", "k": "ķ", "l": "ĺļľŀł",
		"n": "ñńņňŋ", "o": "òóôõöøōŏőơọỏốồổỗộớờởỡợ", "oe": "œ", "r": "ŕŗř",
		"s": "śŝşšș", "ss": "ß", "t": "ţťŧț", "th": "þ",
		"u": "ùúûüũūŭůűųưụủứừửữự", "w": "ŵẁẃẅ", "y": "ýÿŷỳỵỷỹ", "z": "źżž",
	} {
		for _, r := range accented {
			table[r] = spelling
		}
	}
	return table
}()

// digitValue is the value of a decimal digit of any script. The digits of a script
// stand together in order, so the offset from the start of the range gives it.
func digitValue(r rune) byte {
	for _, rg := range unicode.Nd.R16 {
		if rune(rg.Lo) <= r && r <= rune(rg.Hi) {
			return byte(int(r-rune(rg.Lo)) % 10)
		}
	}
	for _, rg := range unicode.Nd.R32 {
		if rune(rg.Lo) <= r && r <= rune(rg.Hi) {
			return byte(int(r-rune(rg.Lo)) % 10)
		}
	}
	return 0
}

// isInvisible reports characters that take no space on screen.
func isInvisible(r rune) bool {
	switch r {
	case '\u00ad', '\u034f', '\u061c', '\u180e', '\ufeff':
		return true
	}
	return '\u200b' <= r && r <= '\u200f' || '\u202a' <= r && r <= '\u202e' || '\u2060' <= r && r <= '\u2069'
}

// isDash reports hyphens, dashes and the minus sign.
func isDash(r rune) bool {
	switch r {
	case '-', '\u2043', '\u2212', '\ufe58', '\ufe63', '\uff0d', '\u30fc':
		return true
	}
	return '\u2010' <= r && r <= '\u2015'
}

// locate turns hits in the normal form of a text, in text order, into hits in the
// text itself.
func locate(text, normal string, hits []Hit) []Hit {
	if len(hits) == 0 || normal == text {
		return hits
	}
	at := position{text: text}
	for i := range hits {
		at.to(hits[i].Start)
		end := at
		end.past(hits[i].End)
		hits[i].Start, hits[i].End = at.original, end.original
	}
	return hits
}

// position is a place in a text and in its normal form.
type position struct {
	text             string
	original, normal int
}

// to moves on to the character that byte i of the normal form comes from.
func (p *position) to(i int) {
	for p.original < len(p.text) {
		size, n, _ := p.character()
		if p.normal+n > i {
			return
		}
		p.original, p.normal = p.original+size, p.normal+n
	}
}

// past moves on until what comes before byte i of the normal form has gone by, with
// the accents of the last letter.
func (p *position) past(i int) {
	for p.original < len(p.text) {
		size, n, mark := p.character()
		if p.normal >= i && !mark {
			return
		}
		p.original, p.normal = p.original+size, p.normal+n
	}
}

func (p *position) character() (size, n int, mark bool) {
	r, size := utf8.DecodeRuneInString(p.text[p.original:])
	_, n = plain(r)
	return size, n, unicode.IsMark(r)
}

package validate_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"pgregory.net/rapid"
)

// windows1252 are the characters that Windows-1252 has from 0x80 to 0x9f. It leaves
// five of the bytes out; readers take them for the control characters.
var windows1252 = []rune("€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ")

// misread is a text whose bytes in UTF-8 were taken for characters.
func misread(s string, windows bool) string {
	var b strings.Builder
	for i := range len(s) {
		c := s[i]
		if windows && 0x80 <= c && c < 0xa0 {
			b.WriteRune(windows1252[c-0x80])
		} else {
			b.WriteRune(rune(c))
		}
	}
	return b.String()
}

// What is not plain ASCII in English texts is recognised when it was read in the
// wrong character set, and left alone when it was not.
func TestEveryMisreadCharacter(t *testing.T) {
	v := validatorOf(t, confirmed(t))
	damaged := func(text string) bool {
		e := incident()
		e.Description = text
		return found(v.Check(encode(t, confirmed(t), e)), "QUALITY-TEXT-DAMAGED") != nil
	}
	// Beside a quote, a dash or an ellipsis the capital Ã may be what was meant, and
	// Â beside a French quote.
	unsure := map[rune]bool{'«': true, '»': true, 'Å': true, 'Ñ': true, 'Ò': true, 'Ó': true, 'Ô': true, 'Ö': true, '×': true}
	letters := []rune("‘’“”–—…•€™\ufffd")
	for r := rune(0xa0); r <= 0xff; r++ {
		letters = append(letters, r)
	}
	for _, r := range letters {
		text := "The dose was " + string(r) + " and nobody noticed it."
		if r != '\ufffd' {
			assert.False(t, damaged(text), "%q", text)
		}
		windows, latin := misread(text, true), misread(text, false)
		assert.Equal(t, !unsure[r], damaged(windows), "%q", windows)
		assert.Equal(t, r != '«' && r != '»', damaged(latin), "%q", latin)
	}
}

// A text of ordinary words is never found fault with, however long it is.
func TestOrdinaryTextsAreFine(t *testing.T) {
	v, codec := validatorOf(t, confirmed(t)), codecOf(t, confirmed(t))
	word := rapid.SampledFrom([]string{"the", "dose", "was", "<5", "mg", "&", "see", "notes", "a/b", "n/a", "test", "café", "39°", "£5", "’s", "“twice”", "none", "–", "é", "other"})
	rapid.Check(t, func(t *rapid.T) {
		e := incident()
		e.Description = "Somebody wrote this down: " + strings.Join(rapid.SliceOfN(word, 1, 400).Draw(t, "words"), " ") + "."
		e.Patients[0].ClinicalOutcome = e.Description[:len(e.Description)-1] + ", and more."
		a, _ := codec.Encode(&e)
		assert.Empty(t, v.Check(a).Issues)
	})
}

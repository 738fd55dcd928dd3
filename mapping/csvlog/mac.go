package csvlog

import "unicode/utf8"

// looksOld reports whether text that is not UTF-8 makes no sense in Windows-1252 and does in
// an encoding that is older: that of a Mac or of DOS.
func looksOld(text []byte) bool { return looksMacRoman(text) || looksDOS(text) }

// looksDOS reports whether text has what "CSV (MS-DOS)" of Excel writes, in code page 850 or
// 437, for the characters that are common in English texts.
func looksDOS(text []byte) bool {
	for i, b := range text {
		before, after := at(text, i-1), at(text, i+1)
		switch {
		case b == 0x9c && isDigit(after), // the sign of the pound: a ligature before an amount
			b == 0x82 && isSmall(before),                                       // e acute: a low quotation mark behind a letter
			b == 0xf8 && (isDigit(before) || before == ' ' && !isSmall(after)), // degree: a small o
			b == 0xe6 && isDigit(before):                                       // micro: a ligature behind a number
			return true
		}
	}
	return false
}

// looksMacRoman reports whether text that is not UTF-8 makes no sense in Windows-1252 and
// does in Mac Roman, in which Excel for Mac writes "CSV (Macintosh)". Nearly every byte is
// a letter or a sign in both, so the neighbours decide: in Windows-1252 the curly
// quotation mark of a Mac is a capital letter behind a small one, its dash a capital
// letter that stands alone.
func looksMacRoman(text []byte) bool {
	for i, b := range text {
		if b >= utf8.RuneSelf && oddIn1252(at(text, i-1), b, at(text, i+1)) {
			return true
		}
	}
	return false
}

// at is the byte at a place, a line break outside the text.
func at(text []byte, i int) byte {
	if i < 0 || i >= len(text) {
		return '\n'
	}
	return text[i]
}

// oddIn1252 reports whether a byte between two others is what no English or European text
// in Windows-1252 has there. The comments say what the bytes are in Mac Roman.
func oddIn1252(before, b, after byte) bool {
	alone := !isLetter(before) && !isLetter(after)
	switch b {
	case 0xd0, 0xd1, 0xca, 0xc8, 0xc7: // dashes, no-break space, guillemets: a capital letter alone
		if alone {
			return true
		}
	case 0xd2, 0xd4: // opening quotation marks: a capital letter alone, or before a digit
		if alone || isDigit(after) {
			return true
		}
	case 0xd3, 0xd5: // closing quotation marks, apostrophe
		if alone || isDigit(before) || b == 0xd5 && before == 'O' { // as in an Irish name
			return true
		}
	case 0xdb: // €: a capital letter before an amount
		if isDigit(after) {
			return true
		}
	case 0xa5: // bullet: the sign of the yen without an amount
		return !isDigit(after) && !isDigit(before)
	case 0xa1: // degree: an opening exclamation mark
		return isDigit(before)
	case 0xb2, 0xb3: // less or equal, greater or equal: an exponent without a base
		return !isLetter(before) && !isDigit(before) && before != ')' && (isDigit(after) || after == ' ')
	case 0x91, 0x93: // ë, ì: an opening quotation mark behind a letter
		return isLetter(before)
	case 0x83, 0x84, 0x86, 0x87, 0x88, 0x89, 0x95, 0x98, 0x99, 0x9b: // É, Ñ, Ü, á, à, â, ï, ò, ô, õ: a sign within a word
		return isSmall(before) && isSmall(after)
	}
	// The rest are accented small letters and ellipses: a capital letter within a word.
	capital := b >= 0xc0 && b <= 0xde && b != 0xd7 || b == 0x8a || b == 0x8c || b == 0x8e || b == 0x9f
	return capital && (isSmall(before) || isLetter(before) && isSmall(after))
}

func isDigit(b byte) bool { return b >= '0' && b <= '9' }

func isSmall(b byte) bool { return b >= 'a' && b <= 'z' }

// isLetter counts the accented letters of Windows-1252 as letters.
func isLetter(b byte) bool { return isSmall(b) || b >= 'A' && b <= 'Z' || b >= 0xc0 }

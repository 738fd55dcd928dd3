package privacy

// Redaction tokens, such as [NHS-NUMBER], stand in texts for what Redact took
// away. To the screen a token is a value it cannot look into: its words are no
// names, no cue reaches across it, and what touches it is part of a longer value, as
// it was before. So taking one value away never brings another to light.

// tokens are all that Redact writes.
var tokens = func() (table []string) {
	for _, c := range [...]Class{NHSNumber, CHINumber, HCNumber, NINumber, ProfessionalNumber, Email, Phone, Postcode, Name, BirthDate, Address, Identifier,
		Element, Reference, Binary, 0} {
		table = append(table, c.token())
	}
	return table
}()

// tokenAt returns the end of the token that starts at i, or 0.
func tokenAt(text string, i int) int {
	if i >= len(text) || text[i] != '[' {
		return 0
	}
	for _, token := range tokens {
		if end := i + len(token); end <= len(text) && text[i:end] == token {
			return end
		}
	}
	return 0
}

// tokenEndsAt reports whether a token ends before i.
func tokenEndsAt(text string, i int) bool {
	if i <= 0 || text[i-1] != ']' {
		return false
	}
	for _, token := range tokens {
		if start := i - len(token); start >= 0 && text[start:i] == token {
			return true
		}
	}
	return false
}

// before is the character that ends at i, 0 at the start, for finding out whether a
// value starts there: a token counts as a digit.
func before(text string, i int) byte {
	if tokenEndsAt(text, i) {
		return '0'
	}
	return at(text, i-1)
}

// after is the character that starts at i in the same manner.
func after(text string, i int) byte {
	if tokenAt(text, i) > 0 {
		return '0'
	}
	return at(text, i)
}

// apart reports whether text[start:end], a word, neither touches a token nor lies
// in one.
func apart(text string, start, end int) bool {
	if isWord(before(text, start)) || isWord(after(text, end)) {
		return false
	}
	for range len("[PROFESSIONAL-NUMBER]") { // the longest
		if start--; start < 0 || !isUpper(text[start]) && text[start] != '-' {
			break
		}
	}
	return start < 0 || text[start] != '[' || tokenAt(text, start) < end
}

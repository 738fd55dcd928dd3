package privacy

import "strings"

// E-mail addresses in which words or signs in brackets stand for the at sign and the full
// stops: "jane dot doe at nhs dot net", "jane (at) example.com".

// dotInWords looks at the word dot at i, which may be in brackets.
func (sc *scanner) dotInWords(i int) {
	if at(sc.text, i+1)|0x20 != 'o' || at(sc.text, i+2)|0x20 != 't' {
		return
	}
	if last := len(sc.hits) - 1; last >= 0 && sc.hits[last].Class == ObscuredEmail && sc.hits[last].End > i {
		return
	}
	if isWord(at(sc.text, i-1)) || isWord(at(sc.text, i+3)) {
		return
	}
	end := sc.spokenDomainEnd(i + 3)
	if end == 0 {
		return
	}
	// To the left: the domain, at, the local part.
	start, ok := sc.mailWordBefore(i)
	for n := 0; ok && n < 4; n++ {
		sign, from := sc.signBefore(start)
		switch sign {
		case signAt:
			if local := sc.spokenLocal(from); local < from {
				sc.hit(ObscuredEmail, local, end)
			}
			return
		case signDot:
			start, ok = sc.mailWordBefore(from)
		default:
			return
		}
	}
}

// bracketedAt looks at the bracket at i for that of "(at)".
func (sc *scanner) bracketedAt(i int) {
	if at(sc.text, i+1)|0x20 != 'a' || at(sc.text, i+2)|0x20 != 't' {
		return
	}
	end := i + len("(at")
	if c := at(sc.text, end); c != ')' && c != ']' && c != '}' && c != '>' {
		return
	}
	if end++; at(sc.text, end) == ' ' {
		end++
	}
	domain := max(sc.domainEnd(end), sc.spokenDomainEnd(sc.mailWordAt(end)))
	if domain == 0 || sc.overlapsEmail(i) {
		return
	}
	if local := sc.spokenLocal(i); local < i {
		sc.hit(ObscuredEmail, local, domain)
	}
}

// domainInWords looks at the full stop at i for the domain of "jane.doe at nhs.net".
func (sc *scanner) domainInWords(i int) {
	text := sc.text
	if !isLetter(at(text, i+1)) || !isWord(at(text, i-1)) {
		return
	}
	start := i
	for start > 0 && i-start < 40 && (isWord(text[start-1]) || text[start-1] == '-' || text[start-1] == '.') {
		start--
	}
	sign, from := sc.signBefore(start)
	if sign != signAt || sc.overlapsEmail(start) {
		return
	}
	end := sc.domainEnd(start)
	local := sc.spokenLocal(from)
	if end == 0 || local == from || !isMailDomain(text[start:end]) {
		return
	}
	w := word{local, from}
	name := w.short(text)
	if !strings.ContainsAny(text[local:from], "._0123456789") && (!isMailHost(text[start:end]) || isLookWord(name.string())) {
		return // "look at nice.org.uk"
	}
	sc.hit(ObscuredEmail, local, end)
}

// spacedAt looks at an at sign at i that has spaces around it.
func (sc *scanner) spacedAt(i int) {
	if at(sc.text, i-1) != ' ' && at(sc.text, i+1) != ' ' {
		return
	}
	start := i + 1
	if at(sc.text, start) == ' ' {
		start++
	}
	end := sc.domainEnd(start)
	local := i
	if at(sc.text, local-1) == ' ' {
		local--
	}
	if from := sc.spokenLocal(local); end > 0 && from < local && isMailDomain(sc.text[start:end]) {
		sc.hit(ObscuredEmail, from, end)
	}
}

func (sc *scanner) overlapsEmail(i int) bool {
	last := len(sc.hits) - 1
	return last >= 0 && (sc.hits[last].Class == Email || sc.hits[last].Class == ObscuredEmail) && sc.hits[last].End > i
}

// isMailDomain reports domains with a top level that addresses have.
func isMailDomain(domain string) bool {
	return isTopLevel(domain[strings.LastIndexByte(domain, '.')+1:])
}

// isMailHost reports domains that are for mail above all.
func isMailHost(domain string) bool {
	for _, host := range [...]string{"nhs.net", "nhs.scot", "hscni.net", "gmail.com", "googlemail.com", "hotmail.com", "hotmail.co.uk", "outlook.com", "yahoo.com", "yahoo.co.uk", "icloud.com",
		"btinternet.com", "aol.com", "live.co.uk", "live.com", "me.com", "doctors.org.uk", "doctors.net.uk", "sky.com", "msn.com", "protonmail.com", "virginmedia.com", "ntlworld.com", "talktalk.net"} {
		if strings.EqualFold(domain, host) {
			return true
		}
	}
	return false
}

// isLookWord reports words before "at" that are no local part.
func isLookWord(folded string) bool {
	switch folded {
	case "look", "looked", "see", "seen", "available", "found", "is", "was", "are", "published", "hosted", "register", "registered", "online", "guidance", "account", "accounts", "emails", "mail", "email",
		"mailbox", "address", "addresses", "outage", "fault", "support", "helpdesk", "inbox", "error", "one", "it", "them", "us", "me", "her", "him", "someone", "users", "staff":
		return true
	}
	return false
}

func isTopLevel(s string) bool {
	var key [6]byte
	if len(s) < 2 || len(s) > len(key) {
		return false
	}
	for i := range len(s) {
		key[i] = lower(s[i])
	}
	switch string(key[:len(s)]) {
	case "net", "com", "org", "uk", "scot", "wales", "info", "eu", "ie", "co", "gov", "biz", "me", "io", "london", "de", "fr", "pl":
		return true
	}
	return false
}

// spokenDomainEnd reads what follows a dot in words at i: a word, and further ones with
// dots between. It returns the end if the last is a top-level domain, or 0.
func (sc *scanner) spokenDomainEnd(i int) (end int) {
	text := sc.text
	for range 4 {
		for n := 0; n < 2 && isMailGap(at(text, i)); n++ {
			i++
		}
		w := sc.part(i)
		if w.len() == 0 {
			return end
		}
		if isTopLevel(text[w.start:w.end]) {
			end = w.end
		}
		i = w.end
		switch next, ok := sc.dotAt(i); {
		case ok:
			i = next
		case at(text, i) == '.' && isLetter(at(text, i+1)):
			i++
		default:
			return end
		}
	}
	return end
}

// mailWordAt passes over the first word of a domain in words and the dot behind it.
func (sc *scanner) mailWordAt(i int) int {
	if next, ok := sc.dotAt(wordAt(sc.text, i).end); ok {
		return next
	}
	return len(sc.text)
}

// dotAt reads the word dot with gaps around it.
func (sc *scanner) dotAt(i int) (next int, ok bool) {
	text := sc.text
	for n := 0; n < 2 && isMailGap(at(text, i)); n++ {
		i++
	}
	if !hasPrefixFold(text[min(i, len(text)):], "dot") {
		return i, false
	}
	return i + len("dot"), true
}

func isMailGap(c byte) bool {
	return c == ' ' || c == '(' || c == ')' || c == '[' || c == ']' || c == '{' || c == '}' || c == '<' || c == '>' || c == '-' || c == '_'
}

// mailSign is what stands between two words of an address.
type mailSign uint8

const (
	signNone mailSign = iota
	signDot
	signAt
)

// signBefore reads the word at or dot, or the at sign, that ends before i with gaps around
// it, and where the word before it ends.
func (sc *scanner) signBefore(i int) (sign mailSign, end int) {
	text := sc.text
	end = i
	for n := 0; n < 2 && isMailGap(at(text, end-1)); n++ {
		end--
	}
	switch {
	case at(text, end-1) == '@':
		sign, end = signAt, end-1
	case end == i:
		return signNone, i
	case hasSuffixFold(text[:end], "at"):
		sign, end = signAt, end-len("at")
	case hasSuffixFold(text[:end], "dot"):
		sign, end = signDot, end-len("dot")
	default:
		return signNone, i
	}
	gap := end
	for n := 0; n < 2 && isMailGap(at(text, end-1)); n++ {
		end--
	}
	if end == gap && at(text, gap) != '@' {
		return signNone, i
	}
	return sign, end
}

// hasSuffixFold reports whether s ends in the lower-case word and the word starts there.
func hasSuffixFold(s, word string) bool {
	i := len(s) - len(word)
	return i >= 0 && hasPrefixFold(s[i:], word) && !isWord(at(s, i-1))
}

// mailWordBefore reads the word before i, with at most two gaps between.
func (sc *scanner) mailWordBefore(i int) (start int, ok bool) {
	text := sc.text
	for n := 0; n < 2 && isMailGap(at(text, i-1)); n++ {
		i--
	}
	start = i
	for start > 0 && i-start < maxLocalPart && (isWord(text[start-1]) || text[start-1] == '-' && isWord(at(text, start-2)) || text[start-1] == '.' && isWord(at(text, start-2)) && start < i) {
		start--
	}
	return start, start < i
}

// spokenLocal reads the local part that ends at i, with dots in words, and returns its
// start.
func (sc *scanner) spokenLocal(i int) (start int) {
	text := sc.text
	for isMailGap(at(text, i-1)) && at(text, i-1) == ' ' {
		i--
	}
	start = i
	for range 4 {
		from := start
		for from > 0 && i-from < maxLocalPart && (isWord(text[from-1]) || strings.IndexByte("._-+", text[from-1]) >= 0) {
			from--
		}
		if from == start {
			return start
		}
		start = from
		sign, end := sc.signBefore(start)
		if sign != signDot {
			return start
		}
		start = end
	}
	return start
}

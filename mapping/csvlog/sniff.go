package csvlog

import "bytes"

// sniffLength is how much of the file is looked at for zero bytes.
const sniffLength = 512

// magics are the beginnings of files that people try to load as CSV.
var magics = []struct{ prefix, text, fix string }{
	{"PK\x03\x04", "This is an Excel workbook or another ZIP file, not CSV.", "Open it in Excel and save it as \"CSV UTF-8\"."},
	{"\xd0\xcf\x11\xe0", "This is an old Excel workbook or another Office file, not CSV.", "Open it in Excel and save it as \"CSV UTF-8\"."},
	{"%PDF", "This is a PDF document, not CSV.", "Ask the incident system for an export as CSV."},
	{"{\\rtf", "This is a rich text document, not CSV.", "Ask the incident system for an export as CSV."},
	{"\x1f\x8b", "This is a gzip file, not CSV.", "Unpack it first."},
}

// notCSV says what the file is instead of CSV, or returns nil.
func notCSV(head []byte) error {
	for _, m := range magics {
		if bytes.HasPrefix(head, []byte(m.prefix)) {
			return fileError(0, RuleNotCSV, m.text, m.fix)
		}
	}
	text := bytes.TrimLeft(head, " \t\r\n")
	switch {
	case followed(text, '<', "!?/abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"):
		return fileError(0, RuleNotCSV, "This is a web page or XML, not CSV; some systems name such a file .xls.", "Open it in Excel and save it as \"CSV UTF-8\".")
	case followed(text, '{', "\"}"), followed(text, '[', "{[\"]"):
		return fileError(0, RuleNotCSV, "This is JSON, not CSV.", "Load a FHIR bundle as context instead, or export the log as CSV.")
	}
	head = head[:min(len(head), sniffLength)]
	zeros := bytes.Count(head, []byte{0})
	switch {
	case zeros == 0:
		return nil
	case zeros >= len(head)/3:
		return fileError(0, RuleEncoding, "Much of the file is zero bytes: this is UTF-16 without a byte order mark, or no text at all.", "Save the log as \"CSV UTF-8\".")
	}
	return fileError(0, RuleNotCSV, "There are zero bytes near the start of the file: it is a binary file, or damaged.", "Save the log as \"CSV UTF-8\".")
}

// followed reports text that starts with first and, after blanks, one of next.
func followed(text []byte, first byte, next string) bool {
	if len(text) == 0 || text[0] != first {
		return false
	}
	rest := bytes.TrimLeft(text[1:], " \t\r\n")
	return len(rest) > 0 && bytes.IndexByte([]byte(next), rest[0]) >= 0
}

// lineEnd tells LF, alone or after CR, from the lone CR of old Macintosh files. CR
// counts only when no line outside quotes ends otherwise.
func lineEnd(head []byte) byte {
	inQuotes, lone := false, false
	for i, b := range head {
		switch {
		case b == '"':
			inQuotes = !inQuotes
		case b == '\n' && (!inQuotes || i > 0 && head[i-1] == '\r'):
			return '\n'
		case b == '\r' && !inQuotes:
			lone = true
		}
	}
	if lone {
		return '\r'
	}
	return '\n'
}

// delimiters are those looked for, in the order of the counts below.
const delimiters = ",;\t|"

// countDelimiters counts each in the first record, outside quotes.
func countDelimiters(head []byte, eol byte) (counts [len(delimiters)]int) {
	inQuotes := false
	for _, b := range head {
		switch {
		case b == '"':
			inQuotes = !inQuotes
		case inQuotes:
		case b == eol:
			return counts
		default:
			for i := range delimiters {
				if b == delimiters[i] {
					counts[i]++
				}
			}
		}
	}
	return counts
}

// headerDelimiter is the one the header uses most: comma when it uses none, 0 when
// two are used equally often.
func headerDelimiter(counts [len(delimiters)]int) byte {
	best, tie := 0, false
	for i := 1; i < len(counts); i++ {
		switch {
		case counts[i] > counts[best]:
			best, tie = i, false
		case counts[i] == counts[best]:
			tie = true
		}
	}
	if tie && counts[best] > 0 {
		return 0
	}
	return delimiters[best]
}

// rowDelimiter is the one that cuts a row into the columns expected, 0 when none or
// several do.
func rowDelimiter(counts [len(delimiters)]int, columns int) (found byte) {
	if columns == 1 {
		return ','
	}
	for i, n := range counts {
		if n != columns-1 {
			continue
		}
		if found != 0 {
			return 0
		}
		found = delimiters[i]
	}
	return found
}

package csvlog

import (
	"fmt"
	"strings"
)

// Rule ids of the findings. They are stable: a program may compare them.
const (
	// Of the whole file, in a FileError.
	RuleOption          = "CSV-OPTION"           // an option has an impossible value
	RuleRead            = "CSV-READ"             // the source failed; see Unwrap
	RuleEmpty           = "CSV-EMPTY"            // no bytes, or only blank lines
	RuleNotCSV          = "CSV-NOT-CSV"          // a workbook, PDF, web page, JSON or binary file
	RuleDelimiter       = "CSV-DELIMITER"        // two delimiters are equally likely
	RuleHeader          = "CSV-HEADER"           // the header row is broken
	RuleDuplicateColumn = "CSV-DUPLICATE-COLUMN" // two columns that are used have the same name

	// Of one row, in a RowError.
	RuleCellCount     = "CSV-CELL-COUNT"      // too few or too many cells
	RuleBareQuote     = "CSV-BARE-QUOTE"      // a quotation mark where none is allowed
	RuleUnclosedQuote = "CSV-UNCLOSED-QUOTE"  // a quoted cell has no end
	RuleRowTooLarge   = "CSV-ROW-TOO-LARGE"   // longer than the record limit
	RuleNUL           = "CSV-NUL"             // a zero byte: damaged data
	RuleShifted       = "CSV-SHIFTED"         // a delimiter that belongs to the text of a cell
	RuleLineBreak     = "CSV-LINE-BREAK"      // a line break that belongs to the text of a cell
	RuleAgainHeader   = "CSV-REPEATED-HEADER" // the column names once more: joined files

	// Of one row in a RowError, of the file in a FileError.
	RuleEncoding = "CSV-ENCODING" // bytes that are not text in the encoding

	// In Warnings.
	RuleMixedEncoding = "CSV-MIXED-ENCODING" // some rows UTF-8, some Windows-1252
)

// Finding is one thing wrong with a file. It never holds a value of the file.
type Finding struct {
	// File is the name of the file, where several belong together, such as a map and those
	// that it includes.
	File string `json:"file,omitempty"`
	// Line is the physical line, from 1, where it starts; 0 means the whole file.
	Line int `json:"line"`
	// Column counts the characters of the line, from 1, up to where it starts; 0 means the
	// whole line.
	Column int `json:"column,omitempty"`
	// Rule is one of the Rule constants.
	Rule string `json:"rule"`
	// Text says what is wrong, Fix what to do about it; both are whole sentences.
	Text string `json:"text"`
	Fix  string `json:"fix,omitempty"`
}

// String formats the finding on one line.
func (f Finding) String() string {
	s := f.Rule
	if at := f.place(); at != "" {
		s += " at " + at
	}
	s += ": " + f.Text
	if f.Fix != "" {
		s += " " + f.Fix
	}
	return s
}

// place says where in the file the finding is.
func (f Finding) place() string {
	at := ""
	if f.Line > 0 {
		at = fmt.Sprintf("line %d", f.Line)
	}
	if f.Line > 0 && f.Column > 0 {
		at = fmt.Sprintf("column %d of %s", f.Column, at)
	}
	if f.File != "" {
		at = strings.TrimSuffix(f.File+", "+at, ", ")
	}
	return at
}

// RowError says that one row cannot be used. Reading goes on after it.
type RowError struct {
	Finding
	// LastLine is the last physical line that the error covers. After a quoting
	// error it equals Line, because reading resumes on the line below.
	LastLine int `json:"lastLine"`
	// Number counts data rows from 1, good and broken ones alike.
	Number int `json:"number"`
}

// Error formats the finding on one line.
func (e *RowError) Error() string { return e.String() }

// FileError says that the file, or the rest of it, cannot be read.
type FileError struct {
	Finding
	cause error
}

// Error formats the finding on one line. The text of the cause is left out: it
// may hold the name of a file, and a file may be named after a patient.
func (e *FileError) Error() string { return e.String() }

// Unwrap returns the error of the source for [RuleRead], else nil.
func (e *FileError) Unwrap() error { return e.cause }

func fileError(line int, rule, text, fix string) *FileError {
	return &FileError{Finding: Finding{Line: line, Rule: rule, Text: text, Fix: fix}}
}

package csvlog

import "slices"

// DefaultMaxRecord is the size of the largest row that is read unless [WithMaxRecord]
// sets another: 1 MiB, about 150,000 words.
const DefaultMaxRecord = 1 << 20

// MaxColumns is the largest number of columns a file may have.
const MaxColumns = 1000

// maxMaxRecord is the largest value of WithMaxRecord, which fits in the address space of
// any machine.
const maxMaxRecord = 1 << 30

// Encoding says how the bytes of a file stand for characters.
type Encoding uint8

const (
	// Auto follows a byte order mark (UTF-8 or UTF-16). Without one it decides row by
	// row: a row that is valid UTF-8 is read as UTF-8, any other as Windows-1252 if that
	// makes sense.
	Auto Encoding = iota
	// UTF8 refuses every row that is not valid UTF-8.
	UTF8
	// Windows1252 is what Excel on Windows writes as "CSV" and TPP SystmOne
	// exports. Rows with one of its five unused bytes are refused.
	Windows1252
	// MacRoman is what Excel for Mac writes as "CSV (Macintosh)". It is never guessed:
	// rows that seem to be in it are refused unless it is set.
	MacRoman
)

// Option changes how a file is read.
type Option func(*config)

type config struct {
	encoding  Encoding
	delimiter byte // 0: found from the header
	maxRecord int
	columns   []string
	fixed     bool // columns come from the caller, the file has no header
}

// WithEncoding sets the encoding. Default: [Auto].
func WithEncoding(e Encoding) Option { return func(c *config) { c.encoding = e } }

// WithDelimiter sets the character between cells: any ASCII character but a
// quote, a letter, a digit, a space or a line break. Default: the one of comma,
// semicolon, tab and bar that the header uses most; comma when it uses none.
func WithDelimiter(b byte) Option { return func(c *config) { c.delimiter = b } }

// WithMaxRecord sets the largest row in bytes, quotes included and line end excluded,
// from 1 to 1 GiB. Default: [DefaultMaxRecord]. It also bounds the search for the end of
// a quoted cell, and the memory used.
func WithMaxRecord(bytes int) Option { return func(c *config) { c.maxRecord = bytes } }

// WithColumns names the columns of a file without a header row, such as a Vision
// extract; the first line is then data. Default: the first line is the header.
func WithColumns(names ...string) Option {
	return func(c *config) { c.columns, c.fixed = slices.Clone(names), true }
}

func newConfig(opts []Option) (config, error) {
	c := config{maxRecord: DefaultMaxRecord}
	for _, opt := range opts {
		opt(&c)
	}
	switch {
	case c.encoding > MacRoman:
		return c, fileError(0, RuleOption, "The encoding is not one of this package.", "Use Auto, UTF8, Windows1252 or MacRoman.")
	case c.delimiter != 0 && !validDelimiter(c.delimiter):
		return c, fileError(0, RuleOption, "The delimiter cannot separate cells.", "Use a comma, semicolon, tab or bar.")
	case c.maxRecord < 1 || c.maxRecord > maxMaxRecord:
		return c, fileError(0, RuleOption, "The largest row is outside 1 byte to 1 GiB.", "Leave the option out for 1 MiB.")
	case c.fixed && len(c.columns) == 0:
		return c, fileError(0, RuleOption, "No column is named.", "Name the columns in file order, or leave the option out when the file has a header row.")
	}
	return c, nil
}

func validDelimiter(b byte) bool {
	switch {
	case b == '\t':
		return true
	case b <= ' ', b >= 0x7f, b == '"':
		return false
	case b >= '0' && b <= '9', b >= 'A' && b <= 'Z', b >= 'a' && b <= 'z':
		return false
	}
	return true
}

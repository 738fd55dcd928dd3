package privacy

import (
	"math/bits"
	"slices"
	"sync"
	"unicode/utf8"

	"github.com/gpsafety/lfpse-go/fhir"
)

// Screener finds personal data by its form. It is immutable and safe for
// concurrent use; make one and keep it.
type Screener struct {
	raised                     []Class
	noHints                    bool
	event, resource, extension *plan

	walkers *sync.Pool // of *walker
}

// Option changes what New builds.
type Option func(*Screener)

// WithErrors makes errors of classes that are warnings by default: Postcode,
// TitledName and those called possible. By default none are. Errors cannot be
// lowered to warnings.
func WithErrors(classes ...Class) Option {
	return func(s *Screener) { s.raised = append(s.raised, classes...) }
}

// WithoutHints leaves out the findings of severity information that ScanEvent has
// about reports without direct identifiers that may still point to one person, rule
// PRIVACY-REIDENTIFICATION. By default they are given.
func WithoutHints() Option {
	return func(s *Screener) { s.noHints = true }
}

// New returns a Screener with every class on.
func New(opts ...Option) *Screener {
	ps := plans{}
	s := &Screener{event: ps.of(eventType), resource: ps.of(resourceType), extension: ps.of(extensionType),
		walkers: &sync.Pool{New: func() any { return new(walker) }}}
	for _, opt := range opts {
		opt(s)
	}
	return s
}

// Severity is how bad a hit of the class is to this screener.
func (s *Screener) Severity(c Class) fhir.Severity {
	if slices.Contains(s.raised, c) {
		return fhir.Error
	}
	return c.info().severity
}

// Hit is one finding in a text. Start and End are byte offsets: text[Start:End] is
// the personal data, so a caller may mark it on the user's own screen. Hits may
// overlap when one value has two classes.
type Hit struct {
	Class      Class
	Start, End int
}

// Scan finds what can be told by its form in one text, in text order. It returns nil
// when there is nothing, and then allocates only for a text that is not ASCII.
func (s *Screener) Scan(text string) []Hit {
	var sc scanner
	normal, hits := sc.next(text)
	return locate(text, normal, hits)
}

// next scans a text and returns also its normal form, to which the hits belong. Most
// texts are ASCII, which is normal: so it shows on the way that one is not. The scanner
// may be used again, but not its hits.
func (sc *scanner) next(text string) (normal string, hits []Hit) {
	sc.begin(text)
	if sc.normal = false; !sc.scan() {
		text = normalise(text)
		sc.begin(text)
		sc.normal = true
		sc.scan()
	}
	if len(sc.hits) > 1 {
		slices.SortStableFunc(sc.hits, byStart)
	}
	return text, sc.hits
}

func (sc *scanner) begin(text string) { sc.text, sc.hits, sc.dateEnd, sc.run.n = text, nil, 0, 0 }

func byStart(a, b Hit) int {
	if a.Start != b.Start {
		return a.Start - b.Start
	}
	return a.End - b.End
}

// scanner is the state of one Scan.
type scanner struct {
	text    string
	hits    []Hit
	run     digitRun // what the last digit began, kept for the groups that follow
	dateEnd int      // where the last date ends
	normal  bool     // the text is in the normal form
}

// scan looks for hits. It gives up, and returns false, when the text turns out not to be
// in the normal form.
func (sc *scanner) scan() bool {
	text := sc.text
	for i := nextTrigger(text, 0); i < len(text); i = nextTrigger(text, i) {
		if text[i] >= utf8.RuneSelf && !sc.normal {
			return false
		}
		i = sc.trigger(i)
	}
	return true
}

// nextTrigger is the place of the next byte from i on that may deserve a closer look, or
// is no ASCII, or the length of the text.
func nextTrigger(text string, i int) int {
	for ; i+8 <= len(text); i += 8 {
		w := eight(text[i : i+8])
		if marks := triggersIn(w) | w&highBits; marks != 0 {
			return i + bits.TrailingZeros64(marks)/8
		}
	}
	for i < len(text) && triggers[text[i]] == triggerNone {
		i++
	}
	return i
}

// trigger looks closer at the byte at i, if it deserves it, and returns where to go on.
func (sc *scanner) trigger(i int) int {
	text := sc.text
	switch triggers[text[i]] {
	case triggerDigit:
		return sc.number(i)
	case triggerAt:
		sc.email(i)
	case triggerCapital:
		if mayFollowTitle(text, i) {
			sc.titled(i)
		}
		if text[i] == 'M' && at(text, i+1) == 'r' {
			sc.titledInLowerCase(i)
		}
	case triggerM:
		if at(text, i+1) == 'r' {
			sc.titledInLowerCase(i)
		}
	}
	return i + 1
}

// triggersIn marks, by its highest bit, each of eight bytes that are ASCII and may
// deserve a closer look: those from 0 to Z, which are digits, capitals, the at sign and
// a few others, and m.
func triggersIn(w uint64) uint64 {
	const ones = 0x0101010101010101
	low := w &^ highBits
	from0 := low + (0x80-'0')*ones
	pastZ := low + (0x80-'Z'-1)*ones
	notM := (low ^ 'm'*ones) + 0x7f*ones
	return (from0&^pastZ | ^notM) &^ w & highBits
}

func (sc *scanner) hit(class Class, start, end int) {
	sc.hits = append(sc.hits, Hit{class, start, end})
}

// harmless reports whether at most a name with its title can be found in a text: it
// is ASCII, has no at sign, and no digits but those of a short code or one at the end,
// of a version or a counter. Most codes, ids and urls are such.
func harmless(text string) bool {
	for i := plainLen(text); i < len(text); i++ {
		switch triggers[text[i]] {
		case triggerDigit:
			if len(text) > 2 && (i < len(text)-1 || text[i-1]|0x20 == 'o') { // an O may be a zero
				return false
			}
		case triggerAt, triggerWide:
			return false
		}
	}
	return true
}

// short reports whether a text has at most eight digits with hyphens and colons between
// them, as dates and times have, or a capital and at most five, as the ODS codes of
// practices. Nothing can be found in it: fewer than ten digits mean something only beside
// letters, but for the code of a GP, a G and seven.
func short(text string) bool {
	digits, most := 0, 8
	for i := range len(text) {
		switch c := text[i]; {
		case isDigit(c):
			digits++
		case i == 0 && isUpper(c):
			most = 5
		case c != '-' && c != ':':
			return false
		}
	}
	return digits <= most
}

// plainLen returns the length, a multiple of eight, of a part at the start that has
// no digit, no at sign and nothing but ASCII.
func plainLen(text string) (i int) {
	const ones = 0x0101010101010101
	for ; i+8 <= len(text); i += 8 {
		w := eight(text[i : i+8])
		digit, at := w^'0'*ones, w^'@'*ones // below ten, and zero, where it is one
		if ((digit-10*ones)&^digit|(at-ones)&^at|w)&highBits != 0 {
			return i
		}
	}
	return i
}

// trigger says which bytes deserve a closer look; most text has few of them.
type trigger uint8

const (
	triggerNone trigger = iota
	triggerDigit
	triggerAt
	triggerCapital
	triggerM    // of mr and mrs
	triggerWide // not ASCII
)

var triggers = func() (table [256]trigger) {
	for c := '0'; c <= '9'; c++ {
		table[c] = triggerDigit
	}
	for c := 'A'; c <= 'Z'; c++ {
		table[c] = triggerCapital
	}
	table['@'], table['m'] = triggerAt, triggerM
	for c := utf8.RuneSelf; c < 256; c++ {
		table[c] = triggerWide
	}
	return table
}()

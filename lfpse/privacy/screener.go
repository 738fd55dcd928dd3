package privacy

import (
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
	normal := normalise(text)
	var sc scanner
	return locate(text, normal, sc.next(normal))
}

// next scans a text in the normal form. The scanner may be used again, but not its
// hits.
func (sc *scanner) next(text string) []Hit {
	sc.text, sc.hits, sc.dateEnd, sc.run.n = text, nil, 0, 0
	sc.scan()
	if len(sc.hits) > 1 {
		slices.SortStableFunc(sc.hits, byStart)
	}
	return sc.hits
}

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
}

func (sc *scanner) scan() {
	text := sc.text
	for i := 0; ; {
		for uint(i) < uint(len(text)) && triggers[text[i]] == triggerNone {
			i++
		}
		if i >= len(text) {
			return
		}
		switch triggers[text[i]] {
		case triggerDigit:
			i = sc.number(i)
		case triggerAt:
			sc.email(i)
			i++
		case triggerCapital:
			if mayFollowTitle(text, i) {
				sc.titled(i)
			}
			if text[i] == 'M' && at(text, i+1) == 'r' {
				sc.titledInLowerCase(i)
			}
			i++
		case triggerM:
			if at(text, i+1) == 'r' {
				sc.titledInLowerCase(i)
			}
			i++
		default:
			i++
		}
	}
}

func (sc *scanner) hit(class Class, start, end int) {
	sc.hits = append(sc.hits, Hit{class, start, end})
}

// harmless reports whether at most a name with its title can be found in a text: it
// is ASCII, has no at sign, and no digits but those of a short code or a version at
// the end. Most codes and urls are such.
func harmless(text string) bool {
	for i := plainLen(text); i < len(text); i++ {
		switch triggers[text[i]] {
		case triggerDigit:
			if len(text) > 2 && (i < len(text)-1 || text[i-1] != '-') {
				return false
			}
		case triggerAt, triggerWide:
			return false
		}
	}
	return true
}

// plainLen returns the length, a multiple of eight, of a part at the start that has
// no digit, no at sign and nothing but ASCII.
func plainLen(text string) (i int) {
	const ones = 0x0101010101010101
	for ; i+8 <= len(text); i += 8 {
		w := eight(text[i:])
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

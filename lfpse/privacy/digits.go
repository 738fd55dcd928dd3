package privacy

// Bounds of what is read as one number.
const (
	maxRunDigits = 16
	maxRunGroups = 12
	maxSeparator = 3 // characters between two groups
)

// separators are the kinds of character between two groups of digits.
type separators uint8

const (
	sepSpace separators = 1 << iota
	sepDash
	sepDot
	sepSlash // also the underscore
	sepParen
)

// group is a row of digits without separators.
type group struct {
	count      int // digits; more than maxRunDigits when it was too long to read
	start, end int
	before     separators
}

// digitRun is what can be read as one number: groups of digits with short
// separators between them.
type digitRun struct {
	digits [maxRunDigits]byte
	groups [maxRunGroups]group
	n      int // groups
}

// begin reads the run that starts with the digit at i.
func (run *digitRun) begin(text string, i int) {
	run.n = 0
	run.fill(text, i, 0)
}

// next drops the first group and reads on at the end, so that a long row of groups
// is read once and not once from each of them.
func (run *digitRun) next(text string) {
	copy(run.digits[:], run.digits[min(run.groups[0].count, maxRunDigits):])
	copy(run.groups[:], run.groups[1:run.n])
	run.n--
	last := run.groups[run.n-1]
	if last.count > maxRunDigits { // did not fit before
		run.n--
		run.fill(text, last.start, last.before)
		return
	}
	if before, i := readSeparator(text, last.end); before != 0 {
		run.fill(text, i, before)
	}
}

// fill reads groups from i on until the row ends or the bounds are reached. Every
// group in the run is whole or marked as too long.
func (run *digitRun) fill(text string, i int, before separators) {
	read := 0
	for _, g := range run.groups[:run.n] {
		read += g.count
	}
	for run.n < maxRunGroups && read < maxRunDigits {
		g := readGroup(text, i, run.digits[read:])
		if g.count == 0 {
			return
		}
		g.before = before
		run.groups[run.n] = g
		run.n++
		read += g.count
		before, i = readSeparator(text, g.end)
		if before == 0 {
			return
		}
	}
}

// readGroup reads the digits at i into dst. The letter O counts as zero unless a
// word goes on from there, as in 10of. A group that does not fit is measured as
// too long.
func readGroup(text string, i int, dst []byte) group {
	g := group{start: i, end: i}
	beforeO, letterO := g, false
	for ; ; i++ {
		c := at(text, i)
		switch {
		case isDigit(c):
		case c|0x20 == 'o':
			if !letterO {
				beforeO, letterO = g, true
			}
			c = '0'
		case letterO && isLetter(c):
			return beforeO
		default:
			return g
		}
		g.end = i + 1
		if g.count == len(dst) {
			g.count = maxRunDigits + 1
			return g
		}
		dst[g.count] = c - '0'
		g.count++
	}
}

// readSeparator reads what stands between two groups; 0 when there is no next
// group.
func readSeparator(text string, i int) (kinds separators, next int) {
	for range maxSeparator + 1 {
		switch c := at(text, i); {
		case isDigit(c) || c|0x20 == 'o':
			return kinds, i
		case isSpace(c):
			kinds |= sepSpace
		case c == '-':
			kinds |= sepDash
		case c == '.':
			kinds |= sepDot
		case c == '/' || c == '_':
			kinds |= sepSlash
		case c == '(' || c == ')' || c == '[' || c == ']':
			kinds |= sepParen
		default:
			return 0, i
		}
		i++
	}
	return 0, i
}

// hasShape reports whether the run starts with groups of these sizes.
func (run *digitRun) hasShape(sizes ...int) bool {
	if run.n < len(sizes) {
		return false
	}
	for i, size := range sizes {
		if run.groups[i].count != size {
			return false
		}
	}
	return true
}

// separatorsOf is every separator within the first n groups.
func (run *digitRun) separatorsOf(n int) (kinds separators) {
	for i := 1; i < n; i++ {
		kinds |= run.groups[i].before
	}
	return kinds
}

// standsAlone reports whether a number at text[start:end] is a value of its own
// and not a piece of a longer code: it may touch letters, as in NHS9990000018, but
// not letters that touch further digits, and its own separator must not go on to
// more digits. UUIDs are codes.
func (sc *scanner) standsAlone(start, end int, within separators) bool {
	text := sc.text
	first, last := before(text, start), after(text, end)
	if isDigit(first) || isDigit(last) {
		return false // a redaction token; the digits themselves were all read
	}
	if isLetter(first) && !lettersEndBefore(text, start-1) || isLetter(last) && !lettersEndAfter(text, end+1) {
		return false
	}
	if joins(first, within) && isDigit(before(text, start-1)) || joins(last, within) && isDigit(after(text, end+1)) {
		return false
	}
	return !inUUID(text, start, end)
}

// joins reports whether c is the dash or dot that also stands within the number.
func joins(c byte, within separators) bool {
	return within&sepDash != 0 && c == '-' || within&sepDot != 0 && c == '.'
}

// maxTouching is the longest word that may touch a number, as in
// "telephone07700900123".
const maxTouching = 16

func lettersEndBefore(text string, i int) bool {
	for n := range maxTouching {
		if c := before(text, i-n); !isLetter(c) {
			return !isDigit(c)
		}
	}
	return false
}

func lettersEndAfter(text string, i int) bool {
	for n := range maxTouching {
		if c := after(text, i+n); !isLetter(c) {
			return !isDigit(c)
		}
	}
	return false
}

// inUUID reports whether text[start:end] lies in a UUID, whose hexadecimal digits
// can look like anything.
func inUUID(text string, start, end int) bool {
	const uuidLen = 36
	for start > 0 && end-start < uuidLen && isUUIDByte(text[start-1]) {
		start--
	}
	for end < len(text) && end-start < uuidLen && isUUIDByte(text[end]) {
		end++
	}
	if end-start != uuidLen {
		return false
	}
	for i := range uuidLen {
		dash := i == 8 || i == 13 || i == 18 || i == 23
		if dash != (text[start+i] == '-') {
			return false
		}
	}
	return true
}

func isUUIDByte(c byte) bool { return c == '-' || isDigit(c) || 'a' <= c|0x20 && c|0x20 <= 'f' }

// loneDigits reads one to four digits with plainly no second group behind them, as
// in "10 mg" and "48 hours". Most digits of a report are such, and this is quicker
// than to read a run. The count is 0 when it may be a run.
func (sc *scanner) loneDigits(i int) (g group) {
	text := sc.text
	end := i
	for end < len(text) && isDigit(text[end]) {
		end++
	}
	if end-i < 1 || end-i > 4 || i > 0 && text[i-1]|0x20 == 'o' {
		return g
	}
	if end < len(text) {
		switch c := text[end]; {
		case c == ' ' && end+1 < len(text) && unitLetter(text[end+1]):
		case c == '.' && end+2 < len(text) && text[end+1] == ' ' && unitLetter(text[end+2]):
		case !unitLetter(c) && c != ',' && c != ':' && c != ';' && c != '%':
			return g
		}
	}
	return group{count: end - i, start: i, end: end}
}

// unitLetter reports ASCII letters that do not stand for a zero.
func unitLetter(c byte) bool { return isASCIILetter(c) && c|0x20 != 'o' }

// beginRun reads the run of the digit at i, which may start before it with letters
// O written for zeros where no word goes before them.
func (sc *scanner) beginRun(i int) {
	start := i
	for range 4 {
		if start == 0 || sc.text[start-1]|0x20 != 'o' {
			break
		}
		start--
	}
	if start < i {
		if !isWord(at(sc.text, start-1)) {
			sc.run.begin(sc.text, start)
			if sc.run.n > 0 && sc.run.groups[0].end > i {
				return
			}
		}
	}
	sc.run.begin(sc.text, i)
}

// afterDigits skips the rest of a row that was too long to be read.
func (sc *scanner) afterDigits(i int) int {
	for isDigit(at(sc.text, i)) {
		i++
	}
	return i
}

package privacy

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"sort"
	"strings"
)

// Term is a name or identifier of a patient, a relative or a member of staff, in the form
// of the source record, that must not occur in a report.
//
// Class says how Text is read:
//   - Name: a whole name, "Jane Ann Doe" or "DOE, Jane (Mrs)"
//   - FamilyName, GivenName: as in FHIR HumanName
//   - BirthDate: preferably YYYY-MM-DD; found in every usual format. A year or a month
//     alone is not enough and is ignored
//   - Address: lines separated by commas or line breaks; the first line and lines
//     with a number are used, never a bare town
//   - Postcode, Phone, Email
//   - NHSNumber, and Identifier or any other class: an identifier of four letters
//     or digits or more; grouping and punctuation do not matter
//
// Text without a letter or digit is ignored. One of more than 128 characters is found
// by its first 128.
type Term struct {
	Class Class
	Text  string
}

// Format prints the class only, for every verb.
func (t Term) Format(f fmt.State, _ rune) { fmt.Fprintf(f, "Term(%s)", t.Class) }

// LogValue logs the class only.
func (t Term) LogValue() slog.Value { return slog.GroupValue(slog.String("class", t.Class.String())) }

// DenyList finds the names and identifiers of given people in texts. It is
// immutable and safe for concurrent use. The zero value and nil find nothing.
//
// Matching ignores case, accents, invisible characters and width, and keeps to whole
// words, except for the s of "Siobhans mother". Names follow these rules:
//   - a family name, or a given name, blocks wherever it stands
//   - one that is also an ordinary word (May, Will, Brown, Long) blocks beside the
//     other name, an initial or a title, and when it alone is capitalised in the
//     middle of a sentence; it informs (PossibleName) when capitalised elsewhere, and
//     is let pass in lower case
//   - one that stands in records without being a name as a rule (Baby, Test, Unknown, Ward,
//     Nurse) blocks after a title and beside the other name or an initial only
//   - a user name made of names blocks: jane_doe82, JaneDoe, jdoe
//   - one before disease, syndrome or palsy (Parkinson's disease) informs
//   - one of fewer than three letters blocks beside the other name, an initial or
//     a title only
//   - after St or Saint a name informs, since it is likely a hospital or a street
//
// Do not put the reporter's own contact details on the list if ReporterContact holds
// them.
type DenyList struct {
	count       int
	words       dictionary // names, addresses and e-mail addresses
	identifiers dictionary // letters and digits, whatever stands between
	starts      *triples   // of what is in the dictionaries, nil if there is nothing
	births      []date     // sorted by their keys
	initials    []byte     // first letters of given names
	families    []string   // family names that user names may be made of, until the list is made
}

// term says what an entry of a dictionary means.
type term struct {
	class Class
	kind  termKind
	roles roles // of a name
}

type termKind uint8

const (
	termPhrase   termKind = iota // a row of words, which may be a name, or an identifier
	termName                     // a single word, to be judged by its neighbours
	termUserName                 // an initial and a family name in one word
)

// NewDenyList compiles terms. It keeps no reference to them.
func NewDenyList(terms []Term) *DenyList {
	d := &DenyList{count: len(terms)}
	for _, t := range terms {
		switch t.Class {
		case Name, PossibleName:
			d.addFullName(t.Text)
		case FamilyName:
			d.addName(t.Text, true)
		case GivenName:
			d.addGivenNames(t.Text)
		case BirthDate, PossibleBirthDate:
			d.addBirthDate(t.Text)
		case Address:
			d.addAddress(t.Text)
		case Postcode:
			d.addCompact(Address, t.Text, 5)
		case Phone:
			d.addPhone(t.Text)
		case Email:
			d.addPhrase(Email, foldWords(t.Text))
		case NHSNumber, CHINumber, HCNumber, NINumber, ProfessionalNumber:
			d.addCompact(t.Class, t.Text, 4)
		default:
			d.addCompact(Identifier, t.Text, 4)
		}
	}
	d.addUserNames()
	d.words.sort()
	d.identifiers.sort()
	d.sortBirths()
	return d
}

// String gives the number of terms only.
func (d *DenyList) String() string {
	if d == nil {
		return "DenyList(0 terms)"
	}
	return fmt.Sprintf("DenyList(%d terms)", d.count)
}

// Format prints the number of terms only, for every verb.
func (d DenyList) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, d.String()) }

// LogValue logs the number of terms only.
func (d *DenyList) LogValue() slog.Value { return slog.StringValue(d.String()) }

// MarshalJSON keeps the terms out of JSON logs, too.
func (d *DenyList) MarshalJSON() ([]byte, error) { return json.Marshal(d.String()) }

// startWith adds what a term may start with in a text: three characters, or two with any
// third. A space stands for everything but letters and digits.
func (d *DenyList) startWith(starts ...string) {
	if d.starts == nil {
		d.starts = new(triples)
	}
	for _, start := range starts {
		pair := code(start[0])<<5 | code(start[1])
		if len(start) == 2 {
			d.starts.addAll(pair << 5)
		} else {
			d.starts.add(pair<<5 | code(start[2]))
		}
	}
}

// maxKey bounds how far a text is compared with a term. A longer term is found by what
// it starts with.
const maxKey = 128

// dictionary finds the terms that a text starts with at some place. Apart from a binary
// search, the time it takes does not grow with the number of terms, however alike they
// are.
type dictionary struct {
	entries []entry               // sorted by key
	longest int                   // bytes of a key
	pairs   [pairBits / 64]uint64 // of all keys, see mayStart
}

const pairBits = 1024

// entry is one term in lower case: words with a space between them, or all the letters
// and digits of an identifier.
type entry struct {
	key string
	term
	shorter int // the last entry before it whose key this one starts with, or -1
}

func (d *dictionary) add(key string, t term) {
	key = key[:min(len(key), maxKey)]
	d.longest = max(d.longest, len(key))
	d.entries = append(d.entries, entry{key: key, term: t})
	h := pairOf(key[0], at(key, 1))
	d.pairs[h/64] |= 1 << (h % 64)
}

// mayStart is a quick look at the first two characters of a text, folded. The second
// is 0 if the first is a word by itself.
func (d *dictionary) mayStart(first, second byte) bool {
	h := pairOf(first, second)
	return d.pairs[h/64]&(1<<(h%64)) != 0
}

// pairOf tells most pairs of characters apart.
func pairOf(first, second byte) uint {
	if second == ' ' {
		second = 0
	}
	return (uint(first)*37 + uint(second)) % pairBits
}

// sort must be called after the last term was added. Terms that are equal are kept once;
// of those that are only spelt alike, the one with the more special class is found first.
func (d *dictionary) sort() {
	slices.SortFunc(d.entries, func(a, b entry) int {
		if c := strings.Compare(a.key, b.key); c != 0 {
			return c
		}
		return cmp.Or(cmp.Compare(b.class, a.class), cmp.Compare(b.kind, a.kind), cmp.Compare(b.roles, a.roles))
	})
	d.entries = slices.Compact(d.entries)
	var key [maxKey]byte
	for i := range d.entries {
		d.entries[i].shorter = d.startOf(i-1, key[:copy(key[:], d.entries[i].key)])
	}
}

// startOf goes from entry i, the last that sorts before a text, to the longest that the
// text starts with: what is not a start of i is not one of the text either.
func (d *dictionary) startOf(i int, text []byte) int {
	for ; i >= 0; i = d.entries[i].shorter {
		if key := d.entries[i].key; len(key) <= len(text) && string(text[:len(key)]) == key {
			break
		}
	}
	return i
}

// find returns the entry with the longest key that a text starts with, or -1. Their
// shorter ones are all others.
func (d *dictionary) find(text []byte) int {
	next := sort.Search(len(d.entries), func(i int) bool { return d.entries[i].key > string(text) })
	return d.startOf(next-1, text)
}

// MarshalJSON writes the class only. There is no way back.
func (t Term) MarshalJSON() ([]byte, error) {
	return json.Marshal(map[string]string{"class": t.Class.String()})
}

package privacy

import (
	"cmp"
	"slices"
	"sort"
	"strings"
)

// maxKey bounds how far a text is compared with a term. A longer term is found by what
// it starts with.
const maxKey = 128

// dictionary finds the terms that a text starts with at some place. It takes as long
// for a list of many terms, however alike, as for one of few, but for the binary search.
type dictionary struct {
	entries []entry               // sorted by key
	longest int                   // bytes of a key
	heads   [headBits / 64]uint64 // of all keys, see mayStart
}

const headBits = 1024

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
	h := head(key[0], at(key, 1))
	d.heads[h/64] |= 1 << (h % 64)
}

// mayStart is a quick look at the first two characters of a text, folded, where the
// second is 0 if the first is a word.
func (d *dictionary) mayStart(first, second byte) bool {
	h := head(first, second)
	return d.heads[h/64]&(1<<(h%64)) != 0
}

// head tells most pairs of characters apart.
func head(first, second byte) uint {
	if second == ' ' {
		second = 0
	}
	return (uint(first)*37 + uint(second)) % headBits
}

// sort is to be called when all is added. Of terms spelt alike, each is kept once, and
// the one with the more special class is found first.
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

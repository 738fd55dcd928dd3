package outbox

import (
	_ "embed"
	"errors"
	"slices"

	"github.com/klauspost/compress/s2"
)

// sampleReports are invented: what narratives say, a report that states everything there is
// to state, and a usual one. A report mostly consists of urls and names that stand in these,
// so with them as a dictionary a third of the bytes are left that it takes without. What was
// packed with them can only be unpacked with the very same bytes: they never change, and
// others get another number.
//
//go:embed words-1.txt
var sampleReports []byte

// packedWords is the first byte of what was packed with words-1.
const packedWords = 1

var dictionary = s2.MakeDict(sampleReports, []byte(`{"resourceType":`))

// pack compresses a text, into the memory of room if that suffices.
func pack(room, text []byte) []byte {
	room = slices.Grow(room[:0], 1+s2.MaxEncodedLen(len(text)))
	room = append(room, packedWords)
	packed := dictionary.Encode(room[1:cap(room)], text)
	return room[:1+len(packed)]
}

// unpack is the way back.
func unpack(packed []byte) ([]byte, error) {
	if len(packed) == 0 || packed[0] != packedWords {
		return nil, errors.New("the text was packed in a way that this version does not know")
	}
	return dictionary.Decode(nil, packed[1:])
}

package mapping

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// TestHashSetIsASet compares with a map. Small numbers and numbers that differ in
// the high bits only meet in the same slots.
func TestHashSetIsASet(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var s hashSet
		model := map[uint64]bool{}
		hash := rapid.OneOf(rapid.Uint64(), rapid.Uint64Range(1, 40), rapid.Map(rapid.Uint64Range(0, 255), func(n uint64) uint64 { return n<<56 + 7 }))
		for _, h := range rapid.SliceOfN(hash, 0, 300).Draw(t, "hashes") {
			fresh := !model[max(h, 1)]
			model[max(h, 1)] = true
			if s.add(h) != fresh {
				t.Fatalf("add(%d): fresh is %v", h, !fresh)
			}
		}
	})
}

func TestHashSetStaysSmall(t *testing.T) {
	const entries = 200_000
	var s hashSet
	h := uint64(1)
	for range entries {
		h ^= h << 13
		h ^= h >> 7
		h ^= h << 17
		if !s.add(h) {
			t.Fatal("a new hash was taken for one that is there")
		}
	}
	slots := 0
	for i := range s.parts {
		slots += len(s.parts[i].slots)
	}
	require.Less(t, 8*slots, 16*entries)
}

package call

import (
	"crypto/sha256"
	"encoding/binary"
)

// Hash hashes texts, each by itself: "ab" and "c" are not "a" and "bc".
func Hash(parts ...string) [sha256.Size]byte {
	h := sha256.New()
	var size [8]byte
	for _, p := range parts {
		binary.BigEndian.PutUint64(size[:], uint64(len(p)))
		h.Write(size[:])
		h.Write([]byte(p))
	}
	return [sha256.Size]byte(h.Sum(nil))
}

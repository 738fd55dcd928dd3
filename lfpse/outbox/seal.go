package outbox

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"runtime"
)

// Key encrypts the texts in an outbox with AES-256-GCM, after it has compressed them: fewer
// bytes to write save more time than that takes. Whoever has the key file and the
// outbox can read them; keep the two apart in backups. Printing or logging a Key shows
// nothing of it. It does not change and is safe for concurrent use.
type Key struct {
	aead   cipher.AEAD
	id     [4]byte // start of the SHA-256 of the key: tells which key a text needs
	hashes []byte  // the key of keyed hashes
}

const keyHeader = "lfpse-outbox-key-1 "

// CreateKey makes a key at random and writes it to a new file that only its owner can
// read. The error wraps fs.ErrExist if there is a file of that name.
func CreateKey(name string) (Key, error) {
	var secret [32]byte
	rand.Read(secret[:])
	file, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return Key{}, err
	}
	_, err = fmt.Fprintf(file, "%s%s\n", keyHeader, base64.StdEncoding.EncodeToString(secret[:]))
	if err := errors.Join(err, file.Sync(), file.Close()); err != nil {
		return Key{}, err
	}
	return newKey(secret[:])
}

// LoadKey reads the key from a file that [CreateKey] wrote. The error never quotes it.
func LoadKey(name string) (Key, error) {
	info, err := os.Stat(name)
	if err != nil {
		return Key{}, err
	}
	if runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0 {
		return Key{}, fmt.Errorf("%s can be read by other users of this computer: allow only its owner, with chmod 600", name)
	}
	text, err := os.ReadFile(name)
	if err != nil {
		return Key{}, err
	}
	encoded, ok := bytes.CutPrefix(bytes.TrimSpace(text), []byte(keyHeader))
	secret, err := base64.StdEncoding.DecodeString(string(encoded))
	if !ok || err != nil || len(secret) != 32 {
		return Key{}, fmt.Errorf("%s is not a key file of an outbox", name)
	}
	return newKey(secret)
}

// OpenKey loads the key from a file, which it makes if there is none.
func OpenKey(name string) (Key, error) {
	key, err := LoadKey(name)
	if errors.Is(err, fs.ErrNotExist) {
		return CreateKey(name)
	}
	return key, err
}

func newKey(secret []byte) (Key, error) {
	block, err := aes.NewCipher(secret)
	if err != nil {
		return Key{}, err
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return Key{}, err
	}
	hashes, err := hkdf.Key(sha256.New, secret, nil, "lfpse-outbox hashes", sha256.Size)
	sum := sha256.Sum256(secret)
	return Key{aead, [4]byte(sum[:4]), hashes}, err
}

// hash is a keyed hash: whoever has no key cannot find by trying what it is the hash of.
func (k Key) hash(text ...[]byte) (d Digest) {
	h := hmac.New(sha256.New, k.hashes)
	for _, part := range text {
		h.Write(part)
	}
	return Digest(h.Sum(nil))
}

// seal encrypts a text. The place is where it belongs: it cannot be opened as the text of
// another place.
func (k Key) seal(text, place []byte) []byte {
	return k.sealPacked(pack(nil, text), place)
}

// sealPacked is seal for a text that is compressed already.
func (k Key) sealPacked(packed, place []byte) []byte {
	out := make([]byte, 0, len(k.id)+len(packed)+k.aead.Overhead())
	return k.aead.Seal(append(out, k.id[:]...), nil, packed, place)
}

// Seal encrypts a text that is kept beside an outbox, such as a file that was taken in. The
// place says where it belongs, and has to be given again to [Key.Open].
func (k Key) Seal(text []byte, place string) []byte { return k.seal(text, []byte(place)) }

// Open decrypts what [Key.Seal] has encrypted for that place. The error says that it was
// encrypted with another key, or that it is not what was stored there.
func (k Key) Open(sealed []byte, place string) ([]byte, error) { return k.open(sealed, []byte(place)) }

func (k Key) open(sealed, place []byte) ([]byte, error) {
	if len(sealed) < len(k.id) {
		return nil, errors.New("a text in the outbox is damaged")
	}
	if [4]byte(sealed) != k.id {
		return nil, errors.New("the outbox was encrypted with another key: use the key file that belongs to it")
	}
	text, err := k.aead.Open(nil, nil, sealed[len(k.id):], place)
	if err == nil {
		text, err = unpack(text)
	}
	if err != nil {
		return nil, errors.New("a text in the outbox is damaged: it is not what was stored")
	}
	return text, nil
}

// Format prints that there is a key, for every verb.
func (k Key) Format(f fmt.State, _ rune) { fmt.Fprint(f, "outbox.Key([redacted])") }

// LogValue logs that there is a key.
func (k Key) LogValue() slog.Value { return slog.StringValue("[redacted]") }

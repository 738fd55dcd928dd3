package client

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"regexp"
	"runtime"
	"strings"
)

// Key is the subscription key of the API gateway, one per supplier and
// environment. There is no way to make one from a literal, so that none ends up
// in source code, a process list or a shell history. However it is printed,
// logged or encoded, it says [redacted]. It is safe for concurrent use.
type Key struct {
	// A pointer, because fmt follows it only at the top level: a Key inside an
	// unexported field of a caller's struct prints as an address.
	secret *string
}

const (
	redacted  = "[redacted]"
	maxKey    = 512  // bytes, far above the 32 of Azure API Management
	maxSecret = 4096 // bytes of a key file, white space included
)

// SandboxKey returns the key of the sandbox, the documented word "sandbox". [New]
// refuses it for any other environment.
func SandboxKey() Key {
	s := "sandbox"
	return Key{&s}
}

// KeyFromEnv reads the key from the environment variable name, such as
// LFPSE_KEY. White space around it is ignored.
func KeyFromEnv(name string) (Key, error) {
	// The name may be the key itself, given by mistake: it is only quoted when it
	// cannot be.
	where := "the environment variable for the key"
	if variableName.MatchString(name) {
		where = "the environment variable " + name
	}
	value, ok := os.LookupEnv(name)
	if !ok {
		return Key{}, fmt.Errorf("%s is not set; set it to the subscription key of the service", where)
	}
	return newKey(value, where)
}

var variableName = regexp.MustCompile(`^[A-Z][A-Z0-9]{0,20}(_[A-Z0-9]{1,20}){1,5}$`)

// KeyFromFile reads the key from a file that holds nothing else. White space
// around it is ignored. The file must be closed to other users of the computer.
func KeyFromFile(path string) (Key, error) {
	data, err := readPrivate(path, maxSecret)
	if err != nil {
		return Key{}, err
	}
	return newKey(string(data), "the key file")
}

func newKey(value, where string) (Key, error) {
	value = strings.TrimSpace(value)
	if value == "" {
		return Key{}, fmt.Errorf("%s is empty; it must hold the subscription key of the service", where)
	}
	for i := range len(value) {
		if value[i] <= ' ' || value[i] > '~' {
			return Key{}, fmt.Errorf("%s does not hold a key: a key has visible ASCII characters only and no space", where)
		}
	}
	if len(value) > maxKey {
		return Key{}, fmt.Errorf("%s does not hold a key: it has %d characters, %d is the most", where, len(value), maxKey)
	}
	return Key{&value}, nil
}

// readPrivate reads a small file that others must not be able to read.
func readPrivate(path string, limit int64) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fileError(err)
	}
	defer func() { _ = f.Close() }()
	info, err := f.Stat()
	switch {
	case err != nil:
		return nil, fileError(err)
	case !info.Mode().IsRegular():
		return nil, errors.New("the secret must be in a regular file")
	case runtime.GOOS != "windows" && info.Mode().Perm()&0o007 != 0: // Windows keeps no such bits
		return nil, fmt.Errorf("every user of this computer can reach the secret file (mode %04o); close it with chmod 600, or with defaultMode 0400 where it is mounted", info.Mode().Perm())
	}
	data, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err != nil {
		return nil, fileError(err)
	}
	if int64(len(data)) > limit {
		return nil, fmt.Errorf("the secret file has more than %d bytes", limit)
	}
	return data, nil
}

// fileError leaves out the path, which may be a secret given by mistake.
func fileError(err error) error {
	var pathError *fs.PathError
	if errors.As(err, &pathError) {
		err = pathError.Err
	}
	return fmt.Errorf("the secret file cannot be read: %w", err)
}

// IsZero reports whether the key is missing.
func (k Key) IsZero() bool { return k.secret == nil }

// Format prints [redacted], for every verb.
func (k Key) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, redacted) }

// LogValue logs [redacted].
func (k Key) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalText encodes the key as [redacted], in JSON, XML and YAML alike.
func (k Key) MarshalText() ([]byte, error) { return []byte(redacted), nil }

func (k Key) isSandbox() bool { return k.secret != nil && *k.secret == "sandbox" }

package endpoint

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

// Secret says where a secret is kept: in an environment variable or in a file. There
// is no way to state one as a literal, so that none ends up in source code, a
// configuration, a process list or a shell history. Printing a Secret shows the name
// of the variable, or that there is a file.
type Secret struct {
	Env  string `yaml:"env"`  // name of the environment variable
	File string `yaml:"file"` // path of a file that holds nothing else and is closed to other users
}

// FromEnv is the secret in an environment variable, such as LFPSE_KEY.
func FromEnv(name string) Secret { return Secret{Env: name} }

// FromFile is the secret in a file.
func FromFile(path string) Secret { return Secret{File: path} }

// IsZero reports whether there is no secret.
func (s Secret) IsZero() bool { return s == Secret{} }

// HoldsSecret marks the type for the reader of the YAML form, which then quotes nothing
// of its value.
func (Secret) HoldsSecret() {}

var (
	// variableName is the form of the name of a variable. Only a name that cannot be a
	// secret given by mistake is quoted.
	variableName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]{0,127}$`)
	quotableName = regexp.MustCompile(`^[A-Z][A-Z0-9]{0,20}(_[A-Z0-9]{1,20}){1,5}$`)
)

// String says where the secret is kept.
func (s Secret) String() string {
	switch {
	case quotableName.MatchString(s.Env):
		return "environment variable " + s.Env
	case s.Env != "":
		return "environment variable"
	case s.File != "":
		return "file"
	}
	return "none"
}

// Format prints where the secret is kept, for every verb.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, s.String()) }

// LogValue logs where the secret is kept.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }

// MarshalText encodes where the secret is kept, in JSON and XML alike.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

const (
	maxToken = 512      // bytes of a key, far above the 32 of Azure API Management
	maxFile  = 64 << 10 // bytes of a secret, such as a private key in PEM form
)

// Read returns the secret for a program that uses it elsewhere than for an [Endpoint],
// such as to sign. Whoever calls it sees to it that the bytes are never printed. The error
// says why it cannot be read, and names neither path nor content.
func (s Secret) Read() ([]byte, error) { return s.read() }

// read returns the bytes of the secret. The error names neither path nor content.
func (s Secret) read() ([]byte, error) {
	if s.File != "" {
		return readPrivate(s.File)
	}
	value, ok := os.LookupEnv(s.Env)
	switch {
	case !ok:
		return nil, fmt.Errorf("the %s is not set", s)
	case strings.TrimSpace(value) == "":
		return nil, fmt.Errorf("the %s is empty", s)
	}
	return []byte(value), nil
}

// token returns a secret that is one word, such as a key.
func (s Secret) token() (hidden, error) {
	data, err := s.read()
	if err != nil {
		return hidden{}, err
	}
	value := strings.TrimSpace(string(data))
	switch {
	case value == "":
		return hidden{}, fmt.Errorf("the %s is empty", s)
	case !isWord(value, maxToken):
		return hidden{}, fmt.Errorf("the %s must hold at most %d visible ASCII characters and no space", s, maxToken)
	}
	return hide(value), nil
}

// readPrivate reads a small file that others must not be able to read.
func readPrivate(path string) ([]byte, error) {
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
	data, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err != nil {
		return nil, fileError(err)
	}
	if len(data) > maxFile {
		return nil, fmt.Errorf("the secret file has more than %d KiB", maxFile>>10)
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

// hidden is a secret in memory. However it is printed, logged or encoded, it says
// [redacted].
type hidden struct {
	// A pointer, because fmt follows it only at the top level: one inside an
	// unexported field of a caller's struct prints as an address.
	value *string
}

const redacted = "[redacted]"

func hide(s string) hidden { return hidden{&s} }

func (h hidden) reveal() string {
	if h.value == nil {
		return ""
	}
	return *h.value
}

func (h hidden) Format(f fmt.State, _ rune)   { _, _ = io.WriteString(f, redacted) }
func (h hidden) LogValue() slog.Value         { return slog.StringValue(redacted) }
func (h hidden) MarshalText() ([]byte, error) { return []byte(redacted), nil }

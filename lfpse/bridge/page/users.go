package page

import (
	"bufio"
	"bytes"
	"crypto/pbkdf2"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"

	"github.com/gpsafety/lfpse-go/fhir"
	"github.com/gpsafety/lfpse-go/lfpse/outbox"
)

// User is somebody who may sign in. Printing or logging one shows nothing of the password.
type User struct {
	ID   string
	Role outbox.Role
	// Practices are the ODS codes whose reports the user may see; none means all.
	Practices []string
	password  string // as hashPassword writes it
}

// Sees reports whether the user may see the reports of a practice.
func (u *User) Sees(practice string) bool {
	return len(u.Practices) == 0 || slices.Contains(u.Practices, practice)
}

// Format prints who the user is, for every verb.
func (u User) Format(f fmt.State, _ rune) { fmt.Fprintf(f, "page.User(%s, %s)", u.ID, u.Role) }

// LogValue logs who the user is.
func (u User) LogValue() slog.Value {
	return slog.GroupValue(slog.String("id", u.ID), slog.String("role", string(u.Role)))
}

// Users are the local accounts. They do not change and are safe for concurrent use.
type Users struct{ byID map[string]*User }

var userID = regexp.MustCompile(`^[a-z][a-z0-9._-]{0,30}$`)

// roles are those that an account can have.
var roles = []outbox.Role{outbox.Recorder, outbox.Clinician, outbox.Manager, outbox.Operator}

// LoadUsers reads a file of accounts, one a line: id, role, practices (* for all, else
// ODS codes with commas) and the hash of the password, with blanks between. Other users of
// the computer must not be able to read it. The error lists every line that cannot be used,
// and quotes none.
func LoadUsers(name string) (*Users, error) {
	info, err := os.Stat(name)
	switch {
	case err != nil:
		return nil, err
	case runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0:
		return nil, fmt.Errorf("%s can be read by other users of this computer: allow only its owner, with chmod 600", name)
	}
	text, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	users, err := ParseUsers(bytes.NewReader(text))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return users, nil
}

// ParseUsers reads what [LoadUsers] reads from a file.
func ParseUsers(r io.Reader) (*Users, error) {
	users, errs := &Users{byID: map[string]*User{}}, []error(nil)
	lines := bufio.NewScanner(r)
	for n := 1; lines.Scan(); n++ {
		line := strings.TrimSpace(lines.Text())
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		u, err := parseUser(strings.Fields(line))
		if err == nil && users.byID[u.ID] != nil {
			err = errors.New("the id is there twice")
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("line %d: %w", n, err))
			continue
		}
		users.byID[u.ID] = u
	}
	return users, errors.Join(append(errs, lines.Err())...)
}

func parseUser(fields []string) (*User, error) {
	if len(fields) != 4 {
		return nil, errors.New("an account has an id, a role, practices and the hash of a password")
	}
	u := &User{ID: fields[0], Role: outbox.Role(fields[1]), password: fields[3]}
	if fields[2] != "*" {
		u.Practices = strings.Split(fields[2], ",")
	}
	if _, _, _, err := splitHash(u.password); err != nil {
		return nil, err
	}
	return u, u.check()
}

func (u *User) check() error {
	switch {
	case !userID.MatchString(u.ID):
		return errors.New("the id of a user has up to 31 small letters, digits, dots, hyphens and underscores, and begins with a letter")
	case !slices.Contains(roles, u.Role):
		return errors.New("the role is recorder, clinician, manager or operator")
	case slices.ContainsFunc(u.Practices, func(p string) bool { return !fhir.ValidODSCode(p) }):
		return errors.New("practices are * or ODS codes such as A81001, with commas between")
	}
	return nil
}

// NewUser returns the line of an account for the file of [LoadUsers]. A password has at
// least 12 characters.
func NewUser(id string, role outbox.Role, practices []string, password string) (string, error) {
	u := User{ID: id, Role: role, Practices: practices}
	if err := u.check(); err != nil {
		return "", err
	}
	if len([]rune(password)) < 12 {
		return "", errors.New("a password has at least 12 characters; three words are a good one")
	}
	hash, err := hashPassword(password)
	if err != nil {
		return "", err
	}
	all := "*"
	if len(practices) > 0 {
		all = strings.Join(practices, ",")
	}
	return fmt.Sprintf("%s %s %s %s\n", id, role, all, hash), nil
}

// SetUser writes an account into a file of accounts, in the place of one with the same id,
// and makes the file if there is none. Only its owner can read it.
func SetUser(file, id string, role outbox.Role, practices []string, password string) error {
	line, err := NewUser(id, role, practices, password)
	if err != nil {
		return err
	}
	text, err := os.ReadFile(file)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	var kept []byte
	for old := range bytes.Lines(text) {
		if fields := bytes.Fields(old); len(fields) == 0 || string(fields[0]) != id {
			kept = append(kept, bytes.TrimRight(old, "\n")...)
			kept = append(kept, '\n')
		}
	}
	return replace(file, append(kept, line...))
}

// replace writes a file as a whole or not at all.
func replace(file string, text []byte) error {
	temporary, err := os.CreateTemp(filepath.Dir(file), "."+filepath.Base(file)+"-*") // with the permissions 0600
	if err != nil {
		return err
	}
	_, err = temporary.Write(text)
	err = errors.Join(err, temporary.Sync(), temporary.Close())
	if err == nil {
		err = os.Rename(temporary.Name(), file)
	}
	if err != nil {
		_ = os.Remove(temporary.Name())
	}
	return err
}

// The hash is PBKDF2 with HMAC-SHA-256: method, rounds, salt and key with $ between.
const (
	hashMethod = "pbkdf2-sha256"
	hashRounds = 600_000
	hashSize   = 32
)

func hashPassword(password string) (string, error) {
	salt := make([]byte, 16)
	rand.Read(salt)
	key, err := pbkdf2.Key(sha256.New, password, salt, hashRounds, hashSize)
	if err != nil {
		return "", err
	}
	text := base64.RawStdEncoding.EncodeToString
	return fmt.Sprintf("%s$%d$%s$%s", hashMethod, hashRounds, text(salt), text(key)), nil
}

func splitHash(hash string) (rounds int, salt, key []byte, err error) {
	parts := strings.Split(hash, "$")
	if len(parts) == 4 && parts[0] == hashMethod {
		rounds, err = strconv.Atoi(parts[1])
		salt, _ = base64.RawStdEncoding.DecodeString(parts[2])
		key, _ = base64.RawStdEncoding.DecodeString(parts[3])
	}
	if err != nil || rounds < 100_000 || rounds > 10_000_000 || len(salt) < 16 || len(key) != hashSize {
		err = errors.New("the hash of the password is not one that this program has written")
	}
	return rounds, salt, key, err
}

// dummy is compared where there is no user, so that the time does not tell who exists.
const dummy = hashMethod + "$600000$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

// signIn returns the user if the password is right.
func (u *Users) signIn(id, password string) *User {
	user := u.byID[id]
	hash := dummy
	if user != nil {
		hash = user.password
	}
	rounds, salt, want, err := splitHash(hash)
	if err != nil {
		return nil
	}
	got, err := pbkdf2.Key(sha256.New, password, salt, rounds, hashSize)
	if err != nil || subtle.ConstantTimeCompare(got, want) != 1 {
		return nil
	}
	return user
}

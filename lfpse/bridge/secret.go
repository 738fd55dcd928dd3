package bridge

import (
	"errors"
	"io"
	"os"
	"strings"

	"github.com/gpsafety/lfpse-go/lfpse/endpoint"
)

// readWord reads a secret that is one word, such as a token.
func readWord(s endpoint.Secret) (string, error) {
	data, err := s.Read()
	if err != nil {
		return "", err
	}
	word := strings.TrimSpace(string(data))
	if word == "" || strings.ContainsAny(word, " \t\r\n") {
		return "", errors.New("the secret must be one word and not be empty")
	}
	return word, nil
}

// readFile reads a file that goes with a log; without a name there is nothing to read.
func readFile[T any](name string, read func(io.Reader) (*T, error)) (*T, error) {
	if name == "" {
		return nil, nil
	}
	file, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }()
	return read(file)
}

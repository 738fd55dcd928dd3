// Package ndjson splits a stream of JSON documents, one a line.
package ndjson

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"iter"
)

// MaxDocument bounds one document, in bytes.
const MaxDocument = 5 << 20

// Document is one JSON document of a stream, and the line it starts on.
type Document struct {
	Line int
	Text []byte
}

// Documents yields the lines of a stream that are not blank. A stream whose first line is
// not a whole JSON object is one document. A document that is too long is cut just above
// the limit, so that its reader reports it. An error of the stream comes last.
func Documents(in io.Reader) iter.Seq2[Document, error] {
	return func(yield func(Document, error) bool) {
		r := bufio.NewReaderSize(in, 64<<10)
		if mark, _ := r.Peek(len(byteOrderMark)); string(mark) == byteOrderMark {
			_, _ = r.Discard(len(mark))
		}
		for line, first := 1, true; ; line++ {
			text, err := readLine(r)
			if err != nil && err != io.EOF {
				yield(Document{}, fmt.Errorf("line %d: %w", line, err))
				return
			}
			end := err == io.EOF
			blank := len(bytes.TrimSpace(text)) == 0
			if first && !blank && !end && len(text) <= MaxDocument && !isWhole(text) {
				rest, err := io.ReadAll(io.LimitReader(r, MaxDocument+1))
				yield(Document{line, append(text, rest...)}, err)
				return
			}
			first = first && blank
			if !blank && !yield(Document{line, bytes.TrimRight(text, "\r\n")}, nil) || end {
				return
			}
		}
	}
}

const byteOrderMark = "\ufeff"

// isWhole reports whether a line is an object whose brackets are balanced, whether or not
// it is valid JSON.
func isWhole(line []byte) bool {
	depth, quoted := 0, false
	for i := 0; i < len(line); i++ {
		switch c := line[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '{' || c == '[':
			depth++
		case c == '}' || c == ']':
			depth--
		}
	}
	return depth == 0 && bytes.HasPrefix(bytes.TrimSpace(line), []byte{'{'})
}

// readLine returns a line with its end; a line that is too long is cut off.
func readLine(r *bufio.Reader) ([]byte, error) {
	var line []byte
	for {
		part, err := r.ReadSlice('\n')
		line = append(line, part[:min(len(part), MaxDocument+1-len(line))]...)
		if err != bufio.ErrBufferFull {
			return line, err
		}
	}
}

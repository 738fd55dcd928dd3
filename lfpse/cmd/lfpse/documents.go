package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"iter"
)

// maxLine bounds one event or resource of an NDJSON file, in bytes.
const maxLine = 5 << 20

// document is one JSON document of a file, and the line it starts on.
type document struct {
	line int
	text []byte
}

// documents splits NDJSON into its lines. A file whose first line is not a
// whole JSON object is one document. What is too long is cut just above the limit,
// so that its reader finds it too long.
func documents(in io.Reader) iter.Seq2[document, error] {
	return func(yield func(document, error) bool) {
		r := bufio.NewReaderSize(in, 64<<10)
		if mark, _ := r.Peek(len(byteOrderMark)); string(mark) == byteOrderMark {
			_, _ = r.Discard(len(mark))
		}
		for line, first := 1, true; ; line++ {
			text, err := readLine(r)
			if err != nil && err != io.EOF {
				yield(document{}, fmt.Errorf("line %d: %w", line, err))
				return
			}
			end := err == io.EOF
			blank := len(bytes.TrimSpace(text)) == 0
			if first && !blank && !end && len(text) <= maxLine && !isWhole(text) {
				rest, err := io.ReadAll(io.LimitReader(r, maxLine+1))
				yield(document{line, append(text, rest...)}, err)
				return
			}
			first = first && blank
			if !blank && !yield(document{line, bytes.TrimRight(text, "\r\n")}, nil) || end {
				return
			}
		}
	}
}

const byteOrderMark = "\ufeff"

// isWhole reports whether a line is an object whose brackets close again, sound
// otherwise or not.
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

// readLine returns a line with its end. Of one that is too long the rest is left out.
func readLine(r *bufio.Reader) ([]byte, error) {
	var line []byte
	for {
		part, err := r.ReadSlice('\n')
		line = append(line, part[:min(len(part), maxLine+1-len(line))]...)
		if err != bufio.ErrBufferFull {
			return line, err
		}
	}
}

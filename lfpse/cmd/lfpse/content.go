package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"regexp"

	"github.com/gpsafety/lfpse-go/lfpse/internal/ndjson"
	"github.com/gpsafety/lfpse-go/mapping"
)

// content is what a document or the beginning of a source holds, as far as that can be told.
type content int

const (
	unknownContent  content = iota // a log, perhaps
	eventContent                   // events in their JSON form
	responseContent                // responses to the form
	recordContent                  // patients' records
	reportContent                  // what is sent, or what a clinical system calls an event
)

// peeked is how much of a source is looked at to tell what it holds, in bytes.
const peeked = 64 << 10

// beginning is what is there of a stream, without waiting for more. It is still to be read.
func beginning(r *bufio.Reader) []byte {
	_, _ = r.Peek(1)
	head, _ := r.Peek(r.Buffered())
	return head
}

// firstDocument is the first one of a stream of JSON, or all of any other beginning.
func firstDocument(head []byte) []byte {
	for doc, err := range ndjson.Documents(bytes.NewReader(head)) {
		if err == nil {
			return doc.Text
		}
	}
	return head
}

var (
	resourceTypes = regexp.MustCompile(`"resourceType"\s*:\s*"(\w+)"`)
	eventTypes    = regexp.MustCompile(`"type"\s*:\s*"(incident|risk|outcome|good-care)"`)
)

// contentOf tells it by what stands there and not by the name of the file.
func contentOf(head []byte) content {
	text := bytes.TrimSpace(bytes.TrimPrefix(head, []byte("\ufeff")))
	switch {
	case len(text) == 0:
	case text[0] == '<' && bytes.Contains(text, []byte("http://hl7.org/fhir")):
		return recordContent
	case text[0] != '{' && text[0] != '[':
	case bytes.Contains(text, []byte(`"QuestionnaireResponse"`)):
		if isFirst(text, "QuestionnaireResponse") {
			return responseContent
		}
	case isFirst(text, "AdverseEvent"):
		return reportContent
	case resourceTypes.Match(text):
		return recordContent
	case eventTypes.Match(text) && !bytes.Contains(text, []byte(`"specversion"`)):
		return eventContent
	}
	return unknownContent
}

// isFirst reports whether the first resource is of a type.
func isFirst(text []byte, name string) bool {
	first := resourceTypes.FindSubmatch(text)
	return first != nil && string(first[1]) == name
}

// instead says what something holds, and what is to be done with the file.
func (c content) instead(name, file string) string {
	switch c {
	case eventContent:
		return fmt.Sprintf("%s holds events in JSON. They need no map: lfpse map %s", name, file)
	case responseContent:
		return fmt.Sprintf("%s holds a response to the form (QuestionnaireResponse). It needs no map: lfpse map %s", name, file)
	case reportContent:
		return fmt.Sprintf("%s holds AdverseEvents in FHIR. Those that LFPSE gets are checked with: lfpse validate %s\nThose of a patient's record are read with: lfpse map %s --map %s", name, file, file, recordMap)
	default:
		return fmt.Sprintf("%s holds patients' records in FHIR. The map for them is built in: lfpse map %s --map %s", name, file, recordMap)
	}
}

// fits says why a source is not read with a map, or without one, and what is to be done.
func (f *inputFlags) fits(m *mapping.Map, holds content) error {
	mapped, records := m != nil, isFor(m, recordMap)
	switch holds {
	case unknownContent:
		return nil
	case eventContent, responseContent:
		if !mapped {
			return nil
		}
	default:
		if records {
			return nil
		}
	}
	name := quoted(f.Source)
	if f.Source == "-" {
		name = f.sourceName()
	}
	return errors.New(holds.instead(name, quoted(f.Source)))
}

package fhir

import (
	"bytes"
	"encoding/json"
)

// member is one property of a JSON object, in document order.
type member struct {
	name  string
	value json.RawMessage
}

// objectMembers reads the properties of a JSON object. Unlike a Go map or struct
// it keeps repeated names and does not fold case, so nothing is lost or confused.
func objectMembers(data json.RawMessage) ([]member, bool) {
	if jsonKind(data) != '{' {
		return nil, false
	}
	dec := json.NewDecoder(bytes.NewReader(data))
	if _, err := dec.Token(); err != nil {
		return nil, false
	}
	var members []member
	for dec.More() {
		name, err := dec.Token()
		if err != nil {
			return nil, false
		}
		m := member{name: name.(string)}
		if err := dec.Decode(&m.value); err != nil {
			return nil, false
		}
		members = append(members, m)
	}
	return members, true
}

// arrayItems reads the items of a JSON array.
func arrayItems(data json.RawMessage) ([]json.RawMessage, bool) {
	if jsonKind(data) != '[' {
		return nil, false
	}
	var items []json.RawMessage
	err := json.Unmarshal(data, &items)
	return items, err == nil
}

// jsonKind returns the first byte of a JSON value, which tells its type, or 0.
func jsonKind(data []byte) byte {
	data = bytes.TrimLeft(data, " \t\r\n")
	if len(data) == 0 {
		return 0
	}
	return data[0]
}

// jsonString returns the value of a JSON string.
func jsonString(data json.RawMessage) (string, bool) {
	if jsonKind(data) != '"' {
		return "", false
	}
	var s string
	err := json.Unmarshal(data, &s)
	return s, err == nil
}

// trimBOM removes a UTF-8 byte order mark, which some gateways and exports add.
func trimBOM(data []byte) []byte { return bytes.TrimPrefix(data, []byte("\xef\xbb\xbf")) }

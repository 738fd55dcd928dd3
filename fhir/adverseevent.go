package fhir

import "log/slog"

// MarshalJSON writes the event as Append does. Note that json.Marshal itself
// escapes <, > and & in what it is given; the canonical bytes are those of Append.
func (a AdverseEvent) MarshalJSON() ([]byte, error) { return Append(nil, &a) }

// UnmarshalJSON reads the event as Decode does without options. On an error, which
// is of type Issues, the event is left as it was.
func (a *AdverseEvent) UnmarshalJSON(data []byte) error {
	event, issues := Decode(data)
	if err := issues.Err(); err != nil {
		return err
	}
	*a = *event
	return nil
}

// withheld stands for an event where one is printed or logged.
const withheld = "AdverseEvent (content withheld)"

// String names the type only: an event holds patient data, which belongs in no
// log or message.
func (a AdverseEvent) String() string { return withheld }

// LogValue keeps the content of an event out of structured logs, as String does.
func (a AdverseEvent) LogValue() slog.Value { return slog.StringValue(withheld) }

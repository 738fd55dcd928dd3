package draft

import (
	"encoding/json"
	"strconv"

	"github.com/gpsafety/lfpse-go/lfpse"
)

// appendQuestions writes questions as a property of an object that has others before it, as
// encoding/json would.
func appendQuestions(dst []byte, questions []lfpse.Question) []byte {
	if len(questions) == 0 {
		return dst
	}
	dst = append(dst, `,"questions":`...)
	open := byte('[')
	for i := range questions {
		dst = appendQuestion(append(dst, open), &questions[i])
		open = ','
	}
	return append(dst, ']')
}

// questionsSize is about the room that questions take.
func questionsSize(questions []lfpse.Question) int {
	const names, choice, condition = 80, 24, 40 // of properties, with their punctuation
	size := names
	for i := range questions {
		q := &questions[i]
		size += names + len(q.Target) + len(q.Rule) + len(q.Text) + len(q.Why)
		for j := range q.Choices {
			size += choice + len(q.Choices[j].Value) + len(q.Choices[j].Display)
		}
		for j := range q.When {
			size += condition + len(q.When[j].Target) + condition*len(q.When[j].Values)
		}
	}
	return size
}

func appendQuestion(dst []byte, q *lfpse.Question) []byte {
	dst = appendText(append(dst, `{"target":`...), q.Target)
	dst = strconv.AppendBool(append(dst, `,"required":`...), q.Required)
	dst = appendText(append(dst, `,"rule":`...), q.Rule)
	dst = appendText(append(dst, `,"text":`...), q.Text)
	if q.Why != "" {
		dst = appendText(append(dst, `,"why":`...), q.Why)
	}
	for i := range q.Choices {
		if dst = append(dst, ','); i == 0 {
			dst = append(dst, `"choices":[`...)
		}
		dst = appendText(append(dst, `{"value":`...), q.Choices[i].Value)
		dst = append(appendText(append(dst, `,"display":`...), q.Choices[i].Display), '}')
	}
	if len(q.Choices) > 0 {
		dst = append(dst, ']')
	}
	return append(appendConditions(dst, q.When), '}')
}

func appendConditions(dst []byte, when []lfpse.Condition) []byte {
	if len(when) == 0 {
		return dst
	}
	dst = append(dst, `,"when":`...)
	open := byte('[')
	for i := range when {
		c := &when[i]
		dst = appendText(append(append(dst, open), `{"target":`...), c.Target)
		for j, value := range c.Values {
			if dst = append(dst, ','); j == 0 {
				dst = append(dst, `"values":[`...)
			}
			dst = appendText(dst, value)
		}
		if len(c.Values) > 0 {
			dst = append(dst, ']')
		}
		if c.Not {
			dst = append(dst, `,"not":true`...)
		}
		dst = append(dst, '}')
		open = ','
	}
	return append(dst, ']')
}

// appendText writes a string; one with letters that encoding/json escapes is left to it.
func appendText(dst []byte, text string) []byte {
	for i := range len(text) {
		if c := text[i]; c < ' ' || c > '~' || c == '"' || c == '\\' || c == '<' || c == '>' || c == '&' {
			escaped, _ := json.Marshal(text) // a string always has a form
			return append(dst, escaped...)
		}
	}
	return append(append(append(dst, '"'), text...), '"')
}

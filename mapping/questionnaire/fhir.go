package questionnaire

import (
	"bytes"
	"encoding/json"
)

// The forms of what is written. The names are those of FHIR R4.

type document struct {
	ResourceType string      `json:"resourceType"`
	ID           string      `json:"id"`
	URL          string      `json:"url"`
	Version      string      `json:"version"`
	Name         string      `json:"name"`
	Title        string      `json:"title"`
	Status       string      `json:"status"`
	Experimental bool        `json:"experimental"`
	Date         string      `json:"date,omitempty"`
	Description  string      `json:"description"`
	Purpose      string      `json:"purpose"`
	Item         []*question `json:"item"`
}

type question struct {
	Extension      []extension    `json:"extension,omitempty"`
	LinkID         string         `json:"linkId"`
	Definition     string         `json:"definition,omitempty"`
	Text           string         `json:"text,omitempty"`
	Type           string         `json:"type"`
	EnableWhen     []enableWhen   `json:"enableWhen,omitempty"`
	EnableBehavior string         `json:"enableBehavior,omitempty"`
	Required       bool           `json:"required,omitempty"`
	Repeats        bool           `json:"repeats,omitempty"`
	AnswerOption   []answerOption `json:"answerOption,omitempty"`
	Item           []*question    `json:"item,omitempty"`
}

type extension struct {
	URL                  string           `json:"url"`
	ValueCodeableConcept *codeableConcept `json:"valueCodeableConcept,omitempty"`
	ValueCoding          *coding          `json:"valueCoding,omitempty"`
	ValueInteger         *int             `json:"valueInteger,omitempty"`
}

type codeableConcept struct {
	Coding []coding `json:"coding"`
}

type coding struct {
	System  string `json:"system,omitempty"`
	Code    string `json:"code"`
	Display string `json:"display,omitempty"`
}

type enableWhen struct {
	Question      string  `json:"question"`
	Operator      string  `json:"operator"`
	AnswerBoolean *bool   `json:"answerBoolean,omitempty"`
	AnswerInteger *int    `json:"answerInteger,omitempty"`
	AnswerCoding  *coding `json:"answerCoding,omitempty"`
}

type answerOption struct {
	ValueCoding coding `json:"valueCoding"`
}

// response is what is written; what is read is more lenient, see given.
type response struct {
	ResourceType  string          `json:"resourceType"`
	Questionnaire string          `json:"questionnaire"`
	Status        string          `json:"status"`
	Item          []*responseItem `json:"item,omitempty"`
}

type responseItem struct {
	LinkID string          `json:"linkId"`
	Answer []value         `json:"answer,omitempty"`
	Item   []*responseItem `json:"item,omitempty"`
}

// value is one answer, of which one property is there.
type value struct {
	Coding   *coding   `json:"valueCoding,omitempty"`
	Quantity *quantity `json:"valueQuantity,omitempty"`
	Boolean  *bool     `json:"valueBoolean,omitempty"`
	Integer  *int      `json:"valueInteger,omitempty"`
	String   string    `json:"valueString,omitempty"`
	Date     string    `json:"valueDate,omitempty"`
	Time     string    `json:"valueTime,omitempty"`
}

type quantity struct {
	Value  json.Number `json:"value"`
	Unit   string      `json:"unit,omitempty"`
	System string      `json:"system,omitempty"`
	Code   string      `json:"code,omitempty"`
}

// The systems and extensions of HL7 that are used.
const (
	ucum        = "http://unitsofmeasure.org"
	itemControl = "http://hl7.org/fhir/questionnaire-item-control"

	extItemControl = "http://hl7.org/fhir/StructureDefinition/questionnaire-itemControl"
	extUnitOption  = "http://hl7.org/fhir/StructureDefinition/questionnaire-unitOption"
	extMinValue    = "http://hl7.org/fhir/StructureDefinition/minValue"
	extMaxValue    = "http://hl7.org/fhir/StructureDefinition/maxValue"
	extMaxOccurs   = "http://hl7.org/fhir/StructureDefinition/questionnaire-maxOccurs"
)

// control says how a question is shown.
func control(code string) extension {
	return extension{URL: extItemControl, ValueCodeableConcept: &codeableConcept{[]coding{{System: itemControl, Code: code}}}}
}

func number(url string, n int) extension { return extension{URL: url, ValueInteger: &n} }

// appendJSON appends a value, with an indent where people read it.
func appendJSON(dst []byte, v any, indent string) ([]byte, error) {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", indent)
	err := enc.Encode(v)
	return append(dst, buf.Bytes()...), err
}

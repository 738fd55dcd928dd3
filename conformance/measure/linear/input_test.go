package main

import (
	"maps"
	"strconv"
	"strings"
)

// input makes a hostile text of at most n bytes.
type input func(n int) []byte

// inputs are hostile texts by name.
type inputs map[string]input

// filled is a text of n bytes, nearly: head, as many units as fit, tail. The units
// are separated by commas.
func filled(head, tail string, unit func(i int) string) input {
	return func(n int) []byte {
		out := append(make([]byte, 0, n), head...)
		for i := 0; ; i++ {
			u := unit(i)
			if len(out)+len(u)+1+len(tail) > n && i > 0 {
				return append(out[:len(out)-1], tail...)
			}
			out = append(append(out, u...), ',')
		}
	}
}

// many repeats a unit; % in it becomes its number.
func many(head, unit, tail string) input {
	if !strings.Contains(unit, "%") {
		return filled(head, tail, func(int) string { return unit })
	}
	return filled(head, tail, func(i int) string { return strings.ReplaceAll(unit, "%", strconv.Itoa(i+1)) })
}

// long repeats a unit without anything between.
func long(head, unit, tail string) input {
	return func(n int) []byte {
		return []byte(head + strings.Repeat(unit, (n-len(head)-len(tail))/len(unit)) + tail)
	}
}

// values are JSON values made to be slow for a reader of JSON.
var values = inputs{
	"deep arrays":      long("", "[", ""),
	"deep objects":     long("", `{"a":`, ""),
	"deep and closed":  func(n int) []byte { return []byte(strings.Repeat("[", n/2) + strings.Repeat("]", n/2)) },
	"many depths":      many("[", strings.Repeat(`{"a":[`, 31)+strings.Repeat("]}", 31), "]"),
	"escapes":          long(`"`, `\u0041`, `"`),
	"short escapes":    long(`"`, `\n`, `"`),
	"backslashes":      long(`"`, `\\`, `"`),
	"surrogate pairs":  long(`"`, `\ud83d\ude00`, `"`),
	"half surrogates":  long(`"`, `\ud83d`, `"`),
	"one string":       long(`"`, "a", `"`),
	"open string":      long(`"`, "a", ""),
	"invalid UTF-8":    long(`"`, "\xff", `"`),
	"bad names":        many("{", "\"\xff%\":1", "}"),
	"strings":          many("[", `"a"`, "]"),
	"bad strings":      many("[", "\"\xff\"", "]"),
	"numbers":          many("[", "1", "]"),
	"digits":           long("", "9", ""),
	"fraction":         long("0.", "9", ""),
	"exponents":        many("[", "1e999999", "]"),
	"long exponent":    long("1e", "9", ""),
	"empty objects":    many("[", "{}", "]"),
	"empty arrays":     many("[", "[]", "]"),
	"nulls":            many("[", "null", "]"),
	"one name":         long(`{"`, "a", `":1}`),
	"same name":        many("{", `"a":1`, "}"),
	"names":            many("{", `"a%":1`, "}"),
	"names in objects": many("[", `{"a":1,"b":1,"c":1,"d":1,"e":1,"f":1,"g":1,"h":1,"i":1,"j":1,"k":1,"l":1,"m":1,"n":1,"o":1,"p":1,"q":1}`, "]"),
	"underscores":      many("{", `"_a%":{"id":"a"}`, "}"),
	"white space":      long("", " ", "1"),
	"space within":     many("[", "\n\t\r 1", "]"),
	"comments":         long("", "/* a */", ""),
	"line comments":    long("[", "//\n", "]"),
	"commas":           long("[", ",", "]"),
}

// few are the values for readers that begin with the checks of "json".
var few = func() inputs {
	out := inputs{}
	for _, name := range []string{"deep and closed", "many depths", "escapes", "one string", "bad strings", "numbers", "digits", "long exponent",
		"empty objects", "nulls", "same name", "names", "names in objects", "space within"} {
		out[name] = values[name]
	}
	return out
}()

// inside puts values into another document.
func inside(head, tail string, in inputs) inputs {
	out := inputs{}
	for name, v := range in {
		out[name+" inside"] = func(n int) []byte {
			return append(append([]byte(head), v(n-len(head)-len(tail))...), tail...)
		}
	}
	return out
}

func all(tables ...inputs) inputs {
	out := inputs{}
	for _, t := range tables {
		maps.Copy(out, t)
	}
	return out
}

// bundles are hostile for a reader of bundles, which takes 10,000 entries.
var bundles = all(inside(`{"resourceType":"Bundle","entry":[{"resource":{"resourceType":"Basic","x":`, `}}]}`, few), inputs{
	"entries":  many(`{"resourceType":"Bundle","entry":[`, `{}`, `]}`),
	"same url": many(`{"resourceType":"Bundle","entry":[`, entry("urn:uuid:x", ""), `]}`),
	"same url, versions": many(`{"resourceType":"Bundle","entry":[`,
		entry("urn:uuid:x", `,"meta":{"versionId":"%"}`), `]}`),
	"same id":  many(`{"resourceType":"Bundle","entry":[`, entry("urn:uuid:%", ""), `]}`),
	"profiles": many(`{"resourceType":"Patient","meta":{"profile":[`, `"https://x/STU%/"`, `]}}`),
	"no type":  many(`{"resourceType":"Bundle","entry":[`, `{"resource":{"id":"%","pad":"`+strings.Repeat("x", 500)+`"}}`, `]}`),
	"bundles":  long(``, `{"resourceType":"Bundle","entry":[{"resource":`, ``),
})

// entry is one of 10,000 entries that fill a bundle.
func entry(url, more string) string {
	return `{"fullUrl":"` + url + `","resource":{"resourceType":"Basic","id":"x"` + more + `,"pad":"` + strings.Repeat("x", 440) + `"}}`
}

// records are hostile for a reader of a patient's record: each has much of one thing, and
// half of them as much of another that refers to it. A bundle takes 10,000 entries, a
// resource any number of contained ones.
var records = all(bundles, inputs{
	"roles of one wide organisation": halves(
		`{"resourceType":"Organization","id":"o",`, `"x%":"y"`, `}`,
		`{"resourceType":"PractitionerRole","organization":{"reference":"Organization/o"}}`),
	"roles of one organisation of many codes": halves(
		`{"resourceType":"Organization","id":"o","identifier":[`, `{"system":"https://fhir.nhs.uk/Id/ods-organization-code","value":"A%"}`, `]}`,
		`{"resourceType":"PractitionerRole","organization":{"reference":"Organization/o"}}`),
	"parts of one organisation": halves(
		`{"resourceType":"Organization","id":"o","identifier":[`, `{"system":"https://fhir.nhs.uk/Id/ods-organization-code","value":"a%"}`, `]}`,
		`{"resourceType":"Organization","id":"p%","partOf":{"reference":"Organization/o"}}`,
		`{"resourceType":"PractitionerRole","organization":{"reference":"Organization/p%"}}`),
	"requests for one medicine of many codes": halves(
		`{"resourceType":"Medication","id":"m","code":{"coding":[`, `{"system":"http://snomed.info/sct","code":"15517911000001104"}`, `]}}`,
		`{"resourceType":"MedicationRequest","medicationReference":{"reference":"Medication/m"}}`),
	"patients by identifier": halves(
		`{"resourceType":"Basic","x":[`, `1`, `]}`,
		`{"resourceType":"Patient","id":"p%","identifier":[{"system":"s","value":"v%"}]}`,
		`{"resourceType":"Encounter","subject":{"identifier":{"system":"s","value":"v%"}}}`),
	"roles of many organisations": halves(
		`{"resourceType":"Basic","x":[`, `1`, `]}`,
		`{"resourceType":"PractitionerRole","organization":{"identifier":{"system":"https://fhir.nhs.uk/Id/ods-organization-code","value":"A%"}},"code":[{"text":"gp%"}]}`),
	"events about many patients": halves(
		`{"resourceType":"Basic","x":[`, `1`, `]}`, `{"resourceType":"AdverseEvent","subject":{"reference":"Patient/p%"}}`),
	"one long url, many references": longURL,
	"contained, referred to":        many(`{"resourceType":"Encounter","contained":[`, `{"resourceType":"MedicationRequest","id":"m%","subject":{"reference":"#m%"}}`, `]}`),
	"contained, no type":            many(`{"resourceType":"Encounter","contained":[`, `{"id":7}`, `]}`),
	"medicines":                     many(`{"resourceType":"Encounter","contained":[`, `{"resourceType":"MedicationRequest","medicationCodeableConcept":{"text":"m%"}}`, `]}`),
	"devices":                       many(`{"resourceType":"Encounter","contained":[`, `{"resourceType":"Device","type":{"text":"d%"}}`, `]}`),
	"names":                         many(`{"resourceType":"Patient","name":[`, `{"family":"Aa%","given":["Bb%"],"text":"Bb Aa%"}`, `]}`),
	"long name":                     long(`{"resourceType":"Patient","name":[{"text":"`, "a ", `"}]}`),
	"addresses":                     many(`{"resourceType":"Patient","address":[`, `{"line":["% Row"],"text":"x%","postalCode":"ZZ% 1QX"}`, `]}`),
	"lines of an address":           many(`{"resourceType":"Patient","address":[{"line":[`, `"% Row"`, `]}]}`),
	"displays":                      many(`{"resourceType":"Basic","x":[`, `{"reference":"a/b/Patient/%","display":"A, B% (F)"}`, `]}`),
	"extensions":                    many(`{"resourceType":"Patient","extension":[`, `{"url":"x"}`, `]}`),
	"wrong types":                   many(`{"resourceType":"Encounter","contained":[`, `{"resourceType":"MedicationRequest","status":1,"subject":2}`, `]}`),
	"people within people":          many(`{"resourceType":"Basic","x":[`, strings.Repeat(`{"resourceType":"Patient","birthDate":"2000","contact":[`, 25)+`1`+strings.Repeat(`]}`, 25), `]}`),
})

// halves is a record of one large resource, with as many entries of the other units as
// fit in a second half.
func halves(head, unit, tail string, others ...string) input {
	return func(n int) []byte {
		size := 0
		for _, other := range others {
			size += len(other) + 20
		}
		count := min(n/2/size, 9000/len(others))
		var rest strings.Builder
		for i := range count {
			for _, other := range others {
				rest.WriteString(`,{"resource":` + strings.ReplaceAll(other, "%", strconv.Itoa(i+1)) + `}`)
			}
		}
		return append(many(`{"resourceType":"Bundle","entry":[{"resource":`+head, unit, tail+"}")(n-rest.Len()-2), rest.String()+"]}"...)
	}
}

// longURL is an entry whose fullUrl fills half of the record, which many references are
// relative to.
func longURL(n int) []byte {
	url := "https://x.example/" + strings.Repeat("a", n/2) + "/Task/t"
	return many(`{"resourceType":"Bundle","entry":[{"fullUrl":"`+url+`","resource":{"resourceType":"Task","id":"t","contained":[`,
		`{"resourceType":"Encounter","subject":{"reference":"Patient/p%"}}`, `]}}]}`)(n)
}

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

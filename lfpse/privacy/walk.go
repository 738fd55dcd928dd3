package privacy

import (
	"reflect"
	"strconv"
	"strings"

	r4 "github.com/samply/golang-fhir-models/fhir-models/fhir"

	"github.com/gpsafety/lfpse-go/fhir"
)

// structValue visits the fields of one struct.
func (w *walker) structValue(v reflect.Value, p *plan) {
	for i := range p.fields {
		f := &p.fields[i]
		w.field(v.Field(f.index), f)
	}
}

// field visits one field: each element of a slice, or the value behind a pointer.
func (w *walker) field(v reflect.Value, f *fieldPlan) {
	switch {
	case v.IsZero():
	case v.Kind() == reflect.Pointer:
		w.push(f.name, -1)
		if w.redacting && v.Elem().Kind() == reflect.String {
			w.redactPointer(v, f)
		} else {
			w.element(v.Elem(), f)
		}
		w.pop()
	case v.Kind() == reflect.Slice && f.role != roleRefused && f.role != roleRaw:
		for i := range v.Len() {
			w.push(f.name, i)
			w.element(v.Index(i), f)
			w.pop()
		}
	case v.Kind() != reflect.Slice || v.Len() > 0:
		w.push(f.name, -1)
		w.element(v, f)
		w.pop()
	}
}

func (w *walker) element(v reflect.Value, f *fieldPlan) {
	switch f.role {
	case roleRefused:
		w.report(Element, f.reason)
	case roleText:
		if v.Kind() == reflect.Int {
			w.number(v.Int())
		} else {
			w.string(v, f.kind)
		}
	case roleRaw:
		w.raw(v.Bytes())
	case roleReference:
		w.reference(v.String())
	case roleExtension:
		w.extension(v.Addr().Interface().(*r4.Extension))
	case roleResource:
		w.resource(v)
	case roleNested:
		w.structValue(v, f.nested)
		w.displayOfPerson(v)
	}
}

// string screens a string, or replaces what is found in it.
func (w *walker) string(v reflect.Value, kind Kind) {
	if !w.redacting {
		w.text(v.String(), kind)
	} else if text, found := w.redact(v.String(), kind); found {
		v.SetString(text)
	}
}

// redactPointer lets the pointer point to a new string, since others may hold it.
func (w *walker) redactPointer(v reflect.Value, f *fieldPlan) {
	if f.role != roleText {
		return
	}
	if text, found := w.redact(v.Elem().String(), f.kind); found {
		p := reflect.New(v.Type().Elem())
		p.Elem().SetString(text)
		v.Set(p)
	}
}

// ClearNumber reports whether [Screener.ScanEvent] has nothing to say about an integer:
// those of fewer than ten digits are no identifiers.
func ClearNumber(n int64) bool { return n < 1_000_000_000 }

// number screens an integer, which can be an NHS number like any other text.
func (w *walker) number(n int64) {
	if !ClearNumber(n) {
		w.text(strconv.FormatInt(n, 10), Token)
	}
}

// reference refuses references that leave the report: they end in the key of a
// record, often the NHS number itself.
func (w *walker) reference(text string) {
	w.text(text, Token)
	if text != "" && !strings.HasPrefix(text, "#") {
		w.report(Reference, "The reference leaves the report and so tells the key of a local record.")
	}
}

// displayOfPerson refuses the display of a reference to a person.
func (w *walker) displayOfPerson(v reflect.Value) {
	ref, ok := v.Addr().Interface().(*r4.Reference)
	if !ok || ref.Display == nil || *ref.Display == "" {
		return
	}
	switch w.steps[len(w.steps)-1].name {
	case "subject", "recorder", "contributor", "author":
		w.push("display", -1)
		w.report(Element, "The display of a reference to a person is the person's name.")
		w.pop()
	}
}

// extension visits an extension. How its value is screened depends on which LFPSE
// field it is.
func (w *walker) extension(x *r4.Extension) {
	property, value, n := fhir.ExtensionValue(x)
	text, ofText := value.(*string)
	if w.redacting || x.Id != nil || n > 1 || n == 1 && !ofText {
		w.anyExtension(x, property)
		return
	}
	// Nearly every extension has just a url, and extensions or a text.
	w.extensions(x.Extension)
	w.part("url", x.Url, Token)
	if f := w.screener.extension.value(property); f != nil {
		w.part("value", *text, f.kindFor(x.Url))
	}
}

// part visits a string of an extension. Most are urls and codes in which there can
// be nothing; these need no path.
func (w *walker) part(name, text string, kind Kind) {
	if kind == Token && w.deny == nil && harmless(text) {
		return
	}
	w.push(name, -1)
	w.text(text, kind)
	w.pop()
}

func (w *walker) extensions(list []r4.Extension) {
	for i := range list {
		w.push("extension", i)
		w.extension(&list[i])
		w.pop()
	}
}

// anyExtension visits an extension of any form. The property is that of its value,
// empty if there are several.
func (w *walker) anyExtension(x *r4.Extension, property string) {
	p := w.screener.extension
	v := reflect.ValueOf(x).Elem()
	w.structValue(v, p)
	if property != "" {
		if f := p.value(property); f != nil {
			w.value(v, x.Url, *f)
		}
		return
	}
	for _, f := range p.values {
		w.value(v, x.Url, f)
	}
}

func (w *walker) value(v reflect.Value, url string, f fieldPlan) {
	f.kind = f.kindFor(url)
	w.field(v.Field(f.index), &f)
}

// kindFor is the kind of the value of an extension with the url.
func (f *fieldPlan) kindFor(url string) Kind {
	if f.role == roleText && f.kind != binary {
		return fieldKind(url, f.kind)
	}
	return f.kind
}

// fieldKind is the kind of the value of an LFPSE field, by its bare name.
func fieldKind(url string, kind Kind) Kind {
	switch url {
	case "ReporterContact":
		return contact
	case "VTMCode", "VMPCode", "AMPCode", "VMPPCode", "AMPPCode":
		return drugCode
	case "VTMString", "VMPString", "AMPString", "VMPPString", "AMPPString":
		return catalogue
	}
	return kind
}

// resource visits the resource that is set; its type is no element of the path.
func (w *walker) resource(v reflect.Value) {
	if id, extensions, bare := v.Addr().Interface().(*fhir.Resource).Bare(); bare {
		if id != nil {
			w.push("id", -1)
			w.text(*id, Token)
			w.pop()
		}
		w.extensions(extensions)
		return
	}
	p := w.screener.resource
	for i := range p.fields {
		f := &p.fields[i]
		if value := v.Field(f.index); f.role == roleNested && !value.IsNil() {
			w.structValue(value.Elem(), f.nested)
		} else if f.role == roleRaw && value.Len() > 0 {
			w.raw(value.Bytes())
		}
	}
}

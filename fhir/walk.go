package fhir

import r4 "github.com/samply/golang-fhir-models/fhir-models/fhir"

// Visitor has the methods that a [Walker] calls for the elements of an [AdverseEvent], in
// the order of a document. The walker says where the current element is.
//
// Embed [VisitNothing] to leave methods out.
type Visitor interface {
	// Enter is called for an element that has elements of its own: x points to its value,
	// such as *r4.Reference, or *Resource for a contained resource. The elements of x
	// follow if the result is true. A resource without a Go type has none: see
	// [Resource.Other].
	Enter(at *Walker, e *Element, x any) bool
	// Leave is called after the elements of a contained resource that was entered.
	Leave(at *Walker, e *Element, r *Resource)
	// Extension is called for an extension with its id, its url and its value, if it has
	// one simple value: these are not visited separately. If the result is true, the rest
	// follows: a value with elements of its own, or each of several values, and the
	// extensions within it. The value is valid until the method returns.
	Extension(at *Walker, e *Element, x *r4.Extension, value *Value) bool
	// Text is called for a primitive value: a text, a code, a decimal as it is written,
	// or a boolean as true or false. [Walker.Replace] replaces it.
	Text(at *Walker, e *Element, text string)
	// Integer is called for a whole number.
	Integer(at *Walker, e *Element, n int)
	// TooDeep is called in place of the others for an element that lies deeper than
	// a document may be nested. Nothing of it is visited.
	TooDeep(at *Walker, e *Element)
}

// VisitNothing is a [Visitor] that enters every element and does nothing.
type VisitNothing struct{}

// Enter enters the element.
func (VisitNothing) Enter(*Walker, *Element, any) bool { return true }

// Leave does nothing.
func (VisitNothing) Leave(*Walker, *Element, *Resource) {}

// Extension enters the element.
func (VisitNothing) Extension(*Walker, *Element, *r4.Extension, *Value) bool { return true }

// Text does nothing.
func (VisitNothing) Text(*Walker, *Element, string) {}

// Integer does nothing.
func (VisitNothing) Integer(*Walker, *Element, int) {}

// TooDeep does nothing.
func (VisitNothing) TooDeep(*Walker, *Element) {}

// Value is the value of an extension.
type Value struct {
	// Element says what kind of value it is; nil unless there is exactly one.
	Element *Element
	// Text is the value if it is a text, a code, a decimal or a boolean, Integer if it is
	// a whole number.
	Text    string
	Integer int
	// Count is the number of values. FHIR allows one.
	Count int
	// OwnURL and OwnText say that the url of the extension and its text are words of a
	// taxonomy, which nobody wrote and which have the right form. A visitor that knows the
	// taxonomy sets them for the visitors after it.
	OwnURL, OwnText bool

	slot **string // where the extension has its text
}

// ValueOf returns the value of an extension.
func ValueOf(x *r4.Extension) Value {
	var v Value
	v.find(x)
	return v
}

// find sets v to the value of an extension.
func (v *Value) find(x *r4.Extension) {
	v.clear()
	findValue(v, x)
	if n := v.Count; n > 1 {
		v.clear()
		v.Count = n
	}
}

// clear clears each field by itself: there are many extensions, and as a whole it would
// cost the garbage collector more.
func (v *Value) clear() {
	v.Element, v.Text, v.Integer, v.Count, v.slot = nil, "", 0, 0, nil
	v.OwnURL, v.OwnText = false, false
}

// simple reports whether the value is told by the callback for the extension.
func (v *Value) simple() bool {
	return v.Count == 0 || v.Element != nil && v.Element.Type[0] >= 'a'
}

// maxVisitors is the largest number of visitors of one walk.
const maxVisitors = 4

// Walker takes visitors through an event, visiting each element once. The zero value is
// ready to use, and reusing a Walker saves memory. It must not be used by two goroutines
// at once.
type Walker struct {
	visitors [maxVisitors]Visitor
	count    int              // of them
	stopped  [maxVisitors]int // depth of the element that each visitor did not enter, 0 for none
	stops    int              // how many of them did not enter one
	levels   [maxDepth + 1]level
	depth    int
	value    Value    // of the current extension
	slot     **string // of the current text, if the event has a pointer to it
	direct   *string  // the current text, if the event holds it directly
}

// level is an element on the path to the current one, by its number, which the garbage
// collector need not follow, with its index, -1 if it does not repeat.
type level struct{ number, index int32 }

func (l level) element() *Element { return &elements[l.number] }

// Walk visits every element of the event. A visitor that does not enter an element does
// not stop the others. There can be at most four visitors. The event is only read, unless
// a visitor replaces texts.
func (w *Walker) Walk(a *AdverseEvent, visitors ...Visitor) {
	if len(visitors) > maxVisitors {
		panic("fhir: too many visitors")
	}
	w.count = copy(w.visitors[:], visitors)
	walkAdverseEvent(w, a)
	clear(w.visitors[:])
	w.value, w.slot, w.direct = Value{}, nil, nil
}

// Path returns the path of the current element.
func (w *Walker) Path() Path { return pathOf(w.levels[:w.depth]) }

// Parent returns the path of the parent of the current element.
func (w *Walker) Parent() Path { return pathOf(w.levels[:w.depth-1]) }

// Index returns the index of the current element among those of its name, -1 if it does
// not repeat.
func (w *Walker) Index() int { return int(w.levels[w.depth-1].index) }

// Depth returns the number of steps from the event to the current element: 1 for an
// element of the event itself.
func (w *Walker) Depth() int { return w.depth }

// Ancestor returns the element a number of steps above the current one, nil if that is
// the event or above it.
func (w *Walker) Ancestor(steps int) *Element {
	if i := w.depth - 1 - steps; i >= 0 {
		return w.levels[i].element()
	}
	return nil
}

// Replace replaces the current text, or the text that is the value of the current
// extension, and reports whether it could: codes with a Go type of their own, numbers and
// booleans cannot be replaced. The old string is not written to, so it may be shared.
func (w *Walker) Replace(text string) bool {
	switch {
	case w.slot != nil:
		*w.slot = &text
	case w.direct != nil:
		*w.direct = text
	default:
		return false
	}
	return true
}

// push makes an element the current one; false if it is too deep.
func (w *Walker) push(e *Element, index int) bool {
	w.levels[w.depth] = level{int32(e.Number), int32(index)}
	w.depth++
	if w.depth <= maxDepth {
		return true
	}
	for i := range w.count {
		if w.stopped[i] == 0 {
			w.visitors[i].TooDeep(w, e)
		}
	}
	w.depth--
	return false
}

// stop passes over what is within the current element, for one visitor.
func (w *Walker) stop(visitor int) {
	w.stopped[visitor] = w.depth
	w.stops++
}

// leave returns from an element that some visitor entered.
func (w *Walker) leave() {
	if w.stops > 0 {
		w.resume()
	}
	w.depth--
}

// resume ends the stops at the current element.
func (w *Walker) resume() {
	for i := range w.count {
		if w.stopped[i] == w.depth {
			w.stopped[i] = 0
			w.stops--
		}
	}
}

// enter visits an element with elements of its own; false if no visitor enters it.
func (w *Walker) enter(e *Element, index int, x any) bool {
	if !w.push(e, index) {
		return false
	}
	inside := false
	for i := range w.count {
		switch {
		case w.stopped[i] != 0:
		case w.visitors[i].Enter(w, e, x):
			inside = true
		default:
			w.stop(i)
		}
	}
	if !inside {
		w.leave()
	}
	return inside
}

// resource visits a contained resource. If several fields of it are set, each is visited.
func (w *Walker) resource(e *Element, index int, r *Resource) {
	if !w.enter(e, index, r) {
		return
	}
	if r.Patient != nil {
		walkPatient(w, r.Patient)
	}
	if r.Location != nil {
		walkLocation(w, r.Location)
	}
	if r.Practitioner != nil {
		walkPractitioner(w, r.Practitioner)
	}
	if r.Device != nil {
		walkDevice(w, r.Device)
	}
	if r.Medication != nil {
		walkMedication(w, r.Medication)
	}
	for i := range w.count {
		if w.stopped[i] == 0 {
			w.visitors[i].Leave(w, e, r)
		}
	}
	w.leave()
}

// extensions visits a list of extensions.
func (w *Walker) extensions(e *Element, list []r4.Extension) {
	for i := range list {
		w.extension(e, i, &list[i])
	}
}

func (w *Walker) extension(e *Element, index int, x *r4.Extension) {
	if !w.push(e, index) {
		return
	}
	w.value.find(x)
	w.slot, w.direct = w.value.slot, nil
	inside := false
	for i := range w.count {
		switch {
		case w.stopped[i] != 0:
		case w.visitors[i].Extension(w, e, x, &w.value):
			inside = true
		default:
			w.stop(i)
		}
	}
	if inside {
		if !w.value.simple() {
			walkValues(w, x)
		}
		w.extensions(extensionOfExtension, x.Extension)
	}
	w.leave()
}

// extensionOfExtension is the element for extensions within an extension.
var extensionOfExtension = FindElement("Extension", "extension")

// string visits a text that the event has a pointer to.
func (w *Walker) string(e *Element, text **string) {
	w.slot, w.direct = text, nil
	w.visit(e, -1, **text)
}

// item visits a text that the event holds directly, such as an item of a list.
func (w *Walker) item(e *Element, index int, text *string) {
	w.slot, w.direct = nil, text
	w.visit(e, index, *text)
}

// text visits a text that cannot be replaced.
func (w *Walker) text(e *Element, index int, text string) {
	w.slot, w.direct = nil, nil
	w.visit(e, index, text)
}

func (w *Walker) visit(e *Element, index int, text string) {
	w.levels[w.depth] = level{int32(e.Number), int32(index)}
	w.depth++
	for i := range w.count {
		if w.stopped[i] == 0 {
			w.visitors[i].Text(w, e, text)
		}
	}
	w.depth--
}

func (w *Walker) integer(e *Element, n int) {
	w.levels[w.depth] = level{int32(e.Number), -1}
	w.depth++
	for i := range w.count {
		if w.stopped[i] == 0 {
			w.visitors[i].Integer(w, e, n)
		}
	}
	w.depth--
}

func boolText(b bool) string {
	if b {
		return "true"
	}
	return "false"
}

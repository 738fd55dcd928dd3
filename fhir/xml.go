package fhir

import (
	"strings"
	"unicode/utf8"
)

// The rule ids of reading XML.
const (
	ruleXMLSyntax   = "XML-SYNTAX"
	ruleXMLDoctype  = "XML-DOCTYPE"
	ruleXMLEntity   = "XML-ENTITY"
	ruleXMLForeign  = "XML-FOREIGN"
	ruleXMLLimit    = "XML-LIMIT"
	ruleXMLEncoding = "XML-ENCODING"
	ruleXMLOrder    = "XML-ORDER"
)

// maxAttributes is how many attributes an element may have. FHIR has three, and those
// that declare namespaces.
const maxAttributes = 32

const (
	namespaceFHIR  = "http://hl7.org/fhir"
	namespaceXHTML = "http://www.w3.org/1999/xhtml"
)

// span is a part of the text; its zero value is nothing.
type span struct{ start, size uint32 }

// xmlElement is an element as it is written.
type xmlElement struct {
	name, whole    span // the name without its prefix
	value, id, url span // attributes, with their quotes
	end            uint32
	markup         bool // XHTML, in which nothing is read
}

// xmlScanner finds the elements of a document in one pass. It knows the five entities of
// XML itself and refuses whatever could declare others or fetch another document, so that
// nothing expands and nothing is fetched.
type xmlScanner struct {
	text     string
	pos      int
	elements []xmlElement
	open     [maxDepth]uint32 // the elements that have not ended
	depth    int
	prefix   string // of the elements of FHIR, with its colon
	issues   Issues
}

// fail reports why the document cannot be read. The first finding ends the reading.
func (x *xmlScanner) fail(rule string, at int, text, fix string) bool {
	x.issues = append(x.issues, Issue{Severity: Error, Rule: rule, Path: anyRoot, Offset: at, Text: text, Fix: fix})
	return false
}

func (x *xmlScanner) syntax(text string) bool {
	return x.fail(ruleXMLSyntax, x.pos, text, "Correct the XML; nothing after this point was read.")
}

// scan reads the document and reports whether it is whole.
func (x *xmlScanner) scan() bool {
	if at := invalidUTF8(x.text); at >= 0 {
		return x.fail(ruleXMLEncoding, at, "The text is not UTF-8.", "Save the document in UTF-8.")
	}
	if !x.declaration() {
		return false
	}
	for x.pos < len(x.text) {
		if !x.content() {
			return false
		}
	}
	if x.depth > 0 || len(x.elements) == 0 {
		return x.syntax("The document ends before its elements do.")
	}
	return true
}

func invalidUTF8(text string) int {
	if utf8.ValidString(text) {
		return -1
	}
	for i, r := range text {
		if r == utf8.RuneError && !strings.HasPrefix(text[i:], "\uFFFD") {
			return i
		}
	}
	return -1
}

// declaration reads <?xml version="1.0" encoding="UTF-8"?>, which may be left out.
func (x *xmlScanner) declaration() bool {
	x.blanks()
	if !strings.HasPrefix(x.text[x.pos:], "<?xml ") {
		return true
	}
	end := strings.Index(x.text[x.pos:], "?>")
	if end < 0 {
		return x.syntax("The declaration has no end.")
	}
	says := strings.ToLower(strings.ReplaceAll(x.text[x.pos:x.pos+end], "'", `"`))
	if _, encoding, ok := strings.Cut(says, "encoding"); ok {
		if !strings.Contains(encoding, `"utf-8"`) && !strings.Contains(encoding, `"us-ascii"`) {
			return x.fail(ruleXMLEncoding, x.pos, "The document declares an encoding other than UTF-8.", "Save the document in UTF-8.")
		}
	}
	x.pos += end + len("?>")
	return true
}

func (x *xmlScanner) blanks() {
	for x.pos < len(x.text) && isXMLBlank(x.text[x.pos]) {
		x.pos++
	}
}

func isXMLBlank(c byte) bool { return c == ' ' || c == '\t' || c == '\r' || c == '\n' }

// content reads one piece of the document: text, a comment, or the start or end of an
// element.
func (x *xmlScanner) content() bool {
	rest := x.text[x.pos:]
	switch {
	case rest[0] != '<':
		return x.characters()
	case strings.HasPrefix(rest, "<!--"):
		return x.passOver("-->")
	case strings.HasPrefix(rest, "<![CDATA[") && x.inMarkup():
		return x.passOver("]]>")
	case strings.HasPrefix(rest, "<![CDATA["):
		return x.syntax("FHIR has no text outside of attributes and narratives.")
	case strings.HasPrefix(rest, "<!"):
		return x.fail(ruleXMLDoctype, x.pos, "The document has a document type, which could declare entities or name other documents.", "Remove the document type; FHIR has none.")
	case strings.HasPrefix(rest, "<?"):
		return x.fail(ruleXMLForeign, x.pos, "The document has a processing instruction, such as one that names a style sheet.", "Remove the instruction.")
	case strings.HasPrefix(rest, "</"):
		return x.endTag()
	case x.depth == 0 && len(x.elements) > 0:
		return x.syntax("There is a second root element.")
	case x.depth == maxDepth:
		return x.fail(ruleXMLLimit, x.pos, "The elements are nested too deeply.", "Send the record as its system exports it.")
	}
	return x.startTag()
}

func (x *xmlScanner) passOver(end string) bool {
	n := strings.Index(x.text[x.pos+len("<!"):], end)
	if n < 0 {
		return x.syntax("A comment or a section has no end.")
	}
	x.pos += len("<!") + n + len(end)
	return true
}

// characters reads the text between two tags.
func (x *xmlScanner) characters() bool {
	end := strings.IndexByte(x.text[x.pos:], '<')
	if end < 0 {
		end = len(x.text) - x.pos
	}
	between := x.text[x.pos : x.pos+end]
	switch {
	case x.inMarkup():
		if _, bad, rule := expandEntities(between); bad >= 0 {
			return x.badEntity(x.pos+bad, rule)
		}
	case strings.Trim(between, " \t\r\n") != "":
		return x.syntax("FHIR has no text outside of attributes and narratives.")
	}
	x.pos += end
	return true
}

// inMarkup reports whether the narrative of a resource is being read.
func (x *xmlScanner) inMarkup() bool {
	return x.depth > 0 && x.elements[x.open[x.depth-1]].markup
}

func (x *xmlScanner) endTag() bool {
	at := x.pos + len("</")
	end := strings.IndexByte(x.text[at:], '>')
	if end < 0 || x.depth == 0 {
		return x.syntax("An element ends that has not begun.")
	}
	e := &x.elements[x.open[x.depth-1]]
	name := strings.TrimRight(x.text[at:at+end], " \t\r\n")
	if begun := x.text[e.whole.start+1 : e.name.start+e.name.size]; name != begun {
		return x.syntax("An element ends that is not the last one to begin.")
	}
	x.pos = at + end + 1
	x.close()
	return true
}

// close ends the element that began last.
func (x *xmlScanner) close() {
	x.depth--
	e := &x.elements[x.open[x.depth]]
	e.whole.size, e.end = uint32(x.pos)-e.whole.start, uint32(len(x.elements))
}

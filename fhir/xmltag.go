package fhir

import (
	"strconv"
	"strings"
)

// startTag reads the start of an element with its attributes.
func (x *xmlScanner) startTag() bool {
	e := xmlElement{whole: span{start: uint32(x.pos)}, markup: x.inMarkup()}
	x.pos++
	from := x.pos
	x.nameChars()
	name := x.text[from:x.pos]
	colon := strings.IndexByte(name, ':') + 1
	e.name = span{uint32(from + colon), uint32(len(name) - colon)}
	if len(name) == colon {
		return x.syntax("An element has no name.")
	}
	namespace, ends, ok := x.attributes(&e, name[:colon])
	if !ok || !x.admit(&e, name[:colon], namespace) {
		return false
	}
	x.open[x.depth] = uint32(len(x.elements))
	x.depth++
	x.elements = append(x.elements, e)
	if ends {
		x.close()
	}
	return true
}

func (x *xmlScanner) nameChars() {
	for x.pos < len(x.text) && !strings.ContainsRune(" \t\r\n=/><\"'&", rune(x.text[x.pos])) {
		x.pos++
	}
}

// admit reports whether an element belongs into a document of FHIR: the root says which
// prefix the elements of FHIR have, and the narrative is XHTML.
func (x *xmlScanner) admit(e *xmlElement, prefix, namespace string) bool {
	switch {
	case e.markup:
		return true
	case x.depth == 0:
		x.prefix = prefix
		if namespace != namespaceFHIR {
			return x.fail("BUNDLE-NOT-FHIR", int(e.whole.start), "The document is XML, but not of FHIR: its root has another namespace.", "Send a Bundle, or one resource, of FHIR.")
		}
		return true
	case x.text[e.name.start:e.name.start+e.name.size] == "div" && (namespace == namespaceXHTML || prefix != x.prefix):
		e.markup = true
		return true
	case prefix == x.prefix && (namespace == "" || namespace == namespaceFHIR):
		return true
	}
	return x.fail(ruleXMLForeign, int(e.whole.start), "An element is not of FHIR, such as one that includes another document.", "Remove the element.")
}

// attributes reads the attributes of an element up to its >. It returns the namespace that
// they declare for a prefix, and whether the element ends here.
func (x *xmlScanner) attributes(e *xmlElement, prefix string) (namespace string, ends, ok bool) {
	declares := strings.TrimSuffix("xmlns:"+prefix, ":")
	var names [maxAttributes]string
	for n := 0; ; n++ {
		x.blanks()
		switch rest := x.text[x.pos:]; {
		case strings.HasPrefix(rest, ">"):
			x.pos++
			return namespace, false, true
		case strings.HasPrefix(rest, "/>"):
			x.pos += len("/>")
			return namespace, true, true
		case n == maxAttributes:
			return "", false, x.fail(ruleXMLLimit, x.pos, "An element has too many attributes.", "Send the record as its system exports it.")
		}
		name, value, ok := x.attribute()
		if !ok {
			return "", false, false
		}
		for _, before := range names[:n] {
			if before == name {
				return "", false, x.syntax("An element has an attribute twice.")
			}
		}
		names[n] = name
		switch name {
		case declares:
			namespace = x.text[value.start+1 : value.start+value.size-1]
		case "value":
			e.value = value
		case "id":
			e.id = value
		case "url":
			e.url = value
		}
	}
}

// attribute reads one attribute, and gives its value with the quotes.
func (x *xmlScanner) attribute() (name string, value span, ok bool) {
	from := x.pos
	x.nameChars()
	name = x.text[from:x.pos]
	x.blanks()
	if name == "" || x.pos == len(x.text) || x.text[x.pos] != '=' {
		return "", span{}, x.syntax("An element or an attribute is not well-formed.")
	}
	x.pos++
	x.blanks()
	if x.pos == len(x.text) || x.text[x.pos] != '"' && x.text[x.pos] != '\'' {
		return "", span{}, x.syntax("The value of an attribute has no quotes.")
	}
	start := x.pos
	size := strings.IndexByte(x.text[start+1:], x.text[start])
	if size < 0 {
		return "", span{}, x.syntax("The value of an attribute has no end.")
	}
	inside := x.text[start+1 : start+1+size]
	if strings.IndexByte(inside, '<') >= 0 {
		return "", span{}, x.syntax("The value of an attribute has a < in it.")
	}
	if _, bad, rule := expandEntities(inside); bad >= 0 {
		return "", span{}, x.badEntity(start+1+bad, rule)
	}
	x.pos = start + size + 2
	return name, span{uint32(start), uint32(size + 2)}, true
}

func (x *xmlScanner) badEntity(at int, rule string) bool {
	if rule == ruleXMLEntity {
		return x.fail(rule, at, "The document refers to an entity that XML itself does not have. Entities are not expanded.", "Write the character itself, in UTF-8.")
	}
	return x.fail(rule, at, "A reference to a character is not well-formed.", "Write the character itself, in UTF-8, and & as &amp;.")
}

// expandEntities replaces the references in a text. bad is the offset of one that cannot be
// replaced, -1 for none, and rule what is wrong with it.
func expandEntities(text string) (expanded string, bad int, rule string) {
	amp := strings.IndexByte(text, '&')
	if amp < 0 {
		return text, -1, ""
	}
	var out strings.Builder
	done := 0
	for amp >= 0 {
		at := done + amp
		out.WriteString(text[done:at])
		const longest = len("&#x10FFFF;")
		size := strings.IndexByte(text[at:min(len(text), at+64)], ';')
		if size < 0 {
			return "", at, ruleXMLSyntax
		}
		name := text[at+1 : at+size]
		switch r, known := xmlEntities[name]; {
		case known:
			out.WriteByte(r)
		case strings.HasPrefix(name, "#") && size < longest:
			r, ok := xmlCharacter(name[1:])
			if !ok {
				return "", at, ruleXMLSyntax
			}
			out.WriteRune(r)
		default:
			return "", at, ruleXMLEntity
		}
		done = at + size + 1
		amp = strings.IndexByte(text[done:], '&')
	}
	out.WriteString(text[done:])
	return out.String(), -1, ""
}

var xmlEntities = map[string]byte{"amp": '&', "lt": '<', "gt": '>', "quot": '"', "apos": '\''}

// xmlCharacter is the character of a reference such as #233 or #xE9, without its #.
func xmlCharacter(number string) (rune, bool) {
	base := 10
	if strings.HasPrefix(number, "x") {
		number, base = number[1:], 16
	}
	n, err := strconv.ParseUint(number, base, 21)
	r := rune(n)
	return r, err == nil && (r == '\t' || r == '\n' || r == '\r' || r >= ' ' && r < 0xD800 || r >= 0xE000 && r <= 0x10FFFF && r != 0xFFFE && r != 0xFFFF)
}

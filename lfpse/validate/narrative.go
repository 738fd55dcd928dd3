package validate

import (
	"cmp"
	"encoding/xml"
	"errors"
	"io"
	"strings"
)

const xhtml = "http://www.w3.org/1999/xhtml"

// The elements and attributes that FHIR R4 allows in a narrative (invariant txt-1).
var (
	narrativeElements = words(`a abbr acronym b big blockquote br caption cite code col colgroup dd dfn div dl dt em h1 h2 h3 h4
		h5 h6 hr i img li ol p pre q samp small span strong sub sup table tbody td tfoot th thead tr tt ul var`)
	narrativeAttributes = words(`abbr accesskey align alt axis bgcolor border cellhalign cellpadding cellspacing cellvalign char
		charoff charset cite class colspan compact coords dir frame headers height href hreflang hspace id lang longdesc name nowrap
		rel rev rowspan rules scope shape span src start style summary tabindex title type valign value vspace width`)
)

func words(list string) map[string]bool {
	set := map[string]bool{}
	for w := range strings.FieldsSeq(list) {
		set[w] = true
	}
	return set
}

// narrativeFault says what is wrong with the div of a narrative, or nothing. It names only
// elements and attributes that HTML has.
func narrativeFault(div string) string {
	in := xml.NewDecoder(strings.NewReader(div))
	depth, content, ended := 0, false, false
	for {
		token, err := in.Token()
		switch {
		case errors.Is(err, io.EOF) && !ended:
			return "The narrative has no div."
		case errors.Is(err, io.EOF) && !content:
			return "The div of the narrative is empty: it has neither text nor an image."
		case errors.Is(err, io.EOF):
			return ""
		case err != nil:
			return "The narrative is not XML; HTML entities such as &nbsp; are none of XML, and each element has an end."
		}
		switch t := token.(type) {
		case xml.StartElement:
			if wrong := elementFault(&t, depth == 0); wrong != "" || ended {
				return cmp.Or(wrong, afterDiv)
			}
			content = content || t.Name.Local == "img"
			depth++
		case xml.EndElement:
			depth--
			ended = depth == 0
		case xml.CharData:
			blank := len(strings.TrimSpace(string(t))) == 0
			if depth == 0 && !blank {
				return afterDiv
			}
			content = content || !blank
		case xml.Directive, xml.ProcInst:
			return "The narrative has a declaration or a processing instruction, which FHIR does not allow."
		}
	}
}

const afterDiv = "The narrative is not one div: something stands before or after it."

// elementFault says what is wrong with one element and its attributes.
func elementFault(e *xml.StartElement, root bool) string {
	switch {
	case root && e.Name.Local != "div":
		return "The narrative does not begin with a div."
	case e.Name.Space != xhtml:
		return "The narrative is not in the namespace " + xhtml + "; write it as xmlns of the div."
	case !narrativeElements[e.Name.Local]:
		return notAllowed("element", e.Name.Local)
	}
	for _, a := range e.Attr {
		name := a.Name.Local
		switch {
		case a.Name.Space == "" && (name == "xmlns" || narrativeAttributes[name]), a.Name.Space == "xmlns",
			a.Name.Space == "http://www.w3.org/XML/1998/namespace" && (name == "lang" || name == "space"):
		default:
			return notAllowed("attribute", name)
		}
		if (name == "href" || name == "src") && strings.HasPrefix(strings.ToLower(strings.TrimSpace(a.Value)), "javascript:") {
			return "The narrative has a link that is a script."
		}
	}
	return ""
}

// htmlWords are names of HTML that FHIR does not allow, which may be repeated.
var htmlWords = words(`applet article aside audio base body button canvas center data details embed fieldset figure font footer form
	frame frameset head header html iframe input ins del s u strike label legend link main map area menu meta nav noscript object
	option output param picture script section select source style svg template textarea time title track video
	onclick onload onerror onmouseover onfocus onblur onchange onsubmit color face size target action method background`)

func notAllowed(kind, name string) string {
	if name = strings.ToLower(name); htmlWords[name] {
		return "FHIR does not allow the " + kind + " " + name + " in a narrative."
	}
	return "The narrative has an " + kind + " that FHIR does not allow there."
}

package fhir

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strconv"
)

// maxBundleEntries bounds context records, which are one patient's extract;
// anything larger is a mistake or an attack.
const maxBundleEntries = 10_000

// Bundle is a Bundle of R4 or STU3 read as context for a report. It is immutable after
// ParseBundle and safe for concurrent use.
type Bundle struct {
	Type    string // Bundle.type, or "" for a single resource
	Entries []Entry
	// STU3 says that at least one resource has what only FHIR STU3 (R3) has: a profile of
	// it, or an element. [Node.Element] finds what R4 has renamed.
	STU3 bool
	// Partial says that there is more than the entries: a link to the next page, or a total
	// above their number.
	Partial bool

	tree  *tree
	byURL lookup // fullUrl without version
	byID  lookup // id and type
}

// Root is the document itself: the Bundle, or the only resource.
func (b *Bundle) Root() Node { return Node{tree: b.tree} }

// Entry is one entry of a Bundle. History and notification bundles have entries without a
// resource; such an entry keeps its index, with the other fields empty.
type Entry struct {
	FullURL      string
	ResourceType string
	ID           string
	Resource     Node

	versionID string
	contained *lookup // by id; nil for none
	server    *server // the one that fullUrl names, nil for none
}

// server is a server that resources of a bundle come from.
type server struct {
	base      string // with the final slash
	resources lookup // by fullUrl
}

// ParseBundle reads a Bundle of R4 or STU3, in JSON or XML, for use as context. Unknown
// properties are ignored; the JSON or XML itself must be strict. A single resource that
// is not a Bundle becomes a bundle of one. In XML, document types, processing
// instructions, entities other than the five of XML and elements of other namespaces are
// refused: nothing is expanded or fetched. Limits: 5 MiB, 10,000 entries, 64 levels of
// nesting, 32 attributes of an element.
//
// The document is read once, into a tree whose elements [Node] shows. The bundle is
// nil when any finding is an error.
func ParseBundle(data []byte) (*Bundle, Issues) {
	start, read, issues := startOfDocument(data)
	if issues != nil {
		return nil, issues
	}
	t, issues := read(data, start)
	if issues.HasErrors() {
		return nil, issues
	}
	p := bundleParser{bundle: &Bundle{tree: t}}
	p.parse(Node{tree: t})
	if p.issues.HasErrors() {
		return nil, p.issues
	}
	p.index()
	return p.bundle, p.issues
}

// wantFHIR says what a record is.
const wantFHIR = "Send a Bundle, or one resource, of FHIR R4 or STU3, in JSON or XML."

// startOfDocument checks that the text can be a resource. It returns the offset where the
// resource starts, since some gateways and exports put a byte order mark before it, and
// the function that reads its format.
func startOfDocument(data []byte) (int, func([]byte, int) (*tree, Issues), Issues) {
	refuse := func(rule, text, fix string) Issues {
		return Issues{{Severity: Error, Rule: rule, Path: anyRoot, Offset: -1, Text: text, Fix: fix}}
	}
	text := trimBOM(data)
	trimmed := bytes.TrimLeft(text, " \t\r\n")
	start := len(data) - len(text)
	switch {
	case len(data) > maxBytes:
		return 0, nil, refuse("BUNDLE-TOO-LARGE", fmt.Sprintf("The document has %d bytes; the limit is %d.", len(data), maxBytes),
			"Send only the resources that belong to this event.")
	case len(trimmed) == 0:
		return 0, nil, refuse("BUNDLE-EMPTY", "The document is empty.", wantFHIR)
	case trimmed[0] == '<':
		return start, readXMLTree, nil
	case trimmed[0] != '{':
		return 0, nil, refuse("BUNDLE-NOT-FHIR", "The document is neither a JSON object nor XML.", wantFHIR)
	}
	return start, readTree, nil
}

type bundleParser struct {
	bundle *Bundle
	issues Issues
}

func (p *bundleParser) report(severity Severity, rule, path, text, fix string) {
	p.issues = append(p.issues, Issue{Severity: severity, Rule: rule, Path: path, Offset: -1, Text: text, Fix: fix})
}

func (p *bundleParser) parse(root Node) {
	head := readResourceHead(root)
	switch head.resourceType {
	case "":
		p.report(Error, "BUNDLE-NOT-FHIR", anyRoot, "The document has no resourceType, so it is not a FHIR resource.",
			wantFHIR)
	case "Bundle":
		p.bundle.STU3 = head.stu3
		p.parseEntries(root.Child("entry"))
		p.bundle.Type = root.Child("type").string()
		p.bundle.Partial = hasNextPage(root) || total(root) > len(p.bundle.Entries)
	default:
		p.addEntry(Entry{Resource: root}, head)
	}
}

func hasNextPage(root Node) bool {
	for link := range root.Child("link").Each() {
		if link.Child("relation").string() == "next" {
			return true
		}
	}
	return false
}

// total is the number of matches that a Bundle states, 0 if it states none.
func total(root Node) int {
	n, err := strconv.Atoi(root.Child("total").Text())
	if err != nil {
		return 0
	}
	return n
}

func (p *bundleParser) parseEntries(list Node) {
	n := 0
	for range list.Each() {
		n++
	}
	if n > maxBundleEntries {
		p.report(Error, "BUNDLE-TOO-LARGE", "Bundle.entry", fmt.Sprintf("The bundle has %d entries; the limit is %d.", n, maxBundleEntries),
			"Send only the resources that belong to this event.")
		return
	}
	p.bundle.Entries = make([]Entry, 0, n)
	for item := range list.Each() {
		p.parseEntry(item)
	}
}

func (p *bundleParser) parseEntry(item Node) {
	if item.Kind() != ObjectNode {
		p.report(Error, "BUNDLE-ENTRY-TYPE", item.Path(), "An entry must be an object.", "Send each entry as a JSON object.")
	}
	entry := Entry{FullURL: item.Child("fullUrl").string(), Resource: item.Child("resource")}
	if !entry.Resource.Exists() {
		p.bundle.Entries = append(p.bundle.Entries, entry)
		return
	}
	head := readResourceHead(entry.Resource)
	if head.resourceType == "" {
		p.report(Error, "BUNDLE-NOT-FHIR", entry.Resource.Path(), "The resource has no resourceType.", "Send each resource as a JSON object with its resourceType.")
	}
	p.addEntry(entry, head)
}

func (p *bundleParser) addEntry(entry Entry, head resourceHead) {
	entry.ResourceType, entry.ID, entry.versionID = head.resourceType, head.id, head.versionID
	p.bundle.STU3 = p.bundle.STU3 || head.stu3
	p.bundle.Entries = append(p.bundle.Entries, entry)
	if head.contained.Kind() >= ListNode {
		p.bundle.Entries[len(p.bundle.Entries)-1].contained = lookupOfContained(head.contained)
	}
}

// resourceHead is what a resource says about itself.
type resourceHead struct {
	resourceType, id, versionID string
	contained                   Node
	stu3                        bool
}

func readResourceHead(resource Node) resourceHead {
	var head resourceHead
	if resource.Kind() != ObjectNode {
		return head
	}
	for c := range resource.Children() {
		switch c.Name() {
		case "resourceType":
			if name := c.string(); plainTypeName(name) {
				head.resourceType = name
			}
		case "id":
			head.id = c.string()
		case "meta":
			head.readMeta(c)
		case "contained":
			head.contained = c
		default:
			head.stu3 = head.stu3 || onlySTU3(c)
		}
	}
	return head
}

func (h *resourceHead) readMeta(meta Node) {
	h.versionID = meta.Child("versionId").string()
	for profile := range meta.Child("profile").All() {
		h.stu3 = h.stu3 || isSTU3Profile(profile.string())
	}
}

// plainTypeName reports whether s can be a resource type: letters only, first one
// upper case.
func plainTypeName(s string) bool {
	if len(s) == 0 || len(s) > 64 || !isUpper(s[0]) {
		return false
	}
	for i := range len(s) {
		if !isUpper(s[i]) && (s[i] < 'a' || s[i] > 'z') {
			return false
		}
	}
	return true
}

// index builds the tables that Resolve uses and warns about equal fullUrls, because a
// reference to one of them is ambiguous.
func (p *bundleParser) index() {
	b := p.bundle
	b.byURL.resources, b.byID.resources = make([]located, 0, len(b.Entries)), make([]located, 0, len(b.Entries))
	for i := range b.Entries {
		e := &b.Entries[i]
		if !e.Resource.Exists() {
			continue
		}
		if e.ID != "" {
			b.byID.add(located{key: e.ID, typeName: e.ResourceType, version: e.versionID, resource: e.Resource})
		}
		if e.FullURL != "" {
			key, _ := splitVersion(normaliseURL(e.FullURL))
			b.byURL.add(located{key: key, version: e.versionID, resource: e.Resource})
		}
	}
	b.byURL.sort()
	b.byID.sort()
	p.warnOfEqualURLs()
	var last *server
	for i := range b.Entries {
		e := &b.Entries[i]
		base, _, ok := splitRESTful(e.FullURL)
		if !ok {
			continue
		}
		if last == nil || last.base != base {
			last = &server{base, b.byURL.beginWith(base)}
		}
		e.server = last
	}
}

func (p *bundleParser) warnOfEqualURLs() {
	urls := &p.bundle.byURL
	type pair struct{ again, first int32 }
	var pairs []pair
	first := int32(0)
	for n, i := range urls.sorted {
		if l, f := &urls.resources[i], &urls.resources[first]; n > 0 && l.key == f.key && l.version == f.version {
			pairs = append(pairs, pair{i, first})
		} else {
			first = i
		}
	}
	slices.SortFunc(pairs, func(x, y pair) int { return cmp.Compare(x.again, y.again) })
	position := func(i int32) string { return strconv.Itoa(p.bundle.position(urls.resources[i].resource)) }
	for _, same := range pairs {
		p.report(Warning, "BUNDLE-DUPLICATE-URL", "Bundle.entry["+position(same.again)+"].fullUrl",
			"Entry "+position(same.first)+" has the same fullUrl, so references to it are ambiguous.", "Give each entry its own fullUrl.")
	}
}

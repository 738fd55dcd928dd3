package fhir

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
)

// maxBundleEntries bounds context records, which are one patient's extract;
// anything larger is a mistake or an attack.
const maxBundleEntries = 10_000

// Bundle is an R4 Bundle read as context for a report. It is immutable after
// ParseBundle and safe for concurrent use.
type Bundle struct {
	Type    string // Bundle.type, or "" for a single resource
	Entries []Entry

	byURL lookup // fullUrl without version
	byID  lookup // Type/id
}

// lookup finds the entries of a key: all, or those of one version.
type lookup struct {
	all       map[string][]int
	ofVersion map[versioned][]int
}

type versioned struct{ key, version string }

func newLookup(entries int) lookup {
	return lookup{make(map[string][]int, entries), make(map[versioned][]int, entries)}
}

func (l lookup) add(key, version string, entry int) {
	l.all[key] = append(l.all[key], entry)
	l.ofVersion[versioned{key, version}] = append(l.ofVersion[versioned{key, version}], entry)
}

// Entry is one entry of a Bundle. An entry without a resource, as history and
// notification bundles have, keeps its place with the other fields empty.
type Entry struct {
	FullURL      string
	ResourceType string
	ID           string
	Resource     json.RawMessage // the resource as it was sent

	position  int
	versionID string
	contained map[string][]Target // by id; without the entry
}

// Path is the FHIRPath of the entry's resource, safe to log.
func (e *Entry) Path() string { return "Bundle.entry[" + strconv.Itoa(e.position) + "].resource" }

// ParseBundle reads an R4 Bundle in JSON for use as context. Unknown properties
// are ignored; the JSON itself must be strict. A single resource that is not a
// Bundle becomes a bundle of one. XML, and resources that look like FHIR STU3, are
// refused with a finding that says what is supported. Limits: 5 MiB, 10,000
// entries, 64 levels of nesting.
//
// The bundle is nil when any finding is an error.
func ParseBundle(data []byte) (*Bundle, Issues) {
	data = trimBOM(data)
	if issues := checkBundleText(data); issues.HasErrors() {
		return nil, issues
	}
	p := bundleParser{bundle: &Bundle{}}
	p.parse(data)
	if p.issues.HasErrors() {
		return nil, p.issues
	}
	p.index()
	return p.bundle, p.issues
}

type bundleParser struct {
	bundle *Bundle
	issues Issues
}

func (p *bundleParser) report(severity Severity, rule, path, text, fix string) {
	p.issues = append(p.issues, Issue{Severity: severity, Rule: rule, Path: path, Offset: -1, Text: text, Fix: fix})
}

func (p *bundleParser) parse(data []byte) {
	head := readResourceHead(data)
	switch {
	case head.resourceType == "":
		p.report(Error, "BUNDLE-NOT-FHIR", anyRoot, "The document has no resourceType, so it is not a FHIR resource.",
			"Send an R4 Bundle, or one R4 resource, in JSON.")
	case head.resourceType != "Bundle":
		p.addEntry(Entry{Resource: data}, head, head.resourceType)
	default:
		p.checkVersion(head, "Bundle")
		p.parseBundle(data)
	}
}

func (p *bundleParser) parseBundle(data []byte) {
	members, _ := objectMembers(data)
	for _, m := range members {
		switch m.name {
		case "type":
			p.bundle.Type, _ = jsonString(m.value)
		case "entry":
			items, ok := arrayItems(m.value)
			if !ok {
				p.report(Error, "BUNDLE-ENTRY-TYPE", "Bundle.entry", "entry must be an array.", "Send entry as a JSON array of objects.")
			}
			if len(items) > maxBundleEntries {
				p.report(Error, "BUNDLE-TOO-LARGE", "Bundle.entry", fmt.Sprintf("The bundle has %d entries; the limit is %d.", len(items), maxBundleEntries),
					"Send only the resources that belong to this event.")
				return
			}
			for _, item := range items {
				p.parseEntry(item)
			}
		}
	}
}

func (p *bundleParser) parseEntry(data json.RawMessage) {
	entry := Entry{position: len(p.bundle.Entries)}
	path := "Bundle.entry[" + strconv.Itoa(entry.position) + "]"
	members, ok := objectMembers(data)
	if !ok {
		p.report(Error, "BUNDLE-ENTRY-TYPE", path, "An entry must be an object.", "Send each entry as a JSON object.")
	}
	for _, m := range members {
		switch m.name {
		case "fullUrl":
			entry.FullURL, _ = jsonString(m.value)
		case "resource":
			entry.Resource = m.value
		}
	}
	if entry.Resource == nil {
		p.bundle.Entries = append(p.bundle.Entries, entry)
		return
	}
	head := readResourceHead(entry.Resource)
	if head.resourceType == "" {
		p.report(Error, "BUNDLE-NOT-FHIR", path+".resource", "The resource has no resourceType.", "Send each resource as a JSON object with its resourceType.")
	}
	p.addEntry(entry, head, entry.Path())
}

func (p *bundleParser) addEntry(entry Entry, head resourceHead, path string) {
	entry.ResourceType, entry.ID, entry.versionID = head.resourceType, head.id, head.versionID
	entry.contained = containedByID(head.contained)
	p.checkVersion(head, path)
	p.bundle.Entries = append(p.bundle.Entries, entry)
}

func (p *bundleParser) checkVersion(head resourceHead, path string) {
	if head.stu3 {
		p.report(Error, "BUNDLE-NOT-R4", path, "The resource looks like FHIR STU3 (R3), which is not supported.",
			"Send FHIR R4 (4.0.1) in JSON; the R4 record interfaces of the clinical system provide it.")
	}
}

// index builds the lookup tables of Resolve and warns about equal fullUrls, which
// no reference can then mean.
func (p *bundleParser) index() {
	b := p.bundle
	b.byURL, b.byID = newLookup(len(b.Entries)), newLookup(len(b.Entries))
	for i := range b.Entries {
		e := &b.Entries[i]
		if e.Resource == nil {
			continue
		}
		if e.ID != "" {
			b.byID.add(e.ResourceType+"/"+e.ID, e.versionID, i)
		}
		if e.FullURL == "" {
			continue
		}
		key, _ := splitVersion(normaliseURL(e.FullURL))
		if same := b.byURL.ofVersion[versioned{key, e.versionID}]; len(same) > 0 {
			p.report(Warning, "BUNDLE-DUPLICATE-URL", "Bundle.entry["+strconv.Itoa(i)+"].fullUrl",
				"The fullUrl is that of entry "+strconv.Itoa(same[0])+" too, so references to it are ambiguous.",
				"Give each entry its own fullUrl.")
		}
		b.byURL.add(key, e.versionID, i)
	}
}

// resourceHead is what a resource says about itself.
type resourceHead struct {
	resourceType, id, versionID string
	contained                   json.RawMessage
	stu3                        bool
}

func readResourceHead(data json.RawMessage) resourceHead {
	var head resourceHead
	members, _ := objectMembers(data)
	for _, m := range members {
		switch m.name {
		case "resourceType":
			if name, _ := jsonString(m.value); plainTypeName(name) {
				head.resourceType = name
			}
		case "id":
			head.id, _ = jsonString(m.value)
		case "meta":
			head.readMeta(m.value)
		case "contained":
			head.contained = m.value
		case "clinicalStatus":
			// A code in STU3, a CodeableConcept in R4.
			head.stu3 = head.stu3 || jsonKind(m.value) == '"'
		case "assertedDate":
			// recordedDate since R4.
			head.stu3 = true
		}
	}
	return head
}

func (h *resourceHead) readMeta(meta json.RawMessage) {
	members, _ := objectMembers(meta)
	for _, m := range members {
		switch m.name {
		case "versionId":
			h.versionID, _ = jsonString(m.value)
		case "profile":
			for _, profile := range flatTexts(m.value) {
				if strings.Contains(profile, "/STU3/") || strings.Contains(profile, "/CareConnect-") {
					h.stu3 = true
				}
			}
		}
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

// checkBundleText checks what must hold before the text may be taken apart.
func checkBundleText(data []byte) Issues {
	refuse := func(rule, text, fix string) Issues {
		return Issues{{Severity: Error, Rule: rule, Path: anyRoot, Offset: -1, Text: text, Fix: fix}}
	}
	const wantJSON = "Send an R4 Bundle, or one R4 resource, in JSON."
	trimmed := bytes.TrimLeft(data, " \t\r\n")
	switch {
	case len(data) > maxBytes:
		return refuse("BUNDLE-TOO-LARGE", fmt.Sprintf("The document has %d bytes; the limit is %d.", len(data), maxBytes),
			"Send only the resources that belong to this event.")
	case len(trimmed) == 0:
		return refuse("BUNDLE-EMPTY", "The document is empty.", wantJSON)
	case trimmed[0] == '<':
		return refuse("BUNDLE-XML", "The document is XML, which is not supported.", wantJSON)
	case trimmed[0] != '{':
		return refuse("BUNDLE-NOT-FHIR", "The document is not a JSON object.", wantJSON)
	}
	return CheckJSON(data, AllowNullAndEmpty())
}

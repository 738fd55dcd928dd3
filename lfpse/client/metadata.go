package client

import (
	"context"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"
)

// Capability is what the service says about its abilities, as far as reliable delivery
// depends on them. The texts are those of the service.
type Capability struct {
	FHIRVersion string
	// AdverseEvents has one entry per AdverseEvent entry of the statement; the
	// service has one for every taxonomy version it takes.
	AdverseEvents []Capabilities
	// Date is the time by the clock of the service when it answered, zero if it did not say.
	Date time.Time
}

// Capabilities are what the service declares to do with records of a profile. What it does
// not declare is false, and what it declares is a promise, not a proof.
type Capabilities struct {
	Profiles []string // profile and supportedProfile
	Versions []string // taxonomy versions, the number at the end of each profile
	// Read: a record can be read back by its id; see [Client.Read].
	Read bool
	// SearchByIdentifier: records can be searched by an identifier.
	SearchByIdentifier bool
	// ConditionalCreate allows a POST with If-None-Exist, UpdateCreate a PUT to an id
	// that the client chooses: with either, creating a record could be repeated safely.
	ConditionalCreate, UpdateCreate bool
	// UpdateIfMatch: an update may name the version that it replaces; see
	// [Client.UpdateIfMatch].
	UpdateIfMatch bool
}

// For returns the entry for a taxonomy version, such as "6".
func (c Capability) For(version string) (Capabilities, bool) {
	for _, entry := range c.AdverseEvents {
		for _, v := range entry.Versions {
			if v == version {
				return entry, true
			}
		}
	}
	return Capabilities{}, false
}

// Metadata asks the service for its abilities (GET /metadata). It also shows whether host
// and key are right, without sending a report. The error is an *[Error].
func (c *Client) Metadata(ctx context.Context) (Capability, error) {
	a, err := c.attempt(ctx, time.Now(), call{op: OpMetadata, method: http.MethodGet, path: "/metadata"}, nil)
	if err != nil {
		return Capability{}, err
	}
	out := readCapability(a.answer.tree)
	out.Date = a.answer.date
	return out, nil
}

// Probe asks whether the service is there and takes this client, by reading its metadata.
// No report is sent, so that it may be repeated at will, as after [Probe]. The error is an
// *[Error].
func (c *Client) Probe(ctx context.Context) error {
	_, err := c.Metadata(ctx)
	return err
}

// readCapability takes STU3 and R4 forms alike.
func readCapability(tree object) Capability {
	var c Capability
	c.FHIRVersion, _ = tree.text("fhirVersion")
	for _, rest := range tree.objects("rest") {
		for _, r := range rest.objects("resource") {
			if kind, _ := r.text("type"); kind == "AdverseEvent" {
				c.AdverseEvents = append(c.AdverseEvents, readEntry(r))
			}
		}
	}
	return c
}

func readEntry(r object) Capabilities {
	does := names(r.objects("interaction"), "code")
	versioning, _ := r.text("versioning")
	e := Capabilities{
		Read: slices.Contains(does, "read"),
		SearchByIdentifier: slices.Contains(does, "search-type") &&
			slices.Contains(names(r.objects("searchParam"), "name"), "identifier"),
		ConditionalCreate: r.value("conditionalCreate") == true,
		UpdateCreate:      r.value("updateCreate") == true,
		UpdateIfMatch:     slices.Contains(does, "update") && versioning == "versioned-update",
	}
	for _, name := range []string{"profile", "supportedProfile"} {
		e.Profiles = append(e.Profiles, r.texts(name)...)
		e.Profiles = append(e.Profiles, names(r.objects(name), "reference")...) // STU3
	}
	for _, p := range e.Profiles {
		if m := profileVersion.FindStringSubmatch(p); m != nil {
			e.Versions = append(e.Versions, m[1])
		}
	}
	return e
}

// profileVersion finds the taxonomy version; a business version may follow it.
var profileVersion = regexp.MustCompile(`-(\d+)(?:\|.*)?$`)

func names(list []object, name string) []string {
	var out []string
	for _, o := range list {
		if s, _ := o.text(name); strings.TrimSpace(s) != "" {
			out = append(out, s)
		}
	}
	return out
}

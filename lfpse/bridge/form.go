package bridge

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"

	"github.com/gpsafety/lfpse-go/fhir"
	"github.com/gpsafety/lfpse-go/lfpse/bridge/form"
	"github.com/gpsafety/lfpse-go/lfpse/bridge/page"
	"github.com/gpsafety/lfpse-go/lfpse/interview"
	"github.com/gpsafety/lfpse-go/lfpse/outbox"
	"github.com/gpsafety/lfpse-go/mapping"
)

// Form is the form with which people record events, on the page. Package form describes it.
type Form struct {
	Signposts string `yaml:"signposts"` // file with what people read first

	on, alone bool
}

// DefaultFormAddress is where the form listens that is served alone.
const DefaultFormAddress = "127.0.0.1:8688"

// FormAlone returns the configuration of a bridge that serves the form and nothing else, on
// an address of this computer, and sends what comes from it: no folder is watched, and
// neither the other pages nor the interface for other systems are there, but for launches
// with a token. The default of the address is [DefaultFormAddress].
func (c Config) FormAlone(address string) Config {
	c.Form.on, c.Form.alone = true, true
	c.HTTP = HTTP{Address: cmp.Or(address, DefaultFormAddress), on: true, Callers: c.HTTP.Callers}
	var callers []Caller
	for _, caller := range c.HTTP.Callers {
		if caller.Launch && !caller.Token.IsZero() {
			callers = append(callers, caller)
		}
	}
	c.HTTP.Callers = callers
	c.Page.Address, c.Traces = "", Traces{}
	practices := make([]Practice, len(c.Practices))
	for i, p := range c.Practices {
		practices[i] = Practice{ODS: p.ODS, Name: p.Name, Rate: p.Rate, Paused: p.Paused, Profile: p.Profile}
	}
	c.Practices = practices
	return c
}

// loadForm reads what the form needs.
func (s *setup) loadForm(fs *findings) {
	c := &s.cfg
	if !c.Form.on {
		return
	}
	if c.HTTP.Address+c.Page.Address == "" {
		fs.add(RuleRecord, "form", "It is not said where the form is served.", "Add http or page.address.")
	}
	if s.builder == nil {
		return
	}
	f := form.Config{Environment: c.Endpoint.Environment, Guide: s.guide}
	var err error
	if c.Form.Signposts != "" {
		f.Signposts, err = readSignposts(c.Form.Signposts)
		if err != nil {
			fs.failed(RuleRecord, "form.signposts", "The signposts cannot be used", err)
		}
	}
	for i, p := range c.Practices {
		profile, err := s.readProfile(p.Profile)
		if err != nil {
			fs.failed(RuleRecord, at("practices", i, "profile"), "The profile of the practice cannot be used", err)
		}
		f.Practices = append(f.Practices, form.Practice{ODS: p.ODS, Name: p.Name, Profile: profile})
	}
	s.form = &f
}

// loadGuide reads what people are told about the questions and the events.
func (s *setup) loadGuide(fs *findings) {
	if s.builder == nil {
		return
	}
	var own []byte
	var err error
	if s.cfg.Guide != "" {
		own, err = os.ReadFile(s.cfg.Guide)
	}
	if err == nil {
		s.guide, err = interview.New(s.builder.Codec(), own)
	}
	if err != nil {
		fs.failed(RuleRecord, "guide", "The texts beside the questions cannot be used", err)
	}
}

func readSignposts(name string) ([]form.Signpost, error) {
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	return form.ParseSignposts(data)
}

// readProfile reads the profile of a practice and checks it; it is nil without a file.
func (s *setup) readProfile(name string) (*mapping.Profile, error) {
	if name == "" {
		return nil, nil
	}
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	p, err := mapping.ParseProfile(data)
	if err == nil {
		_, err = p.Compile(s.builder.Form(), "")
	}
	return p, err
}

// addForm adds the form of a setup to its page, if it has one. Launches of the one before
// count.
func (b *Bridge) addForm(r *run, p *page.Config) (err error) {
	if r.setup.form == nil {
		return nil
	}
	c := *r.setup.form
	c.Sent = func() { b.current.Load().wakeDrain() }
	if before := b.current.Load(); before != nil && before.form != nil {
		r.form, err = before.form.With(c)
	} else {
		r.form, err = form.New(c)
	}
	if err == nil {
		p.Parts, p.Alone = append(p.Parts, r.form.Part()), r.setup.cfg.Form.alone
	}
	return err
}

// postLaunch takes a patient's record from a clinical system, for the user who works there,
// and answers with the path of the form that has it.
func (b *Bridge) postLaunch(w http.ResponseWriter, r *http.Request, run *run, c *caller) *problem {
	if run.form == nil {
		return problemOf(http.StatusNotFound, "not-found", "There is no form.", "Add form: {} to the configuration.")
	}
	practice, p := practiceOf(r, run.setup, c)
	switch {
	case p != nil:
		return p
	case !c.Launch:
		return problemOf(http.StatusForbidden, "launch", "The caller may not open the form.", "Set launch: true for it in the configuration.")
	}
	user := r.URL.Query().Get("user")
	if user != "" && run.page.Guest(user, practice) == nil {
		if err := b.box.Note(r.Context(), outbox.By{ID: c.Name}, outbox.ActRefused); err != nil {
			b.log.Error("a refusal could not be noted", "error", plain(err))
		}
		return problemOf(http.StatusForbidden, "user", "Nobody can be signed in with this account.", "Name the account of a recorder or a clinician of the practice, or leave user out: they sign in themselves then.")
	}
	limit := run.setup.cfg.Limits.Body
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, int64(limit)<<20))
	if tooLarge := (*http.MaxBytesError)(nil); errors.As(err, &tooLarge) {
		return problemOf(http.StatusRequestEntityTooLarge, "too-large", "The record is too large.", fmt.Sprintf("It may have %d MiB.", limit))
	} else if err != nil {
		return problemOf(http.StatusBadRequest, "body", "The record could not be read.", "")
	}
	path, issues, err := run.form.Launch(practice, user, body)
	switch {
	case err != nil:
		return busy("Too many records are held.", pressureRetry)
	case path == "":
		p := problemOf(http.StatusUnprocessableEntity, "record", "The record cannot be used.", "Nothing of it is kept.")
		p.Errors = faultsOf(issues, fhir.Error)
		return p
	}
	w.Header().Set("Location", path)
	answer(w, http.StatusCreated, "application/json", struct {
		Location string  `json:"location"`
		Seconds  int     `json:"seconds"`            // for which it counts
		Warnings []Fault `json:"warnings,omitempty"` // what of the record could not be used
	}{path, int(form.Lifetime.Seconds()), faultsOf(issues, fhir.Warning)})
	return nil
}

// faultsOf are the issues of a severity.
func faultsOf(issues fhir.Issues, severity fhir.Severity) (out []Fault) {
	for _, i := range issues {
		if i.Severity == severity {
			out = append(out, Fault{Rule: i.Rule, Where: i.Path, Text: i.Text, Fix: i.Fix})
		}
	}
	return out
}

package main

import (
	"bytes"
	_ "embed"
	"errors"
	"fmt"
	"io"

	"github.com/gpsafety/lfpse-go/examples/practice"
	"github.com/gpsafety/lfpse-go/fhir"
	"github.com/gpsafety/lfpse-go/lfpse"
	"github.com/gpsafety/lfpse-go/lfpse/check"
	"github.com/gpsafety/lfpse-go/lfpse/draft"
	"github.com/gpsafety/lfpse-go/lfpse/privacy"
	"github.com/gpsafety/lfpse-go/lfpse/submission"
	"github.com/gpsafety/lfpse-go/lfpse/taxonomy"
	"github.com/gpsafety/lfpse-go/lfpse/validate"
	"github.com/gpsafety/lfpse-go/mapping"
	"github.com/gpsafety/lfpse-go/mapping/csvlog"
)

//go:embed data/event.json
var eventJSON []byte

//go:embed data/map.yaml
var mapYAML []byte

// workload is some events in their forms.
type workload struct {
	name      string
	resources []*fhir.AdverseEvent
	bodies    [][]byte // canonical JSON
}

func (w *workload) add(a *fhir.AdverseEvent, body []byte) {
	w.resources, w.bodies = append(w.resources, a), append(w.bodies, body)
}

// fixture is what the contests work on: one typical event in all its forms, the events
// of the practice example that are ready, and a log with the map that goes with it.
type fixture struct {
	codec     *lfpse.Codec
	validator *validate.Validator
	screener  *privacy.Screener
	checker   *check.Checker
	decoder   *fhir.Decoder
	practice  mappedLog

	event    lfpse.Event
	resource *fhir.AdverseEvent
	body     []byte // canonical JSON of the event

	one, ready workload // the event, and those of the practice example

	log   []byte            // CSV
	count int               // of its rows
	row   map[string]string // one of them, an incident with a patient and a medicine
}

// newFixture prepares the contests; the log is that of the seed.
func newFixture(seed uint64, rows int) (*fixture, error) {
	invented, err := newMappedLog(mapYAML, today)
	if err != nil {
		return nil, err
	}
	codec := invented.builder.Codec()
	f := &fixture{practice: invented, screener: privacy.New(privacy.WithTaxonomy(codec.Taxonomy())), decoder: fhir.NewDecoder(), count: rows, codec: codec}
	f.one.name, f.ready.name = "the event", "the practice's ready events"
	if f.checker, err = check.New(f.codec); err != nil {
		return nil, err
	}
	if f.validator, err = validate.New(f.codec); err != nil {
		return nil, err
	}
	if f.event, err = lfpse.ParseEvent(eventJSON); err != nil {
		return nil, err
	}
	var issues fhir.Issues
	if f.resource, issues = f.codec.Encode(&f.event); len(issues) > 0 {
		return nil, issues
	}
	if f.body, err = fhir.Append(nil, f.resource); err != nil {
		return nil, err
	}
	f.one.add(f.resource, f.body)
	if err := f.addReady(); err != nil {
		return nil, err
	}
	if f.log, err = io.ReadAll(newLog(seed, rows)); err != nil {
		return nil, err
	}
	f.row, err = typicalRow(f.log)
	return f, err
}

// practiceToday is a day after the last row of the practice example.
const practiceToday = "2026-11-01"

// addReady maps the log of the practice example.
func (f *fixture) addReady() error {
	text, err := practice.Files.ReadFile("map.yaml")
	if err != nil {
		return err
	}
	p, err := newMappedLog(text, practiceToday)
	if err != nil {
		return err
	}
	src, err := practice.Files.Open("incidents.csv")
	if err != nil {
		return err
	}
	defer src.Close()
	log, err := p.mapper.Open(src, mapping.WithRecords(practice.Files))
	if err != nil {
		return err
	}
	for d, err := range p.builder.PrepareAll(log.Rows(), 1) {
		if err != nil {
			return err
		}
		if d.State != draft.Ready {
			continue
		}
		a, issues := f.codec.Encode(&d.Event)
		if issues != nil {
			return issues
		}
		f.ready.add(a, d.Submission.Body())
	}
	return wrongUnless(len(f.ready.bodies) > 0)
}

// newMappedLog compiles a map for the embedded taxonomy. No event is after today.
func newMappedLog(text []byte, today lfpse.Date) (p mappedLog, err error) {
	t, err := taxonomy.Embedded("6")
	if err != nil {
		return p, err
	}
	if p.builder, err = submission.NewBuilder(t, submission.WithToday(func() lfpse.Date { return today })); err != nil {
		return p, err
	}
	m, err := mapping.ParseMap(text)
	if err != nil {
		return p, err
	}
	p.mapper, err = mapping.New(m, p.builder.Form())
	return p, err
}

// typicalRow returns the first row about a patient and a medicine.
func typicalRow(log []byte) (map[string]string, error) {
	r, err := csvlog.NewReader(bytes.NewReader(log))
	if err != nil {
		return nil, err
	}
	names := r.Columns()
	for row, err := range r.Rows() {
		if err != nil {
			return nil, fmt.Errorf("the log of the benchmark: %w", err)
		}
		cells := cellsOf(names, row)
		if cells["dm+d code"] != "" && cells["Physical harm"] != "tbc" {
			return cells, nil
		}
	}
	return nil, errors.New("the log of the benchmark has no row with a medicine: make it longer")
}

func cellsOf(names []string, row csvlog.Row) map[string]string {
	cells := make(map[string]string, len(names))
	for i, name := range names {
		cells[name] = row.Cell(i)
	}
	return cells
}

package main

import (
	"bytes"
	_ "embed"
	"errors"
	"fmt"
	"io"

	"github.com/gpsafety/lfpse-go/fhir"
	"github.com/gpsafety/lfpse-go/lfpse"
	"github.com/gpsafety/lfpse-go/lfpse/check"
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

// fixture is what the contests work on: one typical event in all its forms, and a
// log with the map that goes with it.
type fixture struct {
	codec     *lfpse.Codec
	validator *validate.Validator
	screener  *privacy.Screener
	checker   *check.Checker
	decoder   *fhir.Decoder
	practice  practice

	event    lfpse.Event
	resource *fhir.AdverseEvent
	body     []byte // canonical JSON of the event

	log  []byte            // CSV of rows rows
	rows int               //
	row  map[string]string // one of them, an incident with a patient and a medicine
}

// newFixture prepares the contests; the log is that of the seed.
func newFixture(seed uint64, rows int) (*fixture, error) {
	practice, err := newPractice()
	if err != nil {
		return nil, err
	}
	t, err := taxonomy.Embedded("6")
	if err != nil {
		return nil, err
	}
	f := &fixture{practice: practice, screener: privacy.New(privacy.WithTaxonomy(t)), decoder: fhir.NewDecoder(), rows: rows}
	if f.codec, err = lfpse.NewCodec(t); err != nil {
		return nil, err
	}
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
	if f.log, err = io.ReadAll(newLog(seed, rows)); err != nil {
		return nil, err
	}
	f.row, err = typicalRow(f.log)
	return f, err
}

// newPractice compiles the map of the invented practice for the embedded taxonomy.
func newPractice() (p practice, err error) {
	t, err := taxonomy.Embedded("6")
	if err != nil {
		return p, err
	}
	if p.builder, err = submission.NewBuilder(t, submission.WithToday(func() lfpse.Date { return today })); err != nil {
		return p, err
	}
	m, err := mapping.ParseMap(mapYAML)
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

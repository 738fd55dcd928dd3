package main

import (
	"bytes"
	"errors"
	"io"
	"regexp"
	"runtime"

	"github.com/gpsafety/lfpse-go/fhir"
	"github.com/gpsafety/lfpse-go/mapping"
	"github.com/gpsafety/lfpse-go/mapping/csvlog"
)

// errWrong stops a measurement whose work has gone wrong.
var errWrong = errors.New("the work did not give what it should")

func (f *fixture) contests() []contest {
	return []contest{
		f.encode(), f.decode(), f.toFHIR(), f.fromFHIR(), f.readCSV(), f.mapRow(), f.validate(), f.screen(), f.ordinary(),
		f.context("context of a record, 4 KB", newRecord(4<<10)), f.context("context of a record, 300 KB", newRecord(300<<10)),
		f.pipeline("CSV row to checked bytes, 1 core", 1), f.pipeline("CSV row to checked bytes, all cores", runtime.NumCPU()),
	}
}

func (f *fixture) encode() contest {
	buf := make([]byte, 0, 2*len(f.body))
	plain := encodable(f.resource)
	return contest{
		name: "encode",
		sides: []side{
			{name: "fhir.Append", bytes: len(f.body), op: func() error {
				_, err := fhir.Append(buf, f.resource)
				return err
			}},
			{name: "floor, written by hand", bytes: len(f.body), op: func() error {
				buf = floor(buf[:0]).event(f.resource)
				return nil
			}},
			{name: "encoding/json, samply structs", bytes: len(f.body), op: func() error {
				_, err := plainEncode(plain)
				return err
			}},
		},
		targets: []target{atMostTimes(2, 1), timesFaster(8, 2), atMostAllocs(2)},
	}
}

func (f *fixture) decode() contest {
	return contest{
		name: "decode",
		sides: []side{
			{name: "fhir.Decode, strict", bytes: len(f.body), op: f.opDecode},
			{name: "encoding/json, samply structs", bytes: len(f.body), op: func() error {
				_, err := plainDecode(f.body)
				return err
			}},
		},
		targets: []target{timesFaster(2.5, 1)},
	}
}

func (f *fixture) opDecode() error {
	_, issues := fhir.Decode(f.body)
	return issues.Err()
}

func (f *fixture) toFHIR() contest {
	buf := make([]byte, 0, 2*len(f.body))
	return contest{
		name: "event to FHIR JSON",
		sides: []side{
			{name: "Codec.Encode, fhir.Append", bytes: len(f.body), op: func() error {
				a, issues := f.codec.Encode(&f.event)
				if issues != nil {
					return issues
				}
				_, err := fhir.Append(buf, a)
				return err
			}},
			{name: "maps, encoding/json", bytes: len(f.body), op: func() error {
				_, err := naiveEncode(&f.event)
				return err
			}},
			{name: "Codec.Encode alone", bytes: len(f.body), op: func() error {
				_, issues := f.codec.Encode(&f.event)
				return issues.Err()
			}},
		},
	}
}

func (f *fixture) fromFHIR() contest {
	return contest{
		name: "FHIR JSON to event",
		sides: []side{
			{name: "fhir.Decode, Codec.Decode", bytes: len(f.body), op: func() error {
				a, issues := fhir.Decode(f.body)
				if issues != nil {
					return issues
				}
				_, issues = f.codec.Decode(a)
				return issues.Err()
			}},
			{name: "encoding/json, maps", bytes: len(f.body), op: func() error {
				_, err := naiveDecode(f.body)
				return err
			}},
			{name: "Codec.Decode alone", bytes: len(f.body), op: func() error {
				_, issues := f.codec.Decode(f.resource)
				return issues.Err()
			}},
		},
	}
}

func (f *fixture) readCSV() contest {
	return contest{
		name: "read CSV",
		sides: []side{
			{name: "mapping/csvlog", bytes: len(f.log), rows: f.rows, op: func() error {
				r, err := csvlog.NewReader(bytes.NewReader(f.log))
				if err != nil {
					return err
				}
				for _, err := range r.Rows() {
					if err != nil {
						return err
					}
				}
				return wrongUnless(r.Stats().Rows == f.rows)
			}},
			{name: "encoding/csv", bytes: len(f.log), rows: f.rows, op: func() error {
				cells, err := csvCells(bytes.NewReader(f.log))
				return errors.Join(err, wrongUnless(cells == (f.rows+1)*len(columns)))
			}},
		},
	}
}

func (f *fixture) mapRow() contest {
	row := mapping.Row{Line: 2, Cells: f.row}
	return contest{
		name: "map one row to checked bytes",
		sides: []side{
			{name: "Mapper.Map, Prepare", rows: 1, op: func() error {
				d := f.practice.mapper.Map(row)
				return wrongUnless(!f.practice.builder.Prepare(&d).IsZero())
			}},
			{name: "script, unchecked bytes", rows: 1, op: func() error {
				body, err := scriptRow(f.row)
				return errors.Join(err, wrongUnless(body != nil))
			}},
		},
	}
}

func (f *fixture) validate() contest {
	return contest{
		name: "validate",
		sides: []side{
			{name: "fhir.Decoder, all five layers", bytes: len(f.body), op: func() error { return f.judge(f.decoder.Decode(f.body)) }},
			{name: "fhir.Decode alone", bytes: len(f.body), op: f.opDecode},
			{name: "fhir.Decode, all five layers", bytes: len(f.body), op: f.opValidate},
			{name: "fhir.Decoder alone", bytes: len(f.body), op: func() error {
				_, issues := f.decoder.Decode(f.body)
				return issues.Err()
			}},
			{name: "all five layers alone, in the cache", bytes: len(f.body), op: func() error { return f.judge(f.resource, nil) }},
		},
		targets: []target{atMostTimes(1.6, 1)},
	}
}

func (f *fixture) opValidate() error { return f.judge(fhir.Decode(f.body)) }

// judge applies all five layers to an event that was read.
func (f *fixture) judge(a *fhir.AdverseEvent, issues fhir.Issues) error {
	if issues != nil {
		return issues
	}
	return f.checker.Event(a, nil).Issues.Err()
}

// patterns find NHS numbers, e-mail addresses, telephone numbers, postcodes and
// National Insurance numbers in their usual forms.
var patterns = []*regexp.Regexp{
	regexp.MustCompile(`\b\d{3}[ -]?\d{3}[ -]?\d{4}\b`),
	regexp.MustCompile(`[\w.+-]+@[\w-]+(\.[\w-]+)+`),
	regexp.MustCompile(`(\+44|\b0)[ \d]{9,13}\b`),
	regexp.MustCompile(`(?i)\b[a-z]{1,2}\d[a-z\d]? ?\d[a-z]{2}\b`),
	regexp.MustCompile(`(?i)\b[a-z]{2} ?\d{2} ?\d{2} ?\d{2} ?[a-d]\b`),
}

func (f *fixture) screen() contest {
	return contest{
		name: "privacy screen",
		sides: []side{
			{name: "Screener.ScanEvent", bytes: len(f.body), op: func() error {
				return f.screener.ScanEvent(f.resource, nil).Err()
			}},
			{name: "five regular expressions", bytes: len(f.body), op: func() error {
				for _, p := range patterns {
					p.Match(f.body)
				}
				return nil
			}},
			{name: "Screener.Scan, the description", bytes: len(f.event.Description), op: func() error {
				return wrongUnless(f.screener.Scan(f.event.Description) == nil)
			}},
		},
	}
}

func (f *fixture) pipeline(name string, cores int) contest {
	c := contest{
		name:  name,
		cores: cores,
		sides: []side{
			{name: "csvlog, Mapper", bytes: len(f.log), rows: f.rows, op: func() error {
				t, err := f.mapAll(cores, io.Discard)
				return errors.Join(err, wrongUnless(t.rows == f.rows))
			}},
			{name: "script, 1 goroutine, unchecked", bytes: len(f.log), rows: f.rows, op: func() error {
				rows, err := script(bytes.NewReader(f.log), func(string, []byte) error { return nil })
				return errors.Join(err, wrongUnless(rows == f.rows))
			}},
		},
	}
	if cores > 1 {
		c.targets = []target{atLeastRows(40_000)}
	}
	return c
}

// mapAll maps the whole log with a worker for each core.
func (f *fixture) mapAll(cores int, dst io.Writer) (tally, error) {
	return f.practice.mapLog(bytes.NewReader(f.log), dst, nil, cores)
}

func wrongUnless(ok bool) error {
	if ok {
		return nil
	}
	return errWrong
}

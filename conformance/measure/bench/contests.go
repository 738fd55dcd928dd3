package main

import (
	"bytes"
	"errors"
	"io"
	"runtime"

	"github.com/gpsafety/lfpse-go/fhir"
)

// errWrong stops a measurement whose work has gone wrong.
var errWrong = errors.New("the work did not give what it should")

func (f *fixture) contests() []contest {
	var all []contest
	for _, w := range []*workload{&f.one, &f.ready} {
		all = append(all, f.encode(w), f.decode(w), f.check(w), f.checkAgain(w))
	}
	return append(all,
		f.toFHIR(), f.screen(),
		f.context("context of a record, 4 KB", newRecord(4<<10), 2.5), f.context("context of a record, 300 KB", newRecord(300<<10), 2.5),
		f.context("context of a record of STU3, 1.4 MB", inSTU3(newRecord(1400<<10)), 4),
		f.rows(), f.allCores(runtime.NumCPU()))
}

// side is one way of doing something with each event of a workload.
func (w *workload) side(name string, op func(i int) error) side {
	return side{name: name, items: len(w.bodies), op: func() error {
		for i := range w.bodies {
			if err := op(i); err != nil {
				return err
			}
		}
		return nil
	}}
}

func (f *fixture) encode(w *workload) contest {
	var buf []byte
	plain := make([]*encodedEvent, len(w.resources))
	for i, a := range w.resources {
		plain[i] = encodable(a)
	}
	return contest{
		name: "encode " + w.name,
		sides: []side{
			w.side("fhir.Append, memory used again", func(i int) (err error) {
				buf, err = fhir.Append(buf[:0], w.resources[i])
				return err
			}),
			w.side("floor, written by hand", func(i int) error {
				buf = floor(buf[:0]).event(w.resources[i])
				return nil
			}),
			w.side("fhir.Append(nil)", func(i int) error {
				_, err := fhir.Append(nil, w.resources[i])
				return err
			}),
			w.side("encoding/json, samply structs", func(i int) error {
				_, err := plainEncode(plain[i])
				return err
			}),
		},
		targets: []target{atMostTimes(1.75, 1), atMostAllocs(2, 2), timesFaster(8, 3)},
	}
}

func (f *fixture) decode(w *workload) contest {
	return contest{
		name: "decode " + w.name,
		sides: []side{
			w.side("fhir.Decode, strict", w.decode),
			w.side("encoding/json, samply structs", func(i int) error {
				_, err := plainDecode(w.bodies[i])
				return err
			}),
		},
		targets: []target{timesFaster(2.5, 1)},
	}
}

func (w *workload) decode(i int) error {
	_, issues := fhir.Decode(w.bodies[i])
	return issues.Err()
}

// check reads an event into memory of its own, which the caller may keep.
func (f *fixture) check(w *workload) contest {
	return contest{
		name: "check " + w.name + ", with a record to keep",
		sides: []side{
			w.side("fhir.Decode, then all five layers", func(i int) error { return f.judge(w.bodies[i]) }),
			w.side("fhir.Decode alone", w.decode),
		},
		targets: []target{atMostTimes(1.7, 1)},
	}
}

// judge reads an event and applies all five layers to it.
func (f *fixture) judge(body []byte) error {
	a, issues := fhir.Decode(body)
	if issues != nil {
		return issues
	}
	return f.checker.Event(a, nil).Issues.Err()
}

// checkAgain reads one event after the other into the same memory.
func (f *fixture) checkAgain(w *workload) contest {
	return contest{
		name: "check " + w.name + ", memory used again",
		sides: []side{
			w.side("check.Checker.Document", func(i int) error { return f.checker.Document(w.bodies[i], nil).Issues.Err() }),
			w.side("fhir.Decoder alone", func(i int) error {
				_, issues := f.decoder.Decode(w.bodies[i])
				return issues.Err()
			}),
		},
	}
}

func (f *fixture) toFHIR() contest {
	var buf []byte
	return contest{
		name: "event to FHIR JSON",
		sides: []side{
			{name: "Codec.Encode, fhir.Append", op: func() error {
				a, issues := f.codec.Encode(&f.event)
				if issues != nil {
					return issues
				}
				var err error
				buf, err = fhir.Append(buf[:0], a)
				return err
			}},
			{name: "maps, encoding/json", op: func() error {
				_, err := naiveEncode(&f.event)
				return err
			}},
		},
	}
}

// rows is the whole way of a row, with one core, beside the same without any check and
// beside a script that checks nothing. The target compares like with like: the last two.
// What the checks cost is printed and has no target.
func (f *fixture) rows() contest {
	return contest{
		name: "CSV row to canonical bytes",
		sides: []side{
			{name: "csvlog, Mapper, Encode, Append: unchecked", items: f.count, op: func() error {
				rows, err := f.practice.writeUnchecked(bytes.NewReader(f.log), io.Discard)
				return errors.Join(err, wrongUnless(rows == f.count))
			}},
			{name: "script, unchecked bytes", items: f.count, op: func() error {
				rows, err := script(bytes.NewReader(f.log), func(string, []byte) error { return nil })
				return errors.Join(err, wrongUnless(rows == f.count))
			}},
			{name: "csvlog, Mapper, PrepareAll: checked and screened", items: f.count, op: func() error { return f.mapAll(1) }},
		},
		targets: []target{atMostTimes(scriptRatio, 1)},
	}
}

const scriptRatio = 0.65

// allCores compares a worker for each core with one.
func (f *fixture) allCores(cores int) contest {
	return contest{
		name:  "CSV row to canonical bytes, all cores",
		cores: cores,
		wall:  true,
		sides: []side{
			{name: "a worker for each core", items: f.count, op: func() error { return f.mapAll(cores) }},
			{name: "one worker", items: f.count, op: func() error { return f.mapAll(1) }},
		},
	}
}

// mapAll maps the whole log.
func (f *fixture) mapAll(workers int) error {
	t, err := f.practice.mapLog(bytes.NewReader(f.log), io.Discard, nil, workers)
	return errors.Join(err, wrongUnless(t.rows == f.count))
}

func wrongUnless(ok bool) error {
	if ok {
		return nil
	}
	return errWrong
}

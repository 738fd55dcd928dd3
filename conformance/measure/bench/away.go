package main

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"sync"
)

// weather is how a service is to be found.
type weather int

const (
	fine   weather = iota // it records what comes
	silent                // requests arrive, every other is recorded, and no answer comes
	gone                  // nobody listens
	hollow                // a gateway answers GET /metadata, and with 504 to everything else
)

// sent is one request that was recorded.
type sent struct {
	event, version int32
	post           bool
}

// away is a service that comes and goes. It counts what reaches it.
type away struct {
	address string

	mu       sync.Mutex
	weather  weather
	server   *http.Server
	requests int // with a report
	probes   int
	ledger   []sent
}

// become changes the weather.
func (a *away) become(w weather) error {
	a.mu.Lock()
	a.weather = w
	server := a.server
	a.mu.Unlock()
	switch {
	case w == gone && server != nil:
		a.server = nil
		return server.Close()
	case w == gone || server != nil:
		return nil
	}
	if a.address == "" {
		a.address = "127.0.0.1:0"
	}
	l, err := net.Listen("tcp", a.address)
	if err != nil {
		return err
	}
	a.address = l.Addr().String()
	a.server = &http.Server{Handler: a}
	go func(s *http.Server) { _ = s.Serve(l) }(a.server)
	return nil
}

// ServeHTTP is the service.
func (a *away) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	a.mu.Lock()
	defer a.mu.Unlock()
	event, version := numbersIn(body)
	switch {
	case err != nil:
		return
	case r.Method == http.MethodGet:
		a.probes++
	default:
		a.requests++
		if a.weather == fine || a.weather == silent && a.requests%2 == 0 {
			a.ledger = append(a.ledger, sent{event, version, r.Method == http.MethodPost})
		}
	}
	switch {
	case a.weather == silent:
		panic(http.ErrAbortHandler)
	case r.Method == http.MethodGet:
		w.Header().Set("Content-Type", "application/fhir+json")
		_, _ = io.WriteString(w, `{"resourceType":"CapabilityStatement"}`)
	case a.weather == hollow:
		w.WriteHeader(http.StatusGatewayTimeout)
	default:
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Location", "/AdverseEvent/"+recordOf(event))
		w.WriteHeader(http.StatusCreated)
	}
}

func recordOf(event int32) string { return fmt.Sprintf("event-%d", event) }

// reached is how many requests with a report have reached the service.
func (a *away) reached() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.requests
}

// holds says which events were recorded.
func (a *away) holds() map[int32]bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	held := make(map[int32]bool, len(a.ledger))
	for _, s := range a.ledger {
		held[s.event] = true
	}
	return held
}

// judge compares what was recorded, in its order, with the latest version of each event:
// each is there once, its versions came in order, and the last of them came.
func (a *away) judge(latest []int32) error {
	has := make([]int32, len(latest)) // the version that is recorded, and one more
	for _, s := range a.ledger {
		switch {
		case s.post && has[s.event] > 0:
			return fmt.Errorf("event %d was sent twice", s.event)
		case !s.post && s.version < has[s.event]:
			return fmt.Errorf("version %d of event %d came after a later one", s.version, s.event)
		}
		has[s.event] = s.version + 1
	}
	for event, version := range latest {
		if has[event] != version+1 {
			return fmt.Errorf("event %d is recorded as of version %d, not %d", event, has[event]-1, version)
		}
	}
	return nil
}

// jump is how many places an event came before its turn at most.
func (a *away) jump(events int) (most int) {
	before := make([]int, events+1) // how many of those that were recorded have a lower number
	for _, s := range a.ledger {
		if s.post {
			before[s.event+1]++
		}
	}
	for i := range events {
		before[i+1] += before[i]
	}
	n := 0
	for _, s := range a.ledger {
		if s.post {
			most = max(most, before[s.event]-n)
			n++
		}
	}
	return most
}

// The text of an event has its number and version in it, both of a fixed length.
const (
	eventWords   = "event number "
	versionWords = ", told for the time number "
	digits       = 7
)

func numbersIn(body []byte) (event, version int32) {
	read := func(words string) int32 {
		_, after, found := bytes.Cut(body, []byte(words))
		if !found || len(after) < digits {
			return 0
		}
		n, _ := strconv.Atoi(string(after[:digits]))
		return int32(n)
	}
	return read(eventWords), read(versionWords)
}

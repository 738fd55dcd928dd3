package client_test

import (
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gpsafety/lfpse-go/conformance/measure/fault"
	stand "github.com/gpsafety/lfpse-go/conformance/sandbox"
	"github.com/gpsafety/lfpse-go/lfpse/client"
)

// known is what is true of a faulty exchange, seen from outside: from where the fault is, not
// from what the client notices. What the client must say follows from it; see
// [faultCell.expected].
type known struct {
	// back is why nothing of the request left; empty if bytes may have reached the service.
	back client.Reason
	// limit says that the exchange ends because its time is over.
	limit bool
	// answer is the answer of which at least the head reached the client, nil for none. An
	// answer that does not arrive whole counts as one that ends before its length.
	answer *whole
}

// whole is an answer, by its place in the table of answers.
type whole struct {
	status func(client.Op) int
	body   body
	header http.Header
}

// success is the usual status of success, and always any other status.
func success(op client.Op) int {
	if op == client.OpSubmit {
		return http.StatusCreated
	}
	return http.StatusOK
}

func always(status int) func(client.Op) int { return func(client.Op) int { return status } }

// way is the connection on which a fault happens.
type way string

const (
	plain  way = "plain"
	secure way = "TLS"
	tunnel way = "tunnel" // TLS through an HTTP proxy, which has the fault
	lookUp way = "name"   // the fault is in the look-up of the name
)

var direct = []way{plain, secure}

// faultRow is one fault, on several ways and for several calls.
type faultRow struct {
	phase, name string
	ways        []way
	ops         []client.Op
	known       known
	fault       func(client.Op) fault.Fault
	// served says that the service carried the call out.
	served bool
	// after is what the client must have before the fault happens: a connection or the
	// first byte of an answer.
	after event
	// wrapped lets the time be over when the client has the head of the answer, which only a
	// transport of the test's own can tell.
	wrapped     bool
	certificate string // of the service; see certificates
	names       func(passed func(), over <-chan struct{}) lookup
	closed      bool // nobody listens
	stand       stand.Fault
}

type event uint8

const (
	anything event = iota
	aConnection
	aByte
)

func the(f fault.Fault) func(client.Op) fault.Fault { return func(client.Op) fault.Fault { return f } }

func say(text string) fault.Fault { return fault.Fault{Do: fault.Say, Bytes: []byte(text)} }

// noise is neither TLS nor HTTP.
const noise = "SSH-2.0-x\r\n\r\n"

var faultTable = slices.Concat(nameFaults, connectFaults, tunnelFaults, handshakeFaults, requestFaults, waitingFaults, instead, headFaults, bodyFaults, wholeAnswers, afterFaults, sandboxFaults)

func nameFault(name string, k known, l func(passed func(), over <-chan struct{}) lookup) faultRow {
	return faultRow{phase: "resolve", name: name, ways: []way{lookUp}, ops: changes, known: k, names: l}
}

var nameFaults = []faultRow{
	nameFault("no such name", known{back: client.NameNotResolved}, func(func(), <-chan struct{}) lookup { return lookup{code: noSuchName} }),
	nameFault("the name server fails", known{back: client.NameNotResolved}, func(func(), <-chan struct{}) lookup { return lookup{code: 2} }),
	nameFault("the name server answers noise", known{back: client.NameNotResolved}, func(func(), <-chan struct{}) lookup { return lookup{garbage: true} }),
	nameFault("the name has no address", known{back: client.NameNotResolved}, func(func(), <-chan struct{}) lookup { return lookup{} }),
	nameFault("stall", known{back: client.Timeout, limit: true}, func(passed func(), over <-chan struct{}) lookup { return lookup{asked: passed, silent: over} }),
	nameFault("the name leads to this computer", known{back: client.AddressForbidden}, func(func(), <-chan struct{}) lookup { return lookup{address: net.IPv4(127, 0, 0, 1)} }),
	nameFault("the name leads into a private network", known{back: client.AddressForbidden}, func(func(), <-chan struct{}) lookup { return lookup{address: net.IPv4(10, 0, 0, 1)} }),
}

// A plain connection carries the request as soon as it stands; one with TLS does not.
var connectFaults = []faultRow{
	{phase: "connect", name: "refused", ways: direct, ops: changes, known: known{back: client.NotConnected}, closed: true},
	atConnect("reset", plain, known{}, fault.Fault{Do: fault.Reset}),
	atConnect("FIN", plain, known{}, fault.Fault{Do: fault.Close}),
	atConnect("stall", plain, known{limit: true}, fault.Fault{Do: fault.Stall}),
	atConnect("noise", plain, known{}, say(noise)),
	atConnect("reset", secure, known{back: client.NotConnected}, fault.Fault{Do: fault.Reset}),
	atConnect("FIN", secure, known{back: client.NotConnected}, fault.Fault{Do: fault.Close}),
	atConnect("stall", secure, known{back: client.Timeout, limit: true}, fault.Fault{Do: fault.Stall}),
	atConnect("noise", secure, known{back: client.TLSFailed}, say(noise)),
}

func atConnect(name string, w way, k known, f fault.Fault) faultRow {
	f.At = fault.Connected
	r := faultRow{phase: "connect", name: name, ways: []way{w}, ops: changes, known: k, fault: the(f)}
	if w == plain {
		r.after = aConnection
	}
	return r
}

// What a proxy of the practice is asked is where to connect to.
var tunnelFaults = []faultRow{
	atProxy("reset", known{back: client.NotConnected}, fault.Fault{Do: fault.Reset}),
	atProxy("FIN", known{back: client.NotConnected}, fault.Fault{Do: fault.Close}),
	atProxy("stall", known{back: client.Timeout, limit: true}, fault.Fault{Do: fault.Stall}),
	atProxy("noise", known{back: client.NotConnected}, say(noise)),
	atProxy("407", known{back: client.NotConnected}, say("HTTP/1.1 407 Who\r\n\r\n")),
	atProxy("502", known{back: client.NotConnected}, say("HTTP/1.1 502 No\r\n\r\n<html>")),
	atProxy("503 with Retry-After", known{back: client.NotConnected}, say("HTTP/1.1 503 No\r\nRetry-After: 30\r\n\r\n")),
	atProxy("redirect", known{back: client.NotConnected}, say("HTTP/1.1 302 There\r\nLocation: https://inner.example/\r\n\r\n")),
	atProxy("200 with an HTML page", known{back: client.NotConnected}, say("HTTP/1.1 200 OK\r\n\r\n"+bodyPage.text)),
	atProxy("header bomb", known{back: client.NotConnected}, fault.Fault{Do: fault.Say, Bytes: []byte("HTTP/1.1 200 OK\r\n"), Forever: bomb}),
	atProxy("slow for ever", known{back: client.Timeout, limit: true}, fault.Fault{Do: fault.Say, Bytes: []byte("HTTP/1.1 200 OK\r\n"), Forever: []byte("X: y\r\n"), Pause: time.Millisecond}),
}

func atProxy(name string, k known, f fault.Fault) faultRow {
	f.At = fault.Waiting
	return faultRow{phase: "connect", name: name, ways: []way{tunnel}, ops: changes, known: k, fault: the(f)}
}

var bomb = []byte(strings.Repeat("X-Bomb: "+strings.Repeat("x", 1000)+"\r\n", 16))

var handshakeFaults = slices.Concat([]faultRow{
	inHandshake("reset", known{back: client.NotConnected}, fault.Fault{Do: fault.Reset}),
	inHandshake("FIN", known{back: client.NotConnected}, fault.Fault{Do: fault.Close}),
	inHandshake("stall", known{back: client.Timeout, limit: true}, fault.Fault{Do: fault.Stall}),
	inHandshake("noise", known{back: client.TLSFailed}, say(noise)),
	inHandshake("cut in a record", known{back: client.NotConnected}, say("\x16\x03\x03\x00\x7a\x02")),
	inHandshake("an alert", known{back: client.TLSFailed}, say("\x15\x03\x03\x00\x02\x02\x28")),
	inHandshake("HTTP instead of TLS", known{back: client.TLSFailed}, say("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")),
	sound(inHandshake("slow", known{}, fault.Fault{Do: fault.Trickle, Pause: 50 * time.Microsecond})),
}, certificateFaults())

func inHandshake(name string, k known, f fault.Fault) faultRow {
	f.At = fault.Handshake
	return faultRow{phase: "TLS handshake", name: name, ways: []way{secure}, ops: changes, known: k, fault: the(f)}
}

func certificateFaults() (out []faultRow) {
	for _, name := range []string{"another host", "expired", "not yet valid", "unknown authority", "TLS 1.1", "HTTP/2 only", "client certificate wanted, TLS 1.2", "client certificate wanted, TLS 1.3"} {
		r := inHandshake(name, known{back: client.TLSFailed}, fault.Fault{})
		r.certificate = name
		out = append(out, r)
	}
	return out
}

// sound makes a row one in which the exchange succeeds in the end.
func sound(r faultRow) faultRow {
	r.known = known{answer: &whole{success, bodyRecord, nil}}
	r.served = true
	return r
}

// broken are the ways to break off at a point, in which no answer comes.
func broken(phase, with string, at fault.Point, ops []client.Op, served bool) (out []faultRow) {
	for _, f := range []struct {
		name  string
		known known
		fault fault.Fault
	}{
		{"reset", known{}, fault.Fault{Do: fault.Reset}},
		{"FIN", known{}, fault.Fault{Do: fault.Close}},
		{"stall", known{limit: true}, fault.Fault{Do: fault.Stall}},
		{"noise", known{}, say(noise)},
	} {
		f.fault.At = at
		out = append(out, faultRow{phase: phase, name: f.name + with, ways: direct, ops: ops, known: f.known, fault: the(f.fault), served: served})
	}
	return out
}

// early are answers to a request of which a part has come.
func early(phase string, at fault.Point, ops []client.Op) (out []faultRow) {
	for _, a := range []struct {
		status int
		header http.Header
	}{{401, nil}, {429, later}, {503, nil}, {301, elsewhere}} {
		out = append(out, answered(phase, "early answer", at, ops, false, whole{always(a.status), bodyEmpty, a.header}))
	}
	return out
}

// answered gives an answer of the table at a point.
func answered(phase, name string, at fault.Point, ops []client.Op, served bool, a whole) faultRow {
	return faultRow{phase: phase, name: name, ways: direct, ops: ops, known: known{answer: &a}, served: served, fault: func(op client.Op) fault.Fault {
		var lines []string
		for _, h := range []http.Header{a.header, a.body.header} {
			for name, values := range h {
				lines = append(lines, name+": "+values[0])
			}
		}
		return fault.Fault{At: at, Do: fault.Say, Bytes: fault.Answer(statusLine(a.status(op)), a.body.text, lines...)}
	}}
}

func slow(phase, name string, at fault.Point) faultRow {
	return sound(faultRow{phase: phase, name: name, ways: direct, ops: changes, fault: the(fault.Fault{At: at, Do: fault.Trickle, Pause: 50 * time.Microsecond})})
}

var requestFaults = slices.Concat(
	broken("request head", "", fault.RequestHead, changes, false),
	early("request head", fault.RequestHead, changes),
	[]faultRow{slow("request head", "slow both ways", fault.RequestHead)},
	broken("request body", "", fault.RequestBody, posts, false),
	early("request body", fault.RequestBody, posts),
	[]faultRow{slowBody},
)

var posts = slices.Concat(post, put)

var slowBody = func() faultRow {
	r := slow("request body", "slow both ways", fault.RequestBody)
	r.ops = posts
	return r
}()

// The same faults before and after the service has carried the call out: the client cannot
// tell them apart, and must not.
var waitingFaults = slices.Concat(
	broken("waiting", ", not carried out", fault.Waiting, changes, false),
	broken("waiting", ", carried out", fault.Answered, changes, true),
	[]faultRow{
		saying("waiting", "HTTP/2 GOAWAY", known{}, say("\x00\x00\x00\x04\x00\x00\x00\x00\x00"+"\x00\x00\x08\x07\x00\x00\x00\x00\x00"+"\x00\x00\x00\x00\x00\x00\x00\x00")),
		saying("waiting", "HTTP/2 REFUSED_STREAM", known{}, say("\x00\x00\x00\x04\x00\x00\x00\x00\x00"+"\x00\x00\x04\x03\x00\x00\x00\x00\x01"+"\x00\x00\x00\x07")),
		saying("waiting", "informational answers, then FIN", known{}, say("HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 Early Hints\r\nLocation: /AdverseEvent/b2\r\n\r\n")),
		saying("waiting", "informational answers for ever", known{}, fault.Fault{Do: fault.Say, Forever: []byte("HTTP/1.1 103 Early Hints\r\nLink: <x>\r\n\r\n")}),
	})

// instead are whole answers that are not those of the service. One of a gateway that gave up
// waiting comes whether the service has carried the call out or not.
var instead = func() (out []faultRow) {
	for _, a := range []struct {
		status int
		header http.Header
	}{{301, elsewhere}, {302, elsewhere}, {307, elsewhere}, {308, elsewhere}, {401, nil}, {403, nil}, {404, nil}, {409, nil}, {412, nil}, {429, later}, {500, nil}, {502, nil}, {503, nil}, {504, nil}} {
		answer := whole{always(a.status), bodyEmpty, a.header}
		out = append(out, answered("waiting", "answer of a gateway", fault.Waiting, changes, false, answer))
		if a.status >= 500 {
			out = append(out, answered("waiting", "answer of a gateway", fault.Answered, changes, true, answer))
		}
	}
	return out
}()

// saying says something instead of the answer of the service, which has carried the call out.
func saying(phase, name string, k known, f fault.Fault) faultRow {
	f.At = fault.Answered
	return faultRow{phase: phase, name: name, ways: direct, ops: changes, known: k, fault: the(f), served: true}
}

func statusLine(status int) string { return strconv.Itoa(status) + " " + http.StatusText(status) }

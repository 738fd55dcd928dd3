package fault

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// exchange is one connection and its fault.
type exchange struct {
	p     *Proxy
	fault Fault
	raw   *peeked  // what TLS is spoken over
	conn  net.Conn // what HTTP is spoken over
	r     *bufio.Reader
	slow  bool
	over  bool // nothing more is to be done
}

// peeked is a connection of which bytes can be seen before they are read.
type peeked struct {
	net.Conn
	r *bufio.Reader
}

func (c *peeked) Read(b []byte) (int, error) { return c.r.Read(b) }

func newExchange(p *Proxy, c net.Conn, f Fault) *exchange {
	raw := &peeked{c, bufio.NewReader(c)}
	return &exchange{p: p, fault: f, raw: raw, conn: raw, r: raw.r}
}

// run takes the exchange from point to point until something ends it.
func (x *exchange) run() {
	if x.at(Connected) || !x.secure() || !x.arrived() || x.at(RequestHead) {
		return
	}
	request, ok := x.request()
	if !ok || x.at(Waiting) {
		return
	}
	head, body, err := x.p.forward(request)
	if err != nil {
		x.reset()
		return
	}
	if x.at(Answered) {
		return
	}
	// As much as possible in one piece, so that a client has the head once it has a byte.
	answer, cut := append(head, body...), 0
	switch x.fault.At {
	case AnswerHead:
		cut = len(head) / 2
	case AnswerBody:
		cut = len(head) + len(body)/2
	}
	if x.send(answer[:cut]); x.at(AnswerHead) || x.at(AnswerBody) {
		return
	}
	if x.send(answer[cut:]); x.at(After) {
		return
	}
	x.finish()
}

// secure ends TLS. It returns false if there is no secure connection.
func (x *exchange) secure() bool {
	if x.p.tls == nil {
		return true
	}
	if _, err := x.raw.r.Peek(1); err != nil || x.at(Handshake) {
		return false
	}
	secure := tls.Server(x.transport(), x.p.tls)
	if err := secure.Handshake(); err != nil {
		x.finish() // an alert is on its way
		return false
	}
	x.conn, x.r = secure, bufio.NewReader(secure)
	return true
}

// transport is the connection below TLS, slow if the fault says so.
func (x *exchange) transport() net.Conn {
	if x.slow {
		return &trickling{x.raw, x}
	}
	return x.raw
}

// trickling is a connection that sends slowly.
type trickling struct {
	net.Conn
	x *exchange
}

func (t *trickling) Write(b []byte) (int, error) { return t.x.trickle(t.Conn, b) }

// arrived waits for the first byte of a request.
func (x *exchange) arrived() bool {
	if _, err := x.r.Peek(1); err != nil {
		return false
	}
	x.p.count(func(k *Counts) { k.Begun++ })
	return true
}

// request reads a whole request.
func (x *exchange) request() ([]byte, bool) {
	var head []byte
	for !bytes.HasSuffix(head, []byte("\r\n\r\n")) {
		line, err := x.r.ReadBytes('\n')
		if err != nil {
			return nil, false
		}
		x.rest(len(line))
		head = append(head, line...)
	}
	r, err := http.ReadRequest(bufio.NewReader(bytes.NewReader(head)))
	if err != nil || r.ContentLength < 0 {
		return nil, false
	}
	body := make([]byte, r.ContentLength)
	half := len(body) / 2
	if len(body) > 0 && (!x.read(body[:half]) || x.at(RequestBody)) || !x.read(body[half:]) {
		return nil, false
	}
	x.p.count(func(k *Counts) { k.Whole++ })
	return append(head, body...), true
}

func (x *exchange) read(b []byte) bool {
	_, err := io.ReadFull(x.r, b)
	x.rest(len(b))
	return err == nil
}

// rest takes the time that so many bytes need on a slow connection.
func (x *exchange) rest(n int) {
	if x.slow {
		x.p.pause(time.Duration(n/piece) * x.fault.Pause)
	}
}

// at carries out the fault if this is its point. It returns true if the exchange is over.
func (x *exchange) at(p Point) bool {
	if x.fault.At != p || x.over {
		return x.over
	}
	if x.fault.Reached != nil {
		x.fault.Reached()
	}
	switch x.fault.Do {
	case Reset:
		x.reset()
	case Close:
		x.closeInOrder()
	case Stall:
		<-x.p.closing
		x.over = true
	case Say:
		x.say()
	case Trickle:
		x.slow = true
	}
	return x.over
}

func (x *exchange) reset() {
	x.over = true
	if tcp, ok := x.raw.Conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
	_ = x.raw.Close()
}

// closeInOrder ends the sending side and reads on: to close with bytes unread would reset
// the connection.
func (x *exchange) closeInOrder() {
	x.over = true
	if tcp, ok := x.raw.Conn.(*net.TCPConn); ok {
		_ = tcp.CloseWrite()
	}
	_, _ = io.Copy(io.Discard, x.raw)
}

// finish ends a connection as a sound server does.
func (x *exchange) finish() {
	if secure, ok := x.conn.(*tls.Conn); ok {
		_ = secure.CloseWrite()
	}
	x.closeInOrder()
}

func (x *exchange) say() {
	x.send(x.fault.Bytes)
	for err := error(nil); err == nil && len(x.fault.Forever) > 0; {
		if x.fault.Pause > 0 && !x.p.pause(x.fault.Pause) {
			break
		}
		_, err = x.conn.Write(x.fault.Forever)
	}
	x.finish()
}

func (x *exchange) send(b []byte) {
	if len(b) == 0 {
		return
	}
	if x.slow {
		_, _ = x.trickle(x.conn, b)
		return
	}
	_, _ = x.conn.Write(b)
}

// piece is how many bytes pass at once on a slow connection.
const piece = 16

func (x *exchange) trickle(to io.Writer, b []byte) (int, error) {
	sent := 0
	for sent < len(b) {
		n, err := to.Write(b[sent:min(sent+piece, len(b))])
		sent += n
		if err != nil || !x.p.pause(x.fault.Pause) {
			return sent, err
		}
	}
	return sent, nil
}

// Answer writes an HTTP/1.1 answer for [Say]: a status with its reason, such as "201
// Created", header lines without line ends, and a body. Content-Length is that of the body
// unless a header line states it or Transfer-Encoding.
func Answer(status, body string, header ...string) []byte {
	var b strings.Builder
	b.WriteString("HTTP/1.1 " + status + "\r\nConnection: close\r\n")
	length := true
	for _, line := range header {
		b.WriteString(line + "\r\n")
		name, _, _ := strings.Cut(strings.ToLower(line), ":")
		length = length && name != "content-length" && name != "transfer-encoding"
	}
	if length {
		b.WriteString("Content-Length: " + strconv.Itoa(len(body)) + "\r\n")
	}
	return []byte(b.String() + "\r\n" + body)
}

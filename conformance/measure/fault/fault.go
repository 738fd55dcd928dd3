package fault

import "time"

// Point is a place in the course of one exchange.
type Point uint8

// The points, in the order in which an exchange passes them.
const (
	// Connected: the connection stands, and nothing has been read.
	Connected Point = iota
	// Handshake: the first byte of a TLS handshake has come. Without TLS it is passed over.
	Handshake
	// RequestHead: the first byte of a request has come.
	RequestHead
	// RequestBody: the head has come, and half of the body. A request without a body never
	// gets here.
	RequestBody
	// Waiting: the whole request has come; the service knows nothing of it.
	Waiting
	// Answered: the service has answered; its client knows nothing of that.
	Answered
	// AnswerHead: half of the head of the answer has been passed on.
	AnswerHead
	// AnswerBody: the head and half of the body of the answer have been passed on.
	AnswerBody
	// After: the whole answer has been passed on.
	After
)

// Act is what happens at a point.
type Act uint8

// The acts.
const (
	// PassOn does nothing, so that the exchange is sound.
	PassOn Act = iota
	// Reset ends the connection with a TCP reset.
	Reset
	// Close ends the connection in order (FIN), with TLS without a closing alert.
	Close
	// Stall sends and reads nothing more until the client or the proxy closes.
	Stall
	// Say sends [Fault.Bytes], then [Fault.Forever] until the client goes, and ends the
	// connection in order, with TLS after a closing alert. Before [Handshake] is over it
	// speaks below TLS. It reads what the client still sends, so that no reset overtakes
	// what was said.
	Say
	// Trickle lets all that follows pass in small pieces.
	Trickle
)

// Fault is what goes wrong with one connection. The zero value is a sound exchange.
type Fault struct {
	At Point
	Do Act

	Bytes, Forever []byte        // for Say
	Pause          time.Duration // between two pieces of Trickle and of Forever

	// Reached, if not nil, is called when the exchange is at the point, before the act; what
	// was passed on has been handed to the network. It may wait: for the client to notice,
	// or until a process has been killed.
	Reached func()
}

// Plan chooses the fault of a connection; n counts them from 1. It may be called from
// several goroutines at once.
type Plan func(n int) Fault

// Always is the plan that gives every connection the same fault.
func Always(f Fault) Plan { return func(int) Fault { return f } }

// Counts is what a proxy has seen.
type Counts struct {
	Connections int
	Begun       int // requests of which at least one byte came
	Whole       int // requests that came whole
	Forwarded   int // requests that were passed on to the service
}

// Package fault is a TCP proxy that breaks an exchange at a chosen point: for tests of what
// a client knows, and what has really happened, when the network or the service fails.
//
// A [Proxy] stands in front of a service that speaks plain HTTP. It takes plain connections
// or ends TLS itself, so that it can break a handshake and still knows how far a request has
// come. A [Plan] gives each connection a [Fault]: the [Point] at which something happens,
// and what. Everything before that point is as it should be.
//
//	proxy, err := fault.Start(service, nil, func(int) fault.Fault {
//		return fault.Fault{At: fault.Answered, Do: fault.Reset}
//	})
//
// The service has carried out the request then, and its client is not told. [Proxy.Counts]
// says what the proxy has seen of connections and requests; the service counts what it did.
//
// A proxy carries one request per connection, whose body has a stated length. It never opens a second connection to the
// service for a request, and forwards a request only when it has arrived whole.
package fault

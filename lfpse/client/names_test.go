package client_test

import (
	"context"
	"encoding/binary"
	"io"
	"net"
	"strings"
	"sync"
)

// names answers every look-up of a name in the tests of this package. A name nobody has
// registered does not exist.
var names = &nameServer{known: map[string]lookup{}}

// lookup is what becomes of the look-up of one name.
type lookup struct {
	asked   func()          // called when the question has come; nil for none
	silent  <-chan struct{} // no answer before it is closed; nil answers at once
	garbage bool
	code    byte // the response code; 0 with an address
	address net.IP
}

type nameServer struct {
	mu    sync.Mutex
	known map[string]lookup // by the first label
}

func (s *nameServer) register(label string, l lookup) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.known[label] = l
}

// dial is the Dial of a net.Resolver: a connection in memory, over which DNS is spoken as
// over TCP.
func (s *nameServer) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	here, there := net.Pipe()
	go s.answer(there)
	return here, nil
}

const noSuchName = 3

func (s *nameServer) answer(c net.Conn) {
	defer func() { _ = c.Close() }()
	var size [2]byte
	if _, err := io.ReadFull(c, size[:]); err != nil {
		return
	}
	question := make([]byte, binary.BigEndian.Uint16(size[:]))
	if _, err := io.ReadFull(c, question); err != nil {
		return
	}
	label := string(question[13 : 13+question[12]])
	s.mu.Lock()
	l, ok := s.known[strings.ToLower(label)]
	s.mu.Unlock()
	if !ok {
		l.code = noSuchName
	}
	if l.asked != nil {
		l.asked()
	}
	if l.silent != nil {
		<-l.silent
		return
	}
	reply := l.reply(question)
	_, _ = c.Write(append(binary.BigEndian.AppendUint16(nil, uint16(len(reply))), reply...))
}

// reply turns a question into its answer.
func (l lookup) reply(question []byte) []byte {
	if l.garbage {
		return []byte("this is no answer")
	}
	end := 12
	for question[end] != 0 {
		end += int(question[end]) + 1
	}
	end += 5
	kind := binary.BigEndian.Uint16(question[end-4:])
	r := append([]byte{}, question[:end]...)
	r[2], r[3] = r[2]|0x80, 0x80|l.code
	copy(r[4:12], []byte{0, 1, 0, 0, 0, 0, 0, 0})
	if l.address != nil && kind == 1 {
		r[7] = 1
		r = append(append(r, 0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4), l.address.To4()...)
	}
	return r
}

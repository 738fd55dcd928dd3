package client_test

import (
	"bytes"
	"compress/gzip"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/gpsafety/lfpse-go/conformance/measure/fault"
	"github.com/gpsafety/lfpse-go/lfpse/client"
)

const created = "HTTP/1.1 201 Created\r\nContent-Type: application/json\r\n"

var headFaults = slices.Concat(
	broken("answer head", "", fault.AnswerHead, changes, true)[:3], // noise may complete the head
	[]faultRow{
		slow("answer head", "slow", fault.Answered),
		saying("answer head", "FIN in the status line", known{}, say("HTTP/1.1 20")),
		saying("answer head", "FIN in a header", known{}, say(created+"Loca")),
		saying("answer head", "status that is no number", known{}, say("HTTP/1.1 OK\r\n\r\n")),
		saying("answer head", "line without a colon", known{}, say(created+"no colon\r\n\r\n")),
		saying("answer head", "two lengths", known{}, say(created+"Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd")),
		saying("answer head", "negative length", known{}, say(created+"Content-Length: -1\r\n\r\n")),
		saying("answer head", "unknown transfer encoding", known{}, say(created+"Transfer-Encoding: x\r\n\r\n")),
		saying("answer head", "header bomb", known{}, fault.Fault{Do: fault.Say, Bytes: []byte(created), Forever: bomb}),
		saying("answer head", "header of 100 KiB", known{}, say(created+strings.Repeat(string(bomb), 6)+"Content-Length: 0\r\n\r\n")),
		saying("answer head", "slow for ever", known{limit: true}, fault.Fault{Do: fault.Say, Bytes: []byte(created), Forever: []byte("X: y\r\n"), Pause: time.Millisecond}),
	})

// lostBody is the answer of success of which the body is lost, with a header that names the
// record or none.
func lostBody(phase, name string, f fault.Fault, header http.Header, ops []client.Op) faultRow {
	f.At = fault.Answered
	return faultRow{phase: phase, name: name, ways: direct, ops: ops, known: known{answer: &whole{success, bodyEarly, header}}, served: true, fault: func(op client.Op) fault.Fault {
		f := f
		head := "HTTP/1.1 " + statusLine(success(op)) + "\r\nConnection: close\r\n"
		for name, values := range header {
			head += name + ": " + values[0] + "\r\n"
		}
		f.Bytes = append([]byte(head), f.Bytes...)
		return f
	}}
}

// cutBody breaks off in the body that the service sends.
func cutBody(name string, do fault.Act) faultRow {
	return faultRow{phase: "answer body", name: name, ways: direct, ops: changes, known: known{answer: &whole{success, bodyEarly, nil}}, served: true,
		after: aByte, fault: the(fault.Fault{At: fault.AnswerBody, Do: do})}
}

func overTime(r faultRow) faultRow { r.known.limit, r.wrapped = true, true; return r }

var bodyFaults = slices.Concat([]faultRow{
	cutBody("reset", fault.Reset),
	cutBody("FIN", fault.Close),
	overTime(cutBody("stall", fault.Stall)),
	slow("answer body", "slow", fault.AnswerBody),
	overTime(lostBody("answer body", "slow for ever", fault.Fault{Do: fault.Say, Bytes: []byte("\r\n{"), Forever: []byte(" "), Pause: time.Millisecond}, nil, changes)),
}, lostBodies(nil, changes, ""), lostBodies(located, post, ", Location names the record"), lostBodies(contentAt, put, ", Content-Location names the record"))

func lostBodies(header http.Header, ops []client.Op, with string) []faultRow {
	huge := strings.Repeat("x", 1_999_983)
	return []faultRow{
		lostBody("answer body", "truncated"+with, say("Content-Length: 100\r\n\r\n"+bodyRecord.text), header, ops),
		lostBody("answer body", "cut in a chunk"+with, say("Transfer-Encoding: chunked\r\n\r\n99\r\n"+bodyRecord.text), header, ops),
		lostBody("answer body", "length of a chunk is no number"+with, say("Transfer-Encoding: chunked\r\n\r\nx\r\n"+bodyRecord.text), header, ops),
		lostBody("answer body", "oversize"+with, say("Content-Length: 2000000\r\n\r\n{\"id\":\"a1\",\"x\":\""+huge+"\"}"), header, ops),
		lostBody("answer body", "without end"+with, fault.Fault{Do: fault.Say, Bytes: []byte("\r\n{\"id\":\"a1\","), Forever: bytes.Repeat([]byte(" "), 1<<16)}, header, ops),
		lostBody("answer body", "gzip bomb"+with, say("Content-Encoding: gzip\r\n\r\n"+string(gzipBomb)), header, ops),
		lostBody("answer body", "gzip cut short"+with, say("Content-Encoding: gzip\r\n\r\n"+string(gzipBomb[:500])), header, ops),
		lostBody("answer body", "not gzip, though it says so"+with, say("Content-Encoding: gzip\r\nContent-Length: 11\r\n\r\n{\"id\":\"a1\"}"), header, ops),
	}
}

// gzipBomb is a record of 64 MiB.
var gzipBomb = func() []byte {
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	_, _ = z.Write([]byte(`{"id":"a1","x":"`))
	block := bytes.Repeat([]byte{'x'}, 1<<20)
	for range 64 {
		_, _ = z.Write(block)
	}
	_, _ = z.Write([]byte(`"}`))
	_ = z.Close()
	return packed.Bytes()
}()

// wholeAnswers arrive as they were sent, and are not what was hoped for.
var wholeAnswers = func() (out []faultRow) {
	for _, b := range []body{bodyEmpty, bodyPage, bodyText, bodyCut, bodyTwoIDs, bodyBadID, bodyBadText, bodyDeep, bodyNoID, bodyOther, bodyPatient, bodyGateway, bodyWrongType, coded("required"), bodyNotice} {
		out = append(out, answered("answer body", b.name, fault.Answered, changes, true, whole{success, b, nil}))
	}
	return out
}()

var afterFaults = []faultRow{
	afterAnswer("reset", fault.Fault{Do: fault.Reset}),
	afterAnswer("FIN without a closing alert", fault.Fault{Do: fault.Close}),
	afterAnswer("stall", fault.Fault{Do: fault.Stall}),
	afterAnswer("noise", say(noise)),
	afterAnswer("a second answer", say(created+"Content-Length: 11\r\n\r\n{\"id\":\"b2\"}")),
}

func afterAnswer(name string, f fault.Fault) faultRow {
	f.At = fault.After
	return sound(faultRow{phase: "after", name: name, ways: direct, ops: changes, fault: the(f), after: aByte})
}

package outbox

import "github.com/gpsafety/lfpse-go/lfpse/draft"

// Who names who has done what an entry says. What nobody has done was done by the program
// itself.
func (e *Entry) Who() string {
	switch {
	case e.By == system.ID && e.Role == "":
		return "this program"
	case e.Role == "":
		return e.By
	}
	return e.By + " (" + string(e.Role) + ")"
}

// Says says in words, without a full stop, what an entry means for a report, which is as it
// is now: where it came from, where it was sent, under which number it was recorded.
func (e *Entry) Says(r Report) string {
	switch {
	case e.Act == ActRefused:
		return "was refused to do this: " + Act(e.Facts["act"]).Meaning()
	case e.Act == ActEnqueue:
		return "it was taken in from " + r.Origin()
	case e.Act == ActSend:
		return "it was sent to " + r.Endpoint
	case e.Act == ActAccept && e.Facts["to"] == string(draft.Withdrawn):
		return "the service has deleted its record"
	case e.Act == ActAccept && r.Record.Number != "" && e.Facts["record"] == r.Record.ID:
		return "the service has recorded it as " + r.Record.Number
	}
	return e.Act.Meaning()
}

// Known is the reference by which people know the event: empty if it has none, or one that
// the form made up.
func (i Identity) Known() string {
	if !i.Named() || i.ByForm() {
		return ""
	}
	return i.Reference
}

// Origin names in words where an event comes from: a log, or the form.
func (i Identity) Origin() string {
	if i.ByForm() {
		return "the form"
	}
	return "the log " + i.Source
}

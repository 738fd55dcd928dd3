package main

import (
	"io"
	"math/rand/v2"
	"strconv"
	"time"
)

// logReader is the incident log of an invented practice, made up row by row as it
// is read, so that a log of any length takes no memory. The same seed gives the
// same log. Dates lie before [today]; people, numbers and stories are invented.
type logReader struct {
	rng  *rand.Rand
	rows int // still to come
	next int
	buf  []byte
	off  int
}

// today is the day on which the measured logs are read.
const today = "2026-03-02"

var columns = []string{
	"Ref", "Date of event", "Time", "Category", "What happened", "Why it happened", "What was done straight away", "Discussed on", "Staff present",
	"Reported by", "Part of the reporter", "Place", "Date of birth", "Gender", "Same as at birth", "Ethnic category", "Physical harm", "Psychological harm",
	"What was involved", "Step of care", "dm+d code", "Medicine", "Medicine problem", "Medicine remark", "Stage", "Learning", "Concern", "Imminent", "Review date",
}

func newLog(seed uint64, rows int) *logReader {
	r := &logReader{rng: rand.New(rand.NewPCG(seed, 1)), rows: rows}
	for i, name := range columns {
		if i > 0 {
			r.buf = append(r.buf, ',')
		}
		r.buf = append(r.buf, name...)
	}
	r.buf = append(r.buf, "\r\n"...)
	return r
}

// Read implements [io.Reader].
func (r *logReader) Read(p []byte) (int, error) {
	n := 0
	for n < len(p) {
		if r.off == len(r.buf) {
			if r.rows == 0 {
				break
			}
			r.rows--
			r.next++
			r.buf, r.off = r.row(r.buf[:0]), 0
		}
		c := copy(p[n:], r.buf[r.off:])
		n, r.off = n+c, r.off+c
	}
	if n == 0 && len(p) > 0 {
		return 0, io.EOF
	}
	return n, nil
}

func (r *logReader) pick(list []string) string { return list[r.rng.IntN(len(list))] }

// row appends one row. Of a hundred rows some 84 are incidents and near misses
// with a patient, 6 incidents without one, 4 risks, 4 good care and 2 complaints.
func (r *logReader) row(b []byte) []byte {
	kind := r.rng.IntN(100)
	day := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, -r.rng.IntN(700))
	category := "Significant event"
	switch {
	case kind < 20:
		category = "Near miss"
	case kind >= 98:
		category = "Complaint"
	case kind >= 94:
		category = "Good care"
	case kind >= 90:
		category = "Risk"
	}
	b = append(b, "SEA-"...)
	b = strconv.AppendInt(b, int64(r.next), 10)
	b = date(append(b, ','), day)
	b = append(b, ',')
	b = append(b, r.pick(times)...)
	b = cell(b, category)
	b = r.story(append(b, ','), happened, 3+r.rng.IntN(3))
	b = r.story(append(b, ','), reasons, 1+r.rng.IntN(2))
	b = r.story(append(b, ','), actions, 1+r.rng.IntN(2))
	b = date(append(b, ','), day.AddDate(0, 0, 14))
	b = cell(b, "AB; CD; EF")
	b = cell(b, r.pick(roles))
	b = cell(b, r.pick(parts))
	b = cell(b, r.pick(places))
	b = r.patient(b, kind < 84, day)
	medicine := kind < 60 && r.rng.IntN(2) == 0
	b = r.involved(b, medicine)
	b = cell(b, r.pick(learning))
	b = cell(b, r.pick(concerns))
	b = cell(b, r.pick(imminent))
	b = date(append(b, ','), day.AddDate(0, 3, 0))
	return append(b, "\r\n"...)
}

// patient appends the columns about the patient; one in fifty harms is not graded
// yet.
func (r *logReader) patient(b []byte, there bool, day time.Time) []byte {
	if !there {
		return append(b, ",,,,,,"...)
	}
	b = date(append(b, ','), day.AddDate(0, 0, -1-r.rng.IntN(33000)))
	b = cell(b, r.pick(genders))
	b = cell(b, "Yes")
	b = cell(b, r.pick(ethnicities))
	harm := r.pick(harms)
	if r.rng.IntN(50) == 0 {
		harm = "tbc"
	}
	return cell(cell(b, harm), r.pick(harms))
}

func (r *logReader) involved(b []byte, medicine bool) []byte {
	if !medicine {
		b = cell(b, r.pick(otherThings))
		b = cell(b, r.pick(steps))
		return append(b, ",,,,,"...)
	}
	m := medicines[r.rng.IntN(len(medicines))]
	b = cell(b, "Medicine")
	b = cell(b, "Prescribing")
	b = cell(b, m[0])
	b = cell(b, m[1])
	b = cell(b, r.pick(problems))
	b = cell(b, "The strength was not compared with the letter.")
	return cell(b, r.pick(stages))
}

// story appends a quoted cell of some sentences and line breaks. One story in two
// hundred has a telephone number, which the privacy screen has to find.
func (r *logReader) story(b []byte, sentences []string, n int) []byte {
	b = append(b, '"')
	for i := range n {
		if i > 0 {
			b = append(b, " \n"[r.rng.IntN(8)/7])
		}
		b = append(b, r.pick(sentences)...)
	}
	if r.rng.IntN(200) == 0 {
		b = append(b, " Rang 07700 900123 to let them know."...)
	}
	return append(b, '"')
}

// cell appends a comma and a cell that needs no quotes.
func cell(b []byte, s string) []byte { return append(append(b, ','), s...) }

func date(b []byte, t time.Time) []byte { return t.AppendFormat(b, "02/01/2006") }

var (
	times  = []string{"", "", "08:15", "09:40", "11:05", "13:30", "15:20", "17:55"}
	roles  = []string{"GP", "Practice nurse", "Receptionist", "HCA", "Practice Manager", "Paramedic", "Locum GP", "Dispenser"}
	parts  = []string{"Saw it", "Was told", "Found in audit", "Gave the care"}
	places = []string{"Surgery", "Surgery", "Surgery", "Patient's home", "Care home", "Pharmacy", "Telephone"}

	genders     = []string{"F", "M", "Female", "Male", "Not stated"}
	ethnicities = []string{"A", "British", "White - Irish", "Indian", "Caribbean", "Z", "Not stated", "White and Asian"}
	harms       = []string{"None", "None", "No harm", "Low", "Low harm", "Moderate"}
	otherThings = []string{"IT system", "Nothing of these", "Nothing of these"}
	steps       = []string{"Tests", "Decision", "Prescribing", "Treatment", "Follow-up", "Referral"}
	problems    = []string{"Too much", "Too little", "Wrong way", "Packaging"}
	stages      = []string{"Prescribing", "Dispensing", "Giving"}
	concerns    = []string{"Very", "Fairly", "Not very", "Not at all"}
	imminent    = []string{"No", "No", "Unknown", "Yes"}
	learning    = []string{"Talk it over at every induction.", "Keep the second check and tell the other practices.", "Put the checklist beside the fridge."}
	medicines   = [][2]string{
		{"28946311000001106", "Coal tar 10% / Salicylic acid 5% in Aqueous cream"},
		{"22480211000001104", "Diclofenac 2.32% gel"},
		{"347208002", "Pilocarpine hydrochloride 6% eye drops"},
		{"35894711000001106", "Adenosine 6mg/2ml solution for injection vials"},
	}

	happened = []string{
		"The result of the blood test was filed without action, although the potassium was above the range, and nobody rang the patient for three days.",
		"The patient came for the second dose and was given the first appointment of another patient with a similar name.",
		"The repeat prescription was issued with a strength that had been stopped by the clinic two weeks before.",
		"The two-week-wait referral was written and signed, but it stayed in the outbox, so the hospital never had it.",
		"The fridge was found at 11 degrees on Monday morning; the log of the weekend was blank.",
		"When the ambulance came, the patient's \"\"do not attempt resuscitation\"\" form could not be found in the record.",
		"The home visit was booked for the wrong day, and the carer waited until the evening before ringing again.",
		"A urine sample was labelled with the details of the person before; the laboratory noticed and rang at once.",
		"The allergy had been recorded as free text, so the prescribing system gave no warning.",
		"The café next door rang to say that a bag with prescriptions – none of them opened – had been left on a chair.",
	}
	reasons = []string{
		"Two people were off sick and the letters of three days were worked through in one afternoon.",
		"The template does not ask for the date of the last review, and the alert is easy to click away.",
		"The locum had not been shown how results are passed on.",
		"It was not clear who follows up a referral after it has been signed.",
	}
	actions = []string{
		"The patient was rung, told what had happened and seen the same day.",
		"The medicine was stopped, the record corrected and the pharmacy informed.",
		"The sample was taken again and sent by courier.",
		"The vaccines were set aside and the manufacturer was asked for advice.",
	}
)

package sqltx

// Ends are what nearly every transaction reads and changes: how many reports, drafts and
// transactions there were so far, and the end of the audit trail. They are one row, which is
// read once and written at the end, so no other transaction may write meanwhile. The zero
// value has not been read yet.
type Ends struct {
	reports, drafts, commits int64
	audit                    []byte
	known                    bool
	entered                  int64 // the last report of which the entry with which it came in is known
}

func (t *Tx) ends() (*Ends, error) {
	e := t.Ends
	if e.known {
		return e, nil
	}
	var err error
	e.known, err = t.one("SELECT reports, drafts, commits, audit FROM ends", nil, &e.reports, &e.drafts, &e.commits, &e.audit)
	e.entered = e.reports
	return e, err
}

// End counts the transaction and writes the ends. It is the last that the transaction does.
func (t *Tx) End() (commits int64, err error) {
	e, err := t.ends()
	if err != nil {
		return 0, err
	}
	e.commits++
	return e.commits, t.change("UPDATE ends SET reports = $1, drafts = $2, commits = $3, audit = $4 WHERE id = 1", e.reports, e.drafts, e.commits, e.audit)
}

// numbers takes n numbers from a sequence.
func (t *Tx) numbers(sequence string, n int) ([]int64, error) {
	if t.Numbers != nil {
		return t.Numbers(sequence, n)
	}
	e, err := t.ends()
	if err != nil {
		return nil, err
	}
	last := &e.reports
	if sequence == "draft" {
		last = &e.drafts
	}
	numbers := make([]int64, n)
	for i := range numbers {
		*last++
		numbers[i] = *last
	}
	return numbers, nil
}

// enter reports whether an entry is the first about reports that came in within this
// transaction, one after the other. Then report.entered has it, which spares them rows of
// audit_report.
func (e *Ends) enter(reports []int64) bool {
	if e == nil || len(reports) == 0 || reports[0] <= e.entered {
		return false
	}
	for i, id := range reports {
		if id != reports[0]+int64(i) {
			return false
		}
	}
	e.entered = reports[len(reports)-1]
	return true
}

// keepEntered keeps the entry with which a report came in when the report goes.
func (t *Tx) keepEntered(report int64) error {
	if t.Ends == nil {
		return nil
	}
	return t.exec("INSERT INTO audit_report (report, seq) SELECT id, entered FROM report WHERE id = $1 AND entered > 0", report)
}

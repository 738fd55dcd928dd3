package sqltx

import "github.com/gpsafety/lfpse-go/lfpse/outbox"

// Ends are what nearly every transaction reads and changes: how many reports, drafts and
// transactions there were so far, and the end of the audit trail. They are read by one
// statement and written by another at the end, so no other transaction may write meanwhile.
// The zero value has not been read yet.
type Ends struct {
	reports, drafts, commits int64
	audit                    []byte
	known                    bool
}

func (t *Tx) ends() (*Ends, error) {
	if t.Ends.known {
		return t.Ends, nil
	}
	err := each(t.Conn, "SELECT name, value FROM setting WHERE name IN ('REPORT', 'DRAFT', 'COMMIT', $1)", []any{outbox.AuditSetting}, func(rows Rows) error {
		var name string
		var value any
		if err := rows.Scan(&name, &value); err != nil {
			return err
		}
		switch n, _ := value.(int64); name {
		case "REPORT":
			t.Ends.reports = n
		case "DRAFT":
			t.Ends.drafts = n
		case "COMMIT":
			t.Ends.commits = n
		default:
			t.Ends.audit, _ = value.([]byte)
		}
		return nil
	})
	t.Ends.known = err == nil
	return t.Ends, err
}

// End counts the transaction and writes the ends. It is the last that the transaction does.
func (t *Tx) End() (commits int64, err error) {
	e, err := t.ends()
	if err != nil {
		return 0, err
	}
	e.commits++
	const into, end = "INSERT INTO setting (name, value) VALUES ('REPORT', $1), ('DRAFT', $2), ('COMMIT', $3)", " ON CONFLICT (name) DO UPDATE SET value = excluded.value"
	if e.audit == nil {
		return e.commits, t.exec(into+end, e.reports, e.drafts, e.commits)
	}
	return e.commits, t.exec(into+", ($4, $5)"+end, e.reports, e.drafts, e.commits, outbox.AuditSetting, e.audit)
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

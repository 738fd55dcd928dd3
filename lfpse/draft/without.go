package draft

import (
	"slices"
	"strings"

	"github.com/gpsafety/lfpse-go/lfpse"
)

// WithoutRecord returns a copy of a draft that says of the patients only what a record did
// not give, so that one can count what would be asked without it; had is false if no record
// gave anything. What a record says of the organisation and the reporter stays, because a
// map or a profile may say it as well. The copy is for counting, not for sending.
func (f *Form) WithoutRecord(d *Draft) (out Draft, had bool) {
	given := func(s Step) bool {
		return strings.HasPrefix(s.From, "record ") && strings.HasPrefix(s.Target, PatientsTarget+"[")
	}
	if !slices.ContainsFunc(d.Trace, given) && !slices.ContainsFunc(d.Conditional, func(c Conditional) bool { return given(c.Step) }) {
		return out, false
	}
	out = *d
	out.Event.Patients = slices.Clone(d.Event.Patients)
	for _, s := range d.Trace {
		if p, err := f.accessor(s.Target); err == nil && given(s) {
			p.Clear(&out.Event)
		}
	}
	if known := slices.ContainsFunc(out.Event.Patients, func(p lfpse.Patient) bool { return p != lfpse.Patient{} }); !known && d.Affected == nil {
		out.Event.Patients = nil
	}
	out.Trace = slices.DeleteFunc(slices.Clone(d.Trace), given)
	out.Conditional = slices.DeleteFunc(slices.Clone(d.Conditional), func(c Conditional) bool { return given(c.Step) })
	out.Asked = slices.DeleteFunc(slices.Clone(d.Asked), func(q lfpse.Question) bool { return q.Target == MedicinesTarget })
	out.records, out.candidates = nil, nil
	return out, true
}

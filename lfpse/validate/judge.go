package validate

import (
	"github.com/gpsafety/lfpse-go/fhir"
	"github.com/gpsafety/lfpse-go/lfpse/privacy"
)

// Check judges one record, whoever made it. It finds everything in one walk through
// the record and says the same about the same record every time. Up to two other
// visitors go along, such as the one that screens for personal data, so that the
// record is read only once; they visit what they would visit alone, and nothing of an
// event that is nil. The record is only read; it may be checked by several goroutines
// while nobody changes it. No value of the record is repeated in the report.
func (v *Validator) Check(a *fhir.AdverseEvent, along ...fhir.Visitor) Report {
	j := v.pool.Get().(*judgement)
	j.judge(a, along)
	report := j.report()
	j.release()
	return report
}

// CheckAndScreen judges a record as [Validator.Check] does and screens it for personal
// data as [privacy.Screener.ScanEvent] does.
func (v *Validator) CheckAndScreen(a *fhir.AdverseEvent, s *privacy.Screener, deny *privacy.DenyList) (Report, fhir.Issues) {
	return v.Check(a), s.ScanEvent(a, deny)
}

// judgement is what the layers need to judge one record. Judgements are used again, so
// that a record without findings costs no memory.
type judgement struct {
	v        *Validator
	walker   fhir.Walker
	visitors []fhir.Visitor
	record   record
	found    findings

	fhir    fhirLayer
	profile profileLayer
	lfpse   lfpseLayer
	quality qualityLayer
}

func newJudgement(v *Validator) *judgement {
	j := &judgement{v: v, record: newRecord(v.structure), found: findings{rules: v.byID}}
	j.fhir = fhirLayer{found: &j.found, ids: map[string]int{}}
	j.profile = newProfileLayer(v.structure, &j.found, &j.record)
	j.lfpse = lfpseLayer{r: &j.record, found: &j.found, namedFields: &v.structure.named}
	j.quality = qualityLayer{r: &j.record, found: &j.found, namedFields: &v.structure.named, shortest: v.shortest}
	return j
}

// judge takes the layers, and other visitors, through a record.
func (j *judgement) judge(a *fhir.AdverseEvent, along []fhir.Visitor) {
	if a == nil {
		j.found.add(ruleRequired, fhir.Path{}).text = "There is no event."
		return
	}
	// A record of another version would have every code and group judged by the
	// wrong taxonomy.
	layers := j.v.layers
	judged := (layers[LayerProfile] || layers[LayerLFPSE] || layers[LayerQuality]) && j.profile.begin(a)
	j.visitors = append(j.visitors[:0], along...)
	if layers[LayerFHIR] {
		j.fhir.begin(a)
		j.visitors = append(j.visitors, &j.fhir)
	}
	if judged {
		j.visitors = append(j.visitors, &j.profile)
	}
	j.walker.Walk(a, j.visitors...)
	j.fhir.end()
	if judged {
		j.profile.end()
		j.rules()
	}
}

// rules applies what the rules say about the record as a whole, once its groups have
// been read.
func (j *judgement) rules() {
	if j.v.today != nil {
		j.lfpse.today = string(j.v.today())
	}
	j.lfpse.organisations()
	k := checks{&j.record, &j.found}
	for i := range j.v.triggers {
		if j.v.triggers[i].met(&j.record) {
			k.run(&j.v.checks[i])
		}
	}
	j.lfpse.run()
	if j.v.layers[LayerQuality] {
		j.quality.run()
	}
	j.profile.missingFields()
}

// report turns the findings of the record into its report.
func (j *judgement) report() Report {
	if len(j.found.list) == 0 {
		return Report{}
	}
	j.found.sort()
	r := Report{Issues: make(fhir.Issues, len(j.found.list))}
	asker := asker{asking: &j.v.asking, r: &j.record}
	for i := range j.found.list {
		f := &j.found.list[i]
		r.Issues[i] = f.issue()
		if f.ask == nil || !asker.arises(f) {
			continue
		}
		if r.asked == nil {
			r.asked = make([]bool, len(j.found.list))
		}
		r.asked[i] = true
	}
	r.Questions = asker.questions()
	return r
}

// release forgets the record and hands the judgement back.
func (j *judgement) release() {
	const most = 4096 // room that is kept for the next record
	if cap(j.record.answers) > most || cap(j.found.list) > most || len(j.fhir.ids) > most {
		return
	}
	clear(j.visitors)
	j.record.forget()
	j.found.forget()
	j.fhir.forget()
	j.profile.forget()
	j.v.pool.Put(j)
}

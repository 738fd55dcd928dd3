package mapping

import "sync"

// rowsAhead is how many rows are read ahead for each worker: enough that none waits
// while the caller is busy with a draft.
const rowsAhead = 16

// job is a row that a worker finishes.
type job struct {
	work   *work
	done   chan struct{} // closed when the draft is finished
	failed any           // what a function of the caller panicked with meanwhile
}

func (j *job) finish(l *Log) {
	defer close(j.done)
	defer func() { j.failed = recover() }()
	l.finish(j.work)
}

// together yields the drafts as Drafts does, made by several workers. The caller's
// own goroutine reads the rows, hands them out and takes the drafts back in order,
// so whatever depends on the order of the rows needs no lock.
func (l *Log) together(yield func(Draft, error) bool) {
	most := rowsAhead * l.workers
	jobs := make(chan *job, most) // has room for every row ahead, so handing out never waits
	var workers sync.WaitGroup
	for range l.workers {
		workers.Go(func() {
			for j := range jobs {
				j.finish(l)
			}
		})
	}
	// When the loop is left early, the rows that were read ahead are finished and
	// kept for a later call.
	defer workers.Wait()
	defer close(jobs)
	for in, err := range l.r.Rows() {
		w, fatal := l.begin(in, err)
		if fatal != nil {
			l.end = fatal
			break
		}
		j := &job{work: w, done: make(chan struct{})}
		l.ahead = append(l.ahead, j)
		jobs <- j
		if len(l.ahead) >= most && !l.next(yield) {
			return
		}
	}
	for len(l.ahead) > 0 {
		if !l.next(yield) {
			return
		}
	}
	if err := l.end; err != nil {
		l.end = nil
		yield(Draft{}, err)
	}
}

// next yields the draft of the oldest row that was read ahead. A panic in a worker
// goes on in the caller's goroutine, where it can be recovered, as with one worker.
func (l *Log) next(yield func(Draft, error) bool) bool {
	j := l.ahead[0]
	l.ahead[0] = nil
	l.ahead = l.ahead[1:]
	<-j.done
	if j.failed != nil {
		panic(j.failed)
	}
	more := yield(j.work.d, nil)
	j.work.end()
	return more
}

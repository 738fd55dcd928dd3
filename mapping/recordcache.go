package mapping

import (
	"io/fs"
	"sync"
	"time"

	"github.com/gpsafety/lfpse-go/fhir"
	"github.com/gpsafety/lfpse-go/mapping/fhircontext"
)

// A log keeps at most so many records, of files of so many bytes together: the rows about
// one patient often stand near each other, and memory must not grow with the log.
const (
	keptRecords = 64
	keptBytes   = 8 << 20
)

// readRecord is what was found in the file of a record. It does not change, so rows
// that are worked on at the same time may share it.
type readRecord struct {
	context *fhircontext.Context
	issues  fhir.Issues
	size    int64     // of the file
	changed time.Time // when the file was changed last; zero if that is not known
	used    int       // when a row asked for it last
}

// recordCache keeps the records that the last rows named, so that a record that many
// rows name is read once. It may be used by several goroutines at once.
type recordCache struct {
	mu     sync.Mutex
	byName map[string]*readRecord
	size   int64 // of all of them
	clock  int
}

// find returns the record of a name, nil if it is not kept or its file has changed.
func (c *recordCache) find(name string, file fs.FileInfo) *readRecord {
	c.mu.Lock()
	defer c.mu.Unlock()
	r := c.byName[name]
	if r == nil || r.size != file.Size() || !r.changed.Equal(file.ModTime()) {
		return nil
	}
	c.clock++
	r.used = c.clock
	return r
}

// keep keeps a record in the place of those that no row has named for longest. One from
// a file that does not tell when it was changed is not kept.
func (c *recordCache) keep(name string, r *readRecord) {
	if r.changed.IsZero() {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.byName == nil {
		c.byName = make(map[string]*readRecord, keptRecords)
	}
	c.drop(name)
	for len(c.byName) == keptRecords || c.size+r.size > keptBytes {
		c.drop(c.oldest())
	}
	c.clock++
	r.used = c.clock
	c.byName[name] = r
	c.size += r.size
}

func (c *recordCache) drop(name string) {
	if r := c.byName[name]; r != nil {
		delete(c.byName, name)
		c.size -= r.size
	}
}

// oldest is the name of the record that no row has asked for longest.
func (c *recordCache) oldest() (name string) {
	first := c.clock + 1
	for n, r := range c.byName {
		if r.used < first {
			name, first = n, r.used
		}
	}
	return name
}

package form

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The memory of a record is let go after its time, without anybody asking.
func TestRecordsAreLetGo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLaunches()
		now := time.Now()
		id, err := l.put(&launch{ends: now.Add(Lifetime)}, now)
		require.NoError(t, err)
		time.Sleep(Lifetime - time.Second)
		x := l.take(id, false)
		require.NotNil(t, x)
		x.arrived = true
		_, err = l.put(x, time.Now())
		require.NoError(t, err)
		held := func() int {
			l.mu.Lock()
			defer l.mu.Unlock()
			return len(l.byID)
		}
		assert.Equal(t, 1, held())
		time.Sleep(time.Second)
		synctest.Wait()
		assert.Zero(t, held())
	})
}

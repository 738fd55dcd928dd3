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
		assert.Len(t, l.byID, 1)
		time.Sleep(time.Second)
		synctest.Wait()
		assert.Empty(t, l.byID)
	})
}

package postgres

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// ErrLost says that the session was lost that showed others that this process is at work.
// They may have taken its claims already, so it claims nothing any more: open the store
// again. The outcomes of attempts that were under way can still be stored.
var ErrLost = errors.New("the database session that shows that this process is at work was lost: open the outbox again")

// session holds an advisory lock for as long as the process is at work. The lock is named
// by the owner, and is gone with the session: with the process, its machine or the way to
// it.
type session struct {
	conn *pgx.Conn
	key  int64
	lost chan struct{}
	once sync.Once
	stop context.CancelFunc
	done sync.WaitGroup
}

const ownerPrefix = "pg-"

// owner is the name under which the process claims reports.
func (s *session) owner() string { return fmt.Sprintf("%s%016x", ownerPrefix, uint64(s.key)) }

// ownerKey is the lock of an owner.
func ownerKey(owner string) (key int64, ok bool) {
	digits, ok := strings.CutPrefix(owner, ownerPrefix)
	n, err := strconv.ParseUint(digits, 16, 64)
	return int64(n), ok && err == nil
}

// The server notices within half a minute that a machine is gone without a word, and the
// process that the server is.
const (
	keepalives = "SET tcp_keepalives_idle = 10; SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 3; SET idle_session_timeout = 0"
	pulse      = 10 * time.Second
)

func openSession(ctx context.Context, config *pgx.ConnConfig) (*session, error) {
	conn, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return nil, err
	}
	s := &session{conn: conn, lost: make(chan struct{})}
	var key [8]byte
	rand.Read(key[:])
	s.key = int64(binary.BigEndian.Uint64(key[:]))
	if err := s.begin(ctx); err != nil {
		return nil, errors.Join(err, conn.Close(ctx))
	}
	watching, stop := context.WithCancel(context.Background())
	s.stop = stop
	s.done.Go(func() { s.watch(watching) })
	return s, nil
}

// errPooled says that something between the process and the database passes sessions on.
var errPooled = errors.New("the session that shows that this process is at work goes through a connection pooler, which gives it to others: give the database's own address for it")

func (s *session) begin(ctx context.Context) error {
	var pid uint32
	if err := s.conn.QueryRow(ctx, "SELECT pg_backend_pid()").Scan(&pid); err != nil {
		return err
	}
	if pid != s.conn.PgConn().PID() { // a pooler makes up its own
		return errPooled
	}
	if _, err := s.conn.Exec(ctx, keepalives); err != nil {
		return err
	}
	_, err := s.conn.Exec(ctx, "SELECT pg_advisory_lock($1)", s.key)
	return err
}

// watch notices the end of the session.
func (s *session) watch(ctx context.Context) {
	for ctx.Err() == nil {
		wait, cancel := context.WithTimeout(ctx, pulse)
		_, err := s.conn.WaitForNotification(wait)
		timeout := wait.Err() != nil
		cancel()
		if err == nil || ctx.Err() != nil {
			continue
		}
		if timeout {
			answer, cancel := context.WithTimeout(ctx, pulse)
			err = s.conn.Ping(answer)
			cancel()
		}
		if err != nil && ctx.Err() == nil {
			s.lose()
			return
		}
	}
}

func (s *session) lose() { s.once.Do(func() { close(s.lost) }) }

func (s *session) isLost() bool {
	select {
	case <-s.lost:
		return true
	default:
		return false
	}
}

// check asks the server, within a transaction, whether the lock is held. The process may
// not have noticed yet that its session is gone.
func (s *session) check(ctx context.Context, q querier) error {
	if s.isLost() {
		return ErrLost
	}
	held, err := held(ctx, q, s.key)
	if err == nil && !held {
		s.lose()
		err = ErrLost
	}
	return err
}

// held reports whether a session holds a lock. It asks for a share of it, so that those
// who ask do not see each other, and gives it back at the end of the transaction.
func held(ctx context.Context, q querier, key int64) (bool, error) {
	var free bool
	err := q.QueryRow(ctx, "SELECT pg_try_advisory_xact_lock_shared($1)", key).Scan(&free)
	return !free, err
}

func (s *session) close() error {
	s.stop()
	s.done.Wait()
	s.lose()
	ctx, cancel := context.WithTimeout(context.Background(), pulse)
	defer cancel()
	return s.conn.Close(ctx)
}

// awaitEnd waits until the server has ended the session, so that whoever opens the outbox
// next finds nothing claimed. The server does so soon, and it is no harm if it takes longer.
func (s *session) awaitEnd(pool *pgxpool.Pool) {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	_, _ = pool.Exec(ctx, "SELECT pg_advisory_xact_lock_shared($1)", s.key)
}

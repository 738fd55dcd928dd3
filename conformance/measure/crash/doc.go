// Command crash kills processes that work with an outbox, lets the power fail and disks
// break, and judges what is left by the ledger of a service that lives on.
//
//	go run ./conformance/measure/crash                  all of it, in some minutes
//	go run ./conformance/measure/crash -kills 5000      longer
//	go run ./conformance/measure/crash -store postgres -power 0 -faults 0 -torn 0
//	go run ./conformance/measure/crash -step post -power 0 -faults 0 -paced 0
//
// Each line of the result counts reports that were lost (a process said that they, their
// last change or their receipt were stored, and they are not), sent twice (the ledger holds
// an event twice, or would, because the report waits to be sent and was recorded), and
// unknown, and of these those that are not marked as having been sent. At the end of each
// outbox, a last process settles and sends what is left, and each event is in the ledger once.
//
// # Kills
//
// A process of its own takes in invented events, changes, renumbers and repeats them, sends
// them to a ledger that loses one answer in twelve, answers questions, settles what is
// unknown, holds, releases, withdraws and purges. It kills itself with SIGKILL when it comes
// to a named step for the first, second or later time: in each kind of transaction before
// the audit trail is written, before COMMIT and after it; before, within and after each
// request; at each write, truncation and sync of a file, while the store is opened and its
// tables are made, and later. Others are killed at any time. In every third outbox a backup
// is put back now and then.
//
// With -store postgres the server lives on: a database for each outbox, and the processes
// have the rights that postgres.Grant gives. A backup is a copy of the database. It needs
// PostgreSQL here, or a server in LFPSE_POSTGRES.
//
// # Power, disks
//
// For SQLite, what it does to its files passes by a function of ours (disk_unix.go). One
// life is recorded with it. Then the power fails at random moments of it: of what was
// written to a file since it was synced last, any sectors of 512 bytes are on the disk and
// any are not. The test is sharp: with synchronous=NORMAL it loses reports in most runs.
// The same function lets writes and syncs fail for a while, as on a full or broken disk;
// the process goes on afterwards, and nothing that it said may be untrue. At last, bytes of
// the files are changed or cut off: the outbox opens or says what is wrong, and sends
// nothing twice.
//
// # Not seen
//
// Disks that say that they have synced and have not; and a ledger that is wrong itself.
package main

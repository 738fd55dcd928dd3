// Command crash kills processes that work with an outbox, lets the power fail and disks
// break, and judges what is left by the ledger of a service that lives on.
//
//	go run ./conformance/measure/crash                  all of it: 5,000 kills, in a quarter of an hour
//	go run ./conformance/measure/crash -kills 500       some minutes
//	go run ./conformance/measure/crash -store sqlite    where there is no PostgreSQL
//	go run ./conformance/measure/crash -step post -power 0 -faults 0 -torn 0 -paced 0
//
// It prints one table, and ends with exit code 1 if a report was lost or sent twice, if
// nothing explains the state of one, if a step was missed, or if more than 2 % of the reports
// are unknown at one kill a second, with answers after 5 ms and 16 requests under way. That
// share is one of a machine that does nothing else.
//
// # Kills
//
// A process of its own takes in a log of invented events, which changes, is renumbered, has
// rows twice and uses references again. It sends them to a ledger that loses one answer in
// twelve, answers questions, settles what is unknown, holds, releases, withdraws and purges.
// It kills itself with SIGKILL when it comes to a named step for the first, second or later
// time: in each kind of transaction before the audit trail is written, before COMMIT and
// after it; before, within and after each request; at each write, truncation, sync and
// removal of a file, while the store is opened and its tables are made, and later. Others are
// killed at any time.
//
// Each step has its turn as often as any other. The process does by preference what leads to
// the step, and the ledger answers so; what no process does for itself is made before, such
// as a claim of a dead one, or a backup that is put back.
//
// With -store postgres the server lives on: a database for each outbox, and the processes
// have the rights that postgres.Grant gives. A backup is a copy of the database. It needs
// PostgreSQL here, or a server in LFPSE_POSTGRES.
//
// # The judge
//
// After each process the judge looks at what the store holds. For SQLite it looks at a copy,
// so that the next process finds the files as they were left.
//
//   - Lost: a process has said that a row, its last change or a receipt is stored, and it is
//     not; the ledger has a record of which no report knows; a report is accepted, and its
//     record is gone, is of another event or has other bytes than were noted.
//   - Sent twice: the ledger has an event twice; a report waits to be sent, and was recorded;
//     more requests came than were noted in the audit trail before their first byte.
//   - Unexplained: a report is in a state to which the entries of the audit trail do not lead
//     by the table of acts in the documentation of package outbox; or it is unknown, and
//     neither was its process killed within that request, nor did the ledger lose that
//     answer, nor was a backup put back; or more are unknown than were under way at a death.
//
// At the end of each outbox the log is read once more, and a last process settles and sends
// what is left. Then each row is recorded once, as it stands in the log, or was taken back,
// withdrawn or set aside by somebody and has no record; and the audit trail is whole.
//
// Three things are left that a backup which was put back has forgotten, that the log does not
// say either, and that only a comparison with the service finds: a record was withdrawn since;
// it was changed since, and the log says again what it said; and a report that had been set
// aside was sent after all. The judge knows from the ledger which these are. Of the first,
// people withdraw the record again.
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
// Disks that say that they have synced and have not; a ledger that is wrong itself; people
// who say of an unknown report what is not so; and several processes at work on one outbox,
// which the tests of package postgres have.
package main

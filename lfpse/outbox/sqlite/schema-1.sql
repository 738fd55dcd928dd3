-- The tables of an outbox, version 1. Times are microseconds since 1970, UTC; digests are
-- SHA-256. Nothing here is a text of a report but payload.sealed and draft_text.sealed, which
-- are encrypted. report.entered is the entry of the audit trail with which a report came in, 0
-- if audit_report has it.
CREATE TABLE report (
    id             INTEGER PRIMARY KEY,
    endpoint       TEXT NOT NULL,
    practice       TEXT NOT NULL,
    source         TEXT NOT NULL,
    reference      TEXT NOT NULL,
    day            TEXT NOT NULL,
    type           TEXT NOT NULL,
    nth            INTEGER NOT NULL,
    state          TEXT NOT NULL,
    op             TEXT NOT NULL,
    content        BLOB,
    due            INTEGER NOT NULL,
    question       TEXT NOT NULL,
    other          INTEGER NOT NULL,
    record_id      TEXT NOT NULL,
    added          INTEGER NOT NULL,
    changed        INTEGER NOT NULL,
    seen           INTEGER NOT NULL,
    entered        INTEGER NOT NULL DEFAULT 0,
    next           BLOB,
    claim          TEXT NOT NULL DEFAULT '',
    attempts       INTEGER NOT NULL DEFAULT 0,
    sent           BLOB,
    reason         TEXT NOT NULL DEFAULT '',
    status         INTEGER NOT NULL DEFAULT 0,
    record_version TEXT NOT NULL DEFAULT '',
    record_number  TEXT NOT NULL DEFAULT '',
    record_content BLOB,
    record_at      INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE UNIQUE INDEX report_identity ON report (endpoint, practice, reference, source, day, type, nth);
-- Digests are at random, so each new one would change another page. Events that come in at
-- about the same time are mostly of the same few days.
CREATE INDEX report_content ON report (day, substr(content, 1, 8));
CREATE INDEX report_next ON report (day, substr(next, 1, 8)) WHERE next IS NOT NULL;
CREATE INDEX report_due ON report (endpoint, due, id) WHERE state = 'pending' AND claim = '';
CREATE INDEX report_claim ON report (endpoint, claim) WHERE claim <> '' AND state IN ('pending', 'sending');
CREATE INDEX report_recorded ON report (endpoint, record_at) WHERE record_at > 0;
CREATE INDEX report_waits ON report (endpoint, state) WHERE state NOT IN ('pending', 'accepted');

-- 2 * report.id is the current text, 2 * report.id + 1 a change that waits.
CREATE TABLE payload (
    id     INTEGER PRIMARY KEY,
    sealed BLOB NOT NULL
) STRICT;

-- A row of a log that is not ready to be sent. One that became a report is 'ready', and one
-- that was dropped is 'not for LFPSE'; neither has a text any more. content is a keyed hash of the row; assigned
-- is whose own it is, empty for one that is everybody's.
CREATE TABLE draft (
    id            INTEGER PRIMARY KEY,
    endpoint      TEXT NOT NULL,
    practice      TEXT NOT NULL,
    source        TEXT NOT NULL,
    reference     TEXT NOT NULL,
    day           TEXT NOT NULL,
    type          TEXT NOT NULL,
    nth           INTEGER NOT NULL,
    line          INTEGER NOT NULL,
    state         TEXT NOT NULL,
    gone          INTEGER NOT NULL,
    old           INTEGER NOT NULL,
    content       BLOB,
    version       INTEGER NOT NULL,
    report        INTEGER NOT NULL,
    assigned      TEXT NOT NULL,
    for_clinician INTEGER NOT NULL,
    seen          INTEGER NOT NULL,
    seen_at       INTEGER NOT NULL,
    added         INTEGER NOT NULL,
    changed       INTEGER NOT NULL
) STRICT;

CREATE INDEX draft_reference ON draft (endpoint, practice, reference);
CREATE INDEX draft_open ON draft (endpoint, practice, state) WHERE state NOT IN ('ready', 'not for LFPSE');
CREATE INDEX draft_report ON draft (report) WHERE report <> 0;

CREATE TABLE draft_text (
    draft  INTEGER PRIMARY KEY,
    sealed BLOB NOT NULL
) STRICT;

-- Small values by their names.
CREATE TABLE setting (
    name  TEXT PRIMARY KEY,
    value BLOB
) STRICT, WITHOUT ROWID;

-- How many reports, drafts and transactions there were so far, and the end of the audit trail.
CREATE TABLE ends (
    id      INTEGER PRIMARY KEY CHECK (id = 1),
    reports INTEGER NOT NULL,
    drafts  INTEGER NOT NULL,
    commits INTEGER NOT NULL,
    audit   BLOB
) STRICT;
INSERT INTO ends (id, reports, drafts, commits) VALUES (1, 0, 0, 0);

-- An entry is chained when it comes: its number is its place in the chain.
CREATE TABLE audit (
    seq      INTEGER PRIMARY KEY,
    at       INTEGER NOT NULL,
    by_id    TEXT NOT NULL,
    role     TEXT NOT NULL,
    act      TEXT NOT NULL,
    endpoint TEXT NOT NULL,
    practice TEXT NOT NULL,
    reports  TEXT NOT NULL,
    facts    TEXT NOT NULL,
    link     INTEGER NOT NULL CHECK (link = seq),
    hash     BLOB NOT NULL
) STRICT;

-- Which entries are about a report, but for report.entered.
CREATE TABLE audit_report (
    report INTEGER NOT NULL,
    seq    INTEGER NOT NULL,
    PRIMARY KEY (report, seq)
) STRICT, WITHOUT ROWID;

-- The audit trail is only ever added to.
CREATE TRIGGER audit_stays BEFORE DELETE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END;
CREATE TRIGGER audit_is_fixed BEFORE UPDATE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END;

-- The tables of an outbox. Times are microseconds since 1970, UTC; digests are SHA-256.
-- Nothing here is a text of a report but payload.sealed and draft_text.sealed, which are
-- encrypted. Texts are compared byte by byte: claims are found by ranges of their names.
CREATE SCHEMA lfpse;

CREATE TABLE lfpse.migration (
    version integer PRIMARY KEY,
    name    text NOT NULL,
    applied timestamptz NOT NULL DEFAULT now()
);

CREATE SEQUENCE lfpse.report_number;
CREATE SEQUENCE lfpse.draft_number;
CREATE SEQUENCE lfpse.audit_number;

CREATE TABLE lfpse.report (
    id             bigint PRIMARY KEY,
    endpoint       text COLLATE "C" NOT NULL,
    practice       text COLLATE "C" NOT NULL,
    source         text COLLATE "C" NOT NULL,
    reference      text COLLATE "C" NOT NULL,
    day            text COLLATE "C" NOT NULL,
    type           text COLLATE "C" NOT NULL,
    nth            bigint NOT NULL,
    state          text COLLATE "C" NOT NULL,
    op             text COLLATE "C" NOT NULL,
    content        bytea,
    due            bigint NOT NULL,
    question       text NOT NULL,
    other          bigint NOT NULL,
    record_id      text COLLATE "C" NOT NULL,
    added          bigint NOT NULL,
    changed        bigint NOT NULL,
    seen           bigint NOT NULL,
    next           bytea,
    claim          text COLLATE "C" NOT NULL DEFAULT '',
    attempts       bigint NOT NULL DEFAULT 0,
    sent           bytea,
    reason         text NOT NULL DEFAULT '',
    status         bigint NOT NULL DEFAULT 0,
    record_version text NOT NULL DEFAULT '',
    record_number  text NOT NULL DEFAULT '',
    record_content bytea,
    record_at      bigint NOT NULL DEFAULT 0
) WITH (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02);

CREATE UNIQUE INDEX report_identity ON lfpse.report (endpoint, practice, reference, source, day, type, nth);
CREATE INDEX report_content ON lfpse.report (endpoint, practice, content);
CREATE INDEX report_next ON lfpse.report (endpoint, practice, next) WHERE next IS NOT NULL;
CREATE INDEX report_due ON lfpse.report (endpoint, due, id) WHERE state = 'pending' AND claim = '';
CREATE INDEX report_claim ON lfpse.report (endpoint, claim) WHERE claim <> '' AND state IN ('pending', 'sending');
CREATE INDEX report_recorded ON lfpse.report (endpoint, record_at) WHERE record_at > 0;
CREATE INDEX report_waits ON lfpse.report (endpoint, state) WHERE state NOT IN ('pending', 'accepted');

-- 2 * report.id is the current text, 2 * report.id + 1 a change that waits. What is
-- encrypted cannot be compressed.
CREATE TABLE lfpse.payload (
    id     bigint PRIMARY KEY,
    sealed bytea NOT NULL
);
ALTER TABLE lfpse.payload ALTER COLUMN sealed SET STORAGE EXTERNAL;

-- A row of a log that is not ready to be sent. One that became a report is 'ready', and one
-- that was dropped is 'not for LFPSE'; neither has a text any more. content is a keyed hash
-- of the row; assigned is whose own it is, empty for one that is everybody's.
CREATE TABLE lfpse.draft (
    id            bigint PRIMARY KEY,
    endpoint      text COLLATE "C" NOT NULL,
    practice      text COLLATE "C" NOT NULL,
    source        text COLLATE "C" NOT NULL,
    reference     text COLLATE "C" NOT NULL,
    day           text COLLATE "C" NOT NULL,
    type          text COLLATE "C" NOT NULL,
    nth           bigint NOT NULL,
    line          bigint NOT NULL,
    state         text COLLATE "C" NOT NULL,
    gone          bigint NOT NULL,
    old           bigint NOT NULL,
    content       bytea,
    version       bigint NOT NULL,
    report        bigint NOT NULL,
    assigned      text COLLATE "C" NOT NULL,
    for_clinician bigint NOT NULL,
    seen          bigint NOT NULL,
    seen_at       bigint NOT NULL,
    added         bigint NOT NULL,
    changed       bigint NOT NULL
);

CREATE INDEX draft_reference ON lfpse.draft (endpoint, practice, reference);
CREATE INDEX draft_open ON lfpse.draft (endpoint, practice, state) WHERE state NOT IN ('ready', 'not for LFPSE');
CREATE INDEX draft_report ON lfpse.draft (report) WHERE report <> 0;

CREATE TABLE lfpse.draft_text (
    draft  bigint PRIMARY KEY,
    sealed bytea NOT NULL
);
ALTER TABLE lfpse.draft_text ALTER COLUMN sealed SET STORAGE EXTERNAL;

-- A value is NULL until it is set: the row is there for others to wait for.
CREATE TABLE lfpse.setting (
    name  text COLLATE "C" PRIMARY KEY,
    value bytea
) WITH (fillfactor = 50);

CREATE TABLE lfpse.audit (
    seq      bigint PRIMARY KEY,
    at       bigint NOT NULL,
    by_id    text NOT NULL,
    role     text NOT NULL,
    act      text NOT NULL,
    endpoint text COLLATE "C" NOT NULL,
    practice text COLLATE "C" NOT NULL,
    reports  text NOT NULL,
    facts    text NOT NULL,
    link     bigint,
    hash     bytea
);
CREATE UNIQUE INDEX audit_link ON lfpse.audit (link) WHERE link IS NOT NULL;
CREATE INDEX audit_loose ON lfpse.audit (seq) WHERE link IS NULL;

CREATE TABLE lfpse.audit_report (
    report bigint NOT NULL,
    seq    bigint NOT NULL,
    PRIMARY KEY (report, seq)
);

-- The audit trail is only ever added to: an entry gets its place in the chain once, and
-- nothing else of it changes.
CREATE FUNCTION lfpse.audit_stays() RETURNS trigger LANGUAGE plpgsql SET search_path = '' AS $$
BEGIN
    RAISE EXCEPTION 'the audit trail is append-only' USING ERRCODE = 'insufficient_privilege';
END
$$;
CREATE TRIGGER audit_stays BEFORE DELETE OR TRUNCATE ON lfpse.audit
    FOR EACH STATEMENT EXECUTE FUNCTION lfpse.audit_stays();
CREATE TRIGGER audit_is_fixed BEFORE UPDATE ON lfpse.audit
    FOR EACH ROW WHEN (OLD.link IS NOT NULL OR ROW (OLD.seq, OLD.at, OLD.by_id, OLD.role, OLD.act, OLD.endpoint, OLD.practice, OLD.reports, OLD.facts)
        IS DISTINCT FROM ROW (NEW.seq, NEW.at, NEW.by_id, NEW.role, NEW.act, NEW.endpoint, NEW.practice, NEW.reports, NEW.facts))
    EXECUTE FUNCTION lfpse.audit_stays();
CREATE TRIGGER audit_report_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON lfpse.audit_report
    FOR EACH STATEMENT EXECUTE FUNCTION lfpse.audit_stays();

-- The server looks at a new table a minute after it is filled. A program that stores much at
-- once has it look before.
CREATE FUNCTION lfpse.take_statistics() RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_stats WHERE schemaname = 'lfpse' AND tablename = 'report') THEN
        ANALYZE lfpse.report;
    END IF;
END
$$;
REVOKE ALL ON FUNCTION lfpse.take_statistics() FROM PUBLIC;

INSERT INTO lfpse.migration (version, name) VALUES (1, '0001_outbox');

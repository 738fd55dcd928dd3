-- What a program needs that sends from the outbox, or enqueues in its own transactions.
-- Run it as the owner of the schema: psql -v role=NAME -f grants.sql
-- The role should own nothing here: the owner of a table can take its triggers away.
GRANT USAGE ON SCHEMA lfpse TO :"role";
GRANT SELECT ON lfpse.migration TO :"role";
GRANT SELECT, INSERT, UPDATE, DELETE ON lfpse.report, lfpse.payload, lfpse.draft, lfpse.draft_text TO :"role";
GRANT SELECT, INSERT, UPDATE ON lfpse.setting TO :"role";
GRANT SELECT, INSERT ON lfpse.audit, lfpse.audit_report TO :"role";
GRANT UPDATE (link, hash) ON lfpse.audit TO :"role";
GRANT USAGE ON SEQUENCE lfpse.report_number, lfpse.draft_number, lfpse.audit_number TO :"role";
GRANT EXECUTE ON FUNCTION lfpse.take_statistics() TO :"role";

-- What a program needs that has River run the work of the outbox, beside the grants on
-- the outbox itself. Run it as the owner of the schema: psql -v role=NAME -f grants.sql
GRANT USAGE ON SCHEMA lfpse_river TO :"role";
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA lfpse_river TO :"role";
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA lfpse_river TO :"role";

#!/bin/sh
# Makes the tables of the outbox, and the role of the bridges, which may do only what
# grants.sql says. The image of the database runs it once, for a database that is new; for
# one of an older version there is lfpse outbox migrate.
set -eu
for migration in /schema/migrations/*.sql; do # each is a transaction of its own
  psql -v ON_ERROR_STOP=1 -d lfpse --single-transaction -f "$migration"
done
psql -v ON_ERROR_STOP=1 -d lfpse -v password="$(cat /run/secrets/bridge-password)" <<'SQL'
CREATE ROLE bridge LOGIN PASSWORD :'password';
SQL
psql -v ON_ERROR_STOP=1 -d lfpse -v role=bridge -f /schema/grants.sql

#!/bin/sh
# Makes the role of the bridges, which may do only what grants.sql says. The image of the
# database runs it once, after the tables are made.
set -eu
psql -v ON_ERROR_STOP=1 -d lfpse -v password="$(cat /run/secrets/bridge-password)" <<'SQL'
CREATE ROLE bridge LOGIN PASSWORD :'password';
SQL
psql -v ON_ERROR_STOP=1 -d lfpse -v role=bridge -f /schema/grants.sql

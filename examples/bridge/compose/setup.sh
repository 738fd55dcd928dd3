#!/bin/sh
# Makes what compose.yaml mounts: secrets that are made at random, and the folders.
set -eu
cd "$(dirname "$0")"
umask 077
mkdir -p secrets data/in
random() { head -c 32 /dev/urandom | od -An -tx1 | tr -d ' \n'; }
random > secrets/owner-password
random > secrets/bridge-password
# The image of the database reads these as a user of its own; the folder is closed to others.
chmod 644 secrets/owner-password secrets/bridge-password
random > secrets/token
printf 'postgres://bridge:%s@database/lfpse?sslmode=disable' "$(cat secrets/bridge-password)" > secrets/database
printf 'lfpse-outbox-key-1 %s\n' "$(head -c 32 /dev/urandom | base64 -w 0)" > secrets/outbox.key

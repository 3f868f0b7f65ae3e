#!/bin/bash
# credentials.sh FOLDER  makes the credentials of a database that is thrown away: a password that nobody knows. The name of the user is that of
# the database that was backed up, to whom what was restored belongs. Environment: NAMES (a folder with the file of the name, if there is one).
set -euo pipefail
umask 027
if [ -d "${NAMES-}" ]; then cp -L "$NAMES"/* "$1"/; fi
od -An -N24 -tx1 /dev/urandom | tr -d ' \n' >"$1/password"

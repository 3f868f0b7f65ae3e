#!/bin/bash
# serve-with-archive.sh  is the serve.sh of the members of a database whose commits wait for the archiver of its log; their own is serve-member.sh. Only
# a server that takes clients waits: one that makes the database, or recovers or checks a backup of it, would wait for an archiver that is not there.
files=${BASH_SOURCE[0]%/*}
[ "${HOSTNAME##*-}" != 0 ] || set -- "$@" -c "synchronous_standby_names=\"$(<"$files/archiver")\""
exec bash "$files/serve-member.sh" "$@"

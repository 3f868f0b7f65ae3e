#!/bin/bash
# decide-with-archive.sh  is the decide.sh of the members of a database whose commits wait for the archiver of its log; their own is decide-member.sh. The
# archive has all that was acknowledged, a standby may lack the end of it.
#   decide.sh copy orders-1 without-archive [anyway]   take over the copy of this standby all the same
files=${BASH_SOURCE[0]%/*}
case "$*" in
  'copy '*' without-archive' | 'copy '*' without-archive anyway') set -- copy "$2" "${@:4}" ;;
  'copy '*)
    echo "Refused: commits have waited for the log archive of $(<"$files/archiver"), not for $2, which may lack the last ones. To lose none, restore the newest physical backup with all of the archive. To copy the standby all the same, say 'copy $2 without-archive'." >&2
    exit 1
    ;;
esac
exec bash "$files/decide-member.sh" "$@"

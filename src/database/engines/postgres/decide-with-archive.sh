#!/bin/bash
# decide-with-archive.sh  is the decide.sh of the members of a database whose commits wait for the archiver of its log; their own is decide-member.sh. The
# archive has all that was acknowledged, a standby may lack the end of it.
#   decide.sh copy orders-1 without-archive [anyway]   take over the copy of this standby anyway
files=${BASH_SOURCE[0]%/*}
case "$*" in
  'copy '*' without-archive' | 'copy '*' without-archive anyway') set -- copy "$2" "${@:4}" ;;
  'copy '*)
    echo "refused: commits waited for the log archive of $(<"$files/archiver"), not for $2, which may lack the most recent ones. To lose none, restore the newest physical backup with the whole archive. To copy the standby anyway, use 'copy $2 without-archive'." >&2
    exit 1
    ;;
esac
exec bash "$files/decide-member.sh" "$@"

#!/bin/bash
# from-archive.sh FILE TARGET SIZE  the restore_command of a restore: the file that was being written when the archive ends has another name. It has the
# size of a segment before any log is written to it: one that is short, as a full volume leaves it, has none.
[ -e "$1" ] || set -- "$1.partial" "$2" "$3"
[ -e "$1" ] || exit 1
[[ $1 != *.partial ]] || [ "$(stat -c %s "$1")" = "$3" ] || exit 1
exec cp "$1" "$2"

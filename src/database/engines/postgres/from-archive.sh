#!/bin/bash
# from-archive.sh FILE TARGET  the restore_command of a restore: the file that was being written when the archive ends has another name.
[ -e "$1" ] || set -- "$1.partial" "$2"
[ -e "$1" ] || exit 1
exec cp "$1" "$2"

#!/bin/bash
# answers.sh  whether the server answers over the network: the first byte of its greeting, or of its refusal where there are
# too many connections. It needs no account, and MySQL logs nothing of it at its default verbosity.
: "${PORT:=3306}"
# shellcheck disable=SC2016
exec timeout 4 bash -c 'exec 3<>"/dev/tcp/127.0.0.1/$0" && IFS= read -r -d "" -n 1 -u 3' "$PORT" 2>/dev/null

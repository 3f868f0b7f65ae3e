#!/bin/bash
# How a restored Redis or Valkey server is started, checked and asked. Sourced by verify.sh. Environment: PRODUCT (redis or valkey).
: "${FILES:=/etc/cdk8s-stateful/files}"
: "${RUN:=/run/redis}"
socket=$RUN/verify.sock

serve() { exec "$PRODUCT-server" "$FILES/redis.conf" --port 0 --unixsocket "$socket" --appendonly no --maxmemory 0 --protected-mode no; }
told() { "$PRODUCT-cli" --no-raw -s "$socket" "$@" 2>/dev/null; }
answers() { [ "$(told ping)" = PONG ]; }

# The restore has verified the checksum of the snapshot, and the server has read all of it.
check() {
  local keys
  keys=$("$PRODUCT-cli" -s "$socket" info keyspace | tr -d '\r' | sed -n 's/^db[0-9]*:keys=\([0-9]*\),.*/\1/p' | awk '{ sum += $1 } END { print sum + 0 }') || return 1
  say "the server has read $keys keys."
}

# Each line of the file is a command. What is not there, or 0, is no row.
ask() {
  local reply
  reply=$(told <"$1") || return 1
  if grep '^(error)' <<<"$reply" >&2; then return 1; fi
  sed '/^(nil)$/d; /^(integer) 0$/d; /^(empty .*)$/d; /^""$/d' <<<"$reply"
}

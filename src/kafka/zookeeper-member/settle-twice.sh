#!/bin/bash
# Runs settle.sh twice after a start of a broker whose cluster is in ZooKeeper, and the second time counts. A controller that has just
# been elected tells each broker of the others before it tells of partitions: in between, none seems to lack this broker.
set -u
FILES=$(dirname "$0")
: "${MARKS:=/tmp}" "${SETTLE_TWICE_PAUSE:=3}"
mkdir -p "$MARKS/once"
MARKS=$MARKS/once bash "$FILES/settle.sh"
sleep "$SETTLE_TWICE_PAUSE"
exec bash "$FILES/settle.sh"

#!/bin/bash
# Precedes restore.sh, in the same file, in a cluster: a shard checks its own file of a backup, and the slots of all. Environment: SHARD.
sha256sum() { grep -E "  (SLOTS|shard-$SHARD\.rdb)$" SHA256SUMS | command sha256sum -c; }

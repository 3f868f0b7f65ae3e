#!/bin/bash
# .ci/kits.sh LOGS: brings up what the tests beyond Node need, from the kits in ../shared, while other phases go on.
# LOGS/api and LOGS/cluster appear when that part is there, with the settings for its tests; LOGS/ours lists the clusters
# that were not up before.
set -euo pipefail
logs=$1 kits=$(cd "$(dirname "$0")/../../shared" && pwd)

up() { # VERSION MODE: prints the path of the KUBECONFIG
  [ -d "$CLUSTER_STATE/$1-$2" ] || echo "$1 $2" >>"$logs/ours"
  # Nodes import every image before they register, and up.sh gives them one minute: it goes on where it gave up.
  for _ in 1 2 3 4 5; do
    "$kits/cluster/up.sh" "$1" "$2" && return
  done
  echo "Kubernetes $1 $2 did not come up: $(tail -qn 3 "$CLUSTER_STATE/$1-$2"/{*,n*/init,n*/kubelet}.log)" >&2
  return 1
}

ready() { # NAME SETTING...
  printf '%s\n' "${@:2}" >"$logs/$1.new"
  mv "$logs/$1.new" "$logs/$1"
}

older=$(up 28 cp)
newer=$(up 34 cp)
ready api "KUBECONFIGS=$older:$newer"

# Which image stands in for which of the library's defaults, or of the examples; a unit test compares the names. A
# drifting one comes from sources that change daily: without it a few cases are skipped, and say so.
stand_ins='
postgres17 stable   docker.io/library/postgres:17.11-trixie
postgres18 drifting docker.io/library/postgres:18.6-trixie
mysql      drifting docker.io/library/mysql:9.7.2-oraclelinux9
mariadb    stable   docker.io/library/mariadb:11.8.8-noble
zookeeper  stable   docker.io/library/zookeeper:3.9.5-jre-17
kafka      stable   docker.io/apache/kafka:4.1.2
kafka39    stable   docker.io/apache/kafka:3.9.2
redis      stable   docker.io/library/redis:8.0.5-bookworm
valkey     stable   docker.io/valkey/valkey:8.1.8-trixie
haproxy    stable   docker.io/library/haproxy:3.0.11-bookworm
rabbitmq   stable   docker.io/library/rabbitmq:4.0.5
rclone     stable   docker.io/rclone/rclone:1.75.1
postgres-exporter stable quay.io/prometheuscommunity/postgres-exporter:v0.17.1
mysqld-exporter stable docker.io/prom/mysqld-exporter:v0.17.2
redis_exporter stable docker.io/oliver006/redis_exporter:v1.69.0
'
mkdir -p "$logs/images"
missing=
tars=("$("$kits/images/build.sh" busybox)")
while read -r image kind name; do
  if tar=$(timeout 900 "$kits/images/build.sh" "$image" </dev/null); then
    .ci/also-name.py "$tar" "$logs/images/$image.tar" "$name"
    tars+=("$logs/images/$image.tar")
  elif [ "$kind" = drifting ]; then
    missing+="$name "
  else
    echo "the image $image was not built" && exit 1
  fi
done < <(sed '/^$/d' <<<"$stand_ins")

[ ! -d "$CLUSTER_STATE/28-real" ] || { echo "28 real is up, and two real clusters must not run at once: down.sh 28 real"; exit 1; }
"$kits/cluster/load.sh" "${tars[@]}"
rm -r "$logs/images"
nodes=$(up 34 real) # an assignment, as set -e does not see a failure among arguments
ready cluster "KUBECONFIG=$nodes" "NODE_POWER=VERSION=34 $kits/cluster/node.sh" "MISSING_IMAGES=$missing"

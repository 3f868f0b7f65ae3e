#!/bin/bash
# serving.sh  whether the server answers. Any error of the server is an answer: too many connections, a password that it does not know yet.
# Environment: that of copy-client.sh.
set -euo pipefail
# shellcheck source=copy-client.sh
. "${BASH_SOURCE[0]%/*}/copy-client.sh"
answer=$(query 'do 1' 2>&1) && exit 0
# 2000 to 2999 and from 5000 on are errors of the client, which got no answer.
[[ $answer =~ ERROR\ (1[0-9]{3}|[34][0-9]{3})\  ]]

#!/usr/bin/env bash
# Starts a fresh Chancery with challtestsrv as its DNS, on free loopback ports. The binary is build/release/chancery, or
# the one that CHANCERY names; more `--set key=value` words may be in CHANCERY_SETTINGS.
#   servers/chancery.sh              prints where everything is, and serves until Ctrl-C
#   servers/chancery.sh COMMAND …    runs COMMAND with that in its environment, stops the servers, exits as COMMAND did
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=conformance/servers/common.sh
. "$here/common.sh"
chancery=${CHANCERY:-$here/../../build/release/chancery}
[ -x "$chancery" ] || { echo "there is no program at $chancery; build it, or name it in CHANCERY" >&2; exit 1; }

open_scratch chancery
read -r acme_port public_port http_port tls_port dns_port dns_management_port < <(free_ports 6)
start_dns "$dns_port" "$dns_management_port"

folder=$scratch/ca
"$chancery" init --dir "$folder" >"$scratch/init.log" 2>&1 || { cat "$scratch/init.log" >&2; exit 1; }
# shellcheck disable=SC2086  (CHANCERY_SETTINGS is a list of words)
"$chancery" serve --config "$folder/chancery.toml" \
  --set listen.acme="127.0.0.1:$acme_port" --set listen.base_url="https://127.0.0.1:$acme_port" \
  --set listen.public="127.0.0.1:$public_port" --set storage.path="$folder/store" \
  --set dns.resolvers="127.0.0.1:$dns_port" --set validation.http_port="$http_port" \
  --set validation.tls_port="$tls_port" --set validation.allow_private_addresses=true \
  ${CHANCERY_SETTINGS:-} >"$scratch/server.log" 2>&1 &
children+=($!)
directory=https://127.0.0.1:$acme_port/acme/directory
wait_for "$directory" "$folder/tls-ca.pem" "$!"

announce chancery "$directory" "$folder/tls-ca.pem" "$folder/root.pem" "$http_port" \
  "http://127.0.0.1:$dns_management_port" "$tls_port"
run_or_wait "$@"

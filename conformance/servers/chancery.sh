#!/usr/bin/env bash
# Starts a fresh Chancery with challtestsrv as its DNS, on free loopback ports. The binary is build/release/chancery, or
# the one that CHANCERY names; more `--set key=value` words may be in CHANCERY_SETTINGS. CHANCERY_CLOCK=-20 makes
# its time begin twenty days ago (moved_clock.cpp); ACME_CLOCK then names the file that moves it on, in seconds.
#   servers/chancery.sh              prints where everything is, and serves until Ctrl-C
#   servers/chancery.sh COMMAND …    runs COMMAND with that in its environment, stops the servers, exits as COMMAND did
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=conformance/servers/common.sh
. "$here/common.sh"
chancery=${CHANCERY:-$here/../../build/release/chancery}
# However the program was named, COMMAND finds it in CHANCERY_PROGRAM alone.
export -n CHANCERY
[ -x "$chancery" ] || { echo "there is no program at $chancery; build it, or name it in CHANCERY" >&2; exit 1; }

open_scratch chancery
if [ -n "${CHANCERY_CLOCK:-}" ]; then
  chancery=$(with_clock "$chancery" "$CHANCERY_CLOCK")
  export ACME_CLOCK=$scratch/clock
fi
read -r acme_port public_port http_port tls_port dns_port dns_management_port < <("$here/../../tests/support/free_ports.py" 6)
start_dns "$dns_port" "$dns_management_port"

folder=$scratch/ca
"$chancery" init --dir "$folder" >"$scratch/init.log" 2>&1 || { cat "$scratch/init.log" >&2; exit 1; }
"$chancery" ca add --dir "$folder" gm --algorithm sm2 >>"$scratch/init.log" 2>&1 || { cat "$scratch/init.log" >&2; exit 1; }
# An alternate chain: the root is cross-signed by another one, whose issuing CA signs nothing itself.
for verb in "add other --algorithm ecdsa-p384" "cross-sign main --by other --crl-url http://crl.chancery.test/other.crl" "retire other"; do
  # shellcheck disable=SC2086
  "$chancery" ca ${verb%% *} --dir "$folder" ${verb#* } >>"$scratch/init.log" 2>&1 || { cat "$scratch/init.log" >&2; exit 1; }
done
directory=https://127.0.0.1:$acme_port/acme/directory
export ACME_GM_DIRECTORY=https://127.0.0.1:$acme_port/acme/p/gm-dv/directory ACME_GM_ROOT=$folder/issuers/gm/root.pem

# With CHANCERY_CT=1: two logs of two operators, one of them of the static-ct API.
ct_list=
if [ "${CHANCERY_CT:-}" = 1 ]; then
  ct_list=$scratch/ct-logs.json
  "$here/../ct_log.py" --root "$folder/root.pem" --list "$ct_list" >"$scratch/ct-logs.log" 2>&1 &
  children+=("$!")
  for _ in $(seq 100); do [ -s "$scratch/ct-logs.log" ] && break; sleep 0.1; done
  export ACME_CT_LIST=$ct_list
fi

serve() {  # more options
  # shellcheck disable=SC2086  (CHANCERY_SETTINGS is a list of words)
  "$chancery" serve --config "$folder/chancery.toml" \
    --set listen.acme="127.0.0.1:$acme_port" --set listen.base_url="https://127.0.0.1:$acme_port" \
    --set listen.public="127.0.0.1:$public_port" --set storage.path="$folder/store" \
    --set dns.resolvers="127.0.0.1:$dns_port" --set validation.http_port="$http_port" \
    --set validation.tls_port="$tls_port" --set validation.allow_private_addresses=true \
    --set acme.terms_of_service="https://127.0.0.1:$acme_port/terms/1" \
    --set acme.caa_identities="chancery.example" --set ocsp.urls_in_certificates=all \
    --set auto_renewal.profiles=dv --set auto_renewal.min_lifetime=6s --set auto_renewal.certificate_get=true \
    ${ct_list:+--set "ct.log_list=$ct_list"} \
    --set acme.rate_limit_help="https://127.0.0.1:$acme_port/limits" ${CHANCERY_SETTINGS:-} "$@" \
    >>"$scratch/server.log" 2>&1 &
  echo $! >"$scratch/server.pid"
}
serve
children+=("$(cat "$scratch/server.pid")")
wait_for "$directory" "$folder/tls-ca.pem" "$(cat "$scratch/server.pid")"

# What checks call to see the same server with another setting, which takes a restart. The setting's new value is the
# argument.
restarter() {  # file, setting
  {
    echo "#!/usr/bin/env bash"
    echo "set -euo pipefail"
    declare -p chancery folder ct_list acme_port public_port dns_port http_port tls_port scratch directory
    declare -f serve curl_once wait_for wait_for_end
    echo 'old=$(cat "$scratch/server.pid"); kill "$old"; wait_for_end "$old"'
    echo "serve --set $2=\"\$1\""
    echo 'wait_for "$directory" "$folder/tls-ca.pem" "$(cat "$scratch/server.pid")"'
  } >"$1"
  chmod +x "$1"
}
restarter "$scratch/change-terms" acme.terms_of_service
restarter "$scratch/require-binding" acme.external_account_required
restarter "$scratch/limit-orders" limits.new_orders_per_account
export ACME_LIMIT_ORDERS=$scratch/limit-orders
# Stop switches work beside the running server.
{
  echo "#!/usr/bin/env bash"
  echo "set -euo pipefail"
  declare -p chancery folder
  echo 'verb=$1; shift'
  echo '"$chancery" "$verb" --config "$folder/chancery.toml" --set storage.path="$folder/store" --reason conformance "$@"'
} >"$scratch/stop"
chmod +x "$scratch/stop"
export ACME_STOP=$scratch/stop
export ACME_CHANGE_TERMS=$scratch/change-terms ACME_REQUIRE_BINDING=$scratch/require-binding

# For what is made at its command line while it runs.
CHANCERY_PROGRAM=$(realpath "$chancery")
export CHANCERY_PROGRAM CHANCERY_WORDS="--config $folder/chancery.toml --set storage.path=$folder/store"

announce chancery "$directory" "$folder/tls-ca.pem" "$folder/root.pem" "$http_port" \
  "http://127.0.0.1:$dns_management_port" "$tls_port"
# Made while the server runs, which is what operators do.
"$chancery" eab create --config "$folder/chancery.toml" --set storage.path="$folder/store" --label conformance \
  >"$scratch/eab.log"
announce_external_key "$(sed -n 's/^Key identifier: //p' "$scratch/eab.log")" \
  "$(sed -n 's/^MAC key: //p' "$scratch/eab.log")"
run_or_wait "$@"

#!/usr/bin/env bash
# Starts Debian's pebble with challtestsrv as its DNS, on free loopback ports.
#   servers/pebble.sh              prints where everything is, and serves until Ctrl-C
#   servers/pebble.sh COMMAND …    runs COMMAND with that in its environment, stops the servers, exits as COMMAND did
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=conformance/servers/common.sh
. "$here/common.sh"

open_scratch pebble
read -r acme_port management_port http_port tls_port dns_port dns_management_port < <("$here/../../tests/support/free_ports.py" 6)
start_dns "$dns_port" "$dns_management_port"

openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 -subj "/CN=pebble test CA" \
  -keyout "$scratch/ca.key" -out "$scratch/ca.pem" 2>/dev/null
openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=localhost" \
  -keyout "$scratch/tls.key" -out "$scratch/tls.csr" 2>/dev/null
printf 'subjectAltName=DNS:localhost,IP:127.0.0.1\nextendedKeyUsage=serverAuth\n' >"$scratch/tls.ext"
openssl x509 -req -in "$scratch/tls.csr" -CA "$scratch/ca.pem" -CAkey "$scratch/ca.key" -CAcreateserial -days 30 \
  -extfile "$scratch/tls.ext" -out "$scratch/tls.pem" 2>/dev/null
external_key=$(openssl rand -base64 64 | tr -d '\n=' | tr '+/' '-_')
cat >"$scratch/pebble.json" <<JSON
{"pebble": {"listenAddress": "127.0.0.1:$acme_port", "managementListenAddress": "127.0.0.1:$management_port",
 "certificate": "$scratch/tls.pem", "privateKey": "$scratch/tls.key", "httpPort": $http_port, "tlsPort": $tls_port,
 "externalAccountBindingRequired": false, "externalAccountMACKeys": {"kid-1": "$external_key"}}}
JSON

# Every authorization is fresh, every nonce counts and nothing sleeps, so that the checks see the protocol alone.
env PEBBLE_VA_NOSLEEP=1 PEBBLE_WFE_NONCEREJECT=0 PEBBLE_AUTHZREUSE=0 \
  pebble -strict -config "$scratch/pebble.json" -dnsserver "127.0.0.1:$dns_port" >"$scratch/server.log" 2>&1 &
children+=($!)
wait_for "https://127.0.0.1:$acme_port/dir" "$scratch/ca.pem" "$!"
curl_once "https://127.0.0.1:$management_port/roots/0" "$scratch/ca.pem" >"$scratch/root.pem"

announce pebble "https://127.0.0.1:$acme_port/dir" "$scratch/ca.pem" "$scratch/root.pem" "$http_port" \
  "http://127.0.0.1:$dns_management_port" "$tls_port"
announce_external_key kid-1 "$external_key"
run_or_wait "$@"

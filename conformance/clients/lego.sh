#!/usr/bin/env bash
# Debian's lego, unmodified: register and issue by http-01, by tls-alpn-01 and a wildcard by dns-01, verify, renew, issue
# for an own request, revoke.
set -uo pipefail
# shellcheck source=conformance/clients/common.sh
. "$(dirname "$0")/common.sh"
needs_packages lego
export LEGO_CA_CERTIFICATES=$ACME_CA
one=lego-one.$domain
two=lego-two.$domain
chain=$scratch/lego/certificates/$one.crt

lego_with() {  # options of lego, then the subcommand with its own
  lego --server "$ACME_DIRECTORY" --accept-tos --email lego@conformance-contact.com --path "$scratch/lego" --http \
    --http.port "127.0.0.1:$ACME_HTTP_PORT" "$@"
}

step lego-issues lego_with --domains "$one" --domains "$two" run
step lego-chain-verifies chain_verifies "$chain" "$one" "$two"
before=$(serial_of "$chain" 2>/dev/null)
step lego-renews lego_with --domains "$one" --domains "$two" renew --days 9999 --no-random-sleep
step lego-renewed-certificate-is-new is_another_certificate "$chain" "$before"
step lego-renewed-chain-verifies chain_verifies "$chain" "$one" "$two"
step lego-issues-for-rsa lego_with --key-type rsa2048 --domains "rsa-$one" run
step lego-rsa-chain-verifies chain_verifies "$scratch/lego/certificates/rsa-$one.crt" "rsa-$one"
openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-384 -nodes -keyout "$scratch/own.key" -out "$scratch/own.csr" \
  -subj "/CN=own-$one" -addext "subjectAltName=DNS:own-$one" 2>/dev/null
step lego-issues-for-an-own-request lego_with --csr "$scratch/own.csr" run
wild=wild-$one
step lego-issues-a-wildcard-by-dns env EXEC_PATH="$dns_hook" lego --server "$ACME_DIRECTORY" --accept-tos \
  --email lego@conformance-contact.com --path "$scratch/lego" --dns exec --dns.disable-cp \
  --dns.resolvers "$ACME_DNS_SERVER" --domains "*.$wild" --domains "$wild" run
step lego-wildcard-chain-verifies chain_verifies "$scratch/lego/certificates/_.$wild.crt" "any.$wild" "$wild"
alpn=alpn-$one
step lego-issues-by-tls-alpn lego --server "$ACME_DIRECTORY" --accept-tos --email lego@conformance-contact.com \
  --path "$scratch/lego" --tls --tls.port "127.0.0.1:$ACME_TLS_PORT" --domains "$alpn" run
step lego-tls-alpn-chain-verifies chain_verifies "$scratch/lego/certificates/$alpn.crt" "$alpn"
step lego-revokes lego_with --domains "$one" revoke --reason 4
finish

#!/usr/bin/env bash
# Debian's lego, unmodified, with an external account (RFC 8555 §7.3.4): a wrong key is refused, the right one binds.
set -uo pipefail
# shellcheck source=conformance/clients/common.sh
. "$(dirname "$0")/common.sh"
needs_packages lego
[ -n "${ACME_EAB_KID:-}" ] || { echo "SKIP lego-eab: there is no external account key"; exit 0; }
export LEGO_CA_CERTIFICATES=$ACME_CA
host=lego-eab.$domain

run_lego() {  # folder, key identifier, MAC key
  lego --server "$ACME_DIRECTORY" --accept-tos --email lego-eab@conformance-contact.com --path "$scratch/$1" --http \
    --http.port "127.0.0.1:$ACME_HTTP_PORT" --eab --kid "$2" --hmac "$3" --domains "$host" run
}

step lego-eab-wrong-mac-key-is-refused refuses run_lego wrong "$ACME_EAB_KID" "$(wrong_mac_key)"
step lego-eab-unknown-key-is-refused refuses run_lego unknown nobody-has-this "$ACME_EAB_HMAC"
step lego-eab-issues run_lego right "$ACME_EAB_KID" "$ACME_EAB_HMAC"
step lego-eab-chain-verifies chain_verifies "$scratch/right/certificates/$host.crt" "$host"
finish

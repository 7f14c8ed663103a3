#!/usr/bin/env bash
# Debian's certbot, unmodified, with an external account (RFC 8555 §7.3.4): a wrong key is refused, the right one binds.
set -uo pipefail
# shellcheck source=conformance/clients/common.sh
. "$(dirname "$0")/common.sh"
needs_packages certbot
[ -n "${ACME_EAB_KID:-}" ] || { echo "SKIP certbot-eab: there is no external account key"; exit 0; }
export REQUESTS_CA_BUNDLE=$ACME_CA
host=certbot-eab.$domain

certbot_does() {  # subcommand and its options
  certbot "$@" --non-interactive --server "$ACME_DIRECTORY" --config-dir "$scratch/config" --work-dir "$scratch/work" \
    --logs-dir "$scratch/logs"
}
register() {  # key identifier, MAC key
  certbot_does register --agree-tos --email certbot@conformance-contact.com --eab-kid "$1" --eab-hmac-key "$2"
}

step certbot-eab-wrong-mac-key-is-refused refuses register "$ACME_EAB_KID" "$(wrong_mac_key)"
step certbot-eab-unknown-key-is-refused refuses register nobody-has-this "$ACME_EAB_HMAC"
step certbot-eab-registers register "$ACME_EAB_KID" "$ACME_EAB_HMAC"
step certbot-eab-issues certbot_does certonly --standalone --http-01-address 127.0.0.1 \
  --http-01-port "$ACME_HTTP_PORT" --domain "$host"
step certbot-eab-chain-verifies chain_verifies "$scratch/config/live/$host/fullchain.pem" "$host"
finish

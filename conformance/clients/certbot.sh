#!/usr/bin/env bash
# Debian's certbot, unmodified: register, issue by http-01 and a wildcard by dns-01, verify, renew, change the contact,
# revoke, deactivate.
set -uo pipefail
# shellcheck source=conformance/clients/common.sh
. "$(dirname "$0")/common.sh"
needs_packages certbot
export REQUESTS_CA_BUNDLE=$ACME_CA
one=certbot-one.$domain
two=certbot-two.$domain
live=$scratch/config/live/$one

certbot_does() {  # subcommand and its options
  certbot "$@" --non-interactive --server "$ACME_DIRECTORY" --config-dir "$scratch/config" --work-dir "$scratch/work" \
    --logs-dir "$scratch/logs"
}
obtain() {  # options
  certbot_does certonly --standalone --http-01-address 127.0.0.1 --http-01-port "$ACME_HTTP_PORT" "$@"
}

step certbot-registers certbot_does register --agree-tos --email certbot@conformance-contact.com
step certbot-issues obtain --domain "$one" --domain "$two" --key-type ecdsa
step certbot-chain-verifies chain_verifies "$live/fullchain.pem" "$one" "$two"
before=$(serial_of "$live/fullchain.pem" 2>/dev/null)
step certbot-renews certbot_does renew --force-renewal --no-random-sleep-on-renew --cert-name "$one"
step certbot-renewed-certificate-is-new is_another_certificate "$live/fullchain.pem" "$before"
step certbot-renewed-chain-verifies chain_verifies "$live/fullchain.pem" "$one" "$two"
step certbot-issues-for-rsa obtain --domain "rsa-$one" --key-type rsa --rsa-key-size 2048
step certbot-rsa-chain-verifies chain_verifies "$scratch/config/live/rsa-$one/fullchain.pem" "rsa-$one"
wild=wild-$one
step certbot-issues-a-wildcard-by-dns certbot_does certonly --manual --preferred-challenges dns \
  --manual-auth-hook "$dns_hook present _acme-challenge.\$CERTBOT_DOMAIN. \$CERTBOT_VALIDATION" \
  --manual-cleanup-hook "$dns_hook cleanup _acme-challenge.\$CERTBOT_DOMAIN. \$CERTBOT_VALIDATION" \
  --domain "*.$wild" --domain "$wild"
step certbot-wildcard-chain-verifies chain_verifies "$scratch/config/live/$wild/fullchain.pem" "any.$wild" "$wild"
step certbot-updates-its-account certbot_does update_account --email other@conformance-contact.com
step certbot-revokes certbot_does revoke --cert-path "$live/cert.pem" --reason superseded --no-delete-after-revoke
step certbot-revokes-by-certificate-key certbot_does revoke --cert-path "$scratch/config/live/rsa-$one/cert.pem" \
  --key-path "$scratch/config/live/rsa-$one/privkey.pem" --reason keycompromise --no-delete-after-revoke
step certbot-deactivates-its-account certbot_does unregister
finish

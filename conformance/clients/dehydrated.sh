#!/usr/bin/env bash
# Debian's dehydrated, unmodified: register, issue by http-01, by tls-alpn-01 and a wildcard by dns-01, verify, renew,
# sign an own request, change the contact, revoke, deactivate; registration and issuance with an external account.
set -uo pipefail
# shellcheck source=conformance/clients/common.sh
. "$(dirname "$0")/common.sh"
needs_packages dehydrated
serve_webroot
one=dehydrated-one.$domain
two=dehydrated-two.$domain
wild=wild-$one

export dns_hook
cat >"$scratch/hook" <<'HOOK'
#!/bin/sh
# Arguments: what happens, name, token, what to publish.
case $1 in
  deploy_challenge) exec "$dns_hook" present "_acme-challenge.$2." "$4" ;;
  clean_challenge) exec "$dns_hook" cleanup "_acme-challenge.$2." "$4" ;;
esac
HOOK
chmod +x "$scratch/hook"

configure() {  # folder, more settings
  mkdir -p "$scratch/$1"
  printf '%s\n' "CA=$ACME_DIRECTORY" "CURL_OPTS='--cacert $ACME_CA'" "BASEDIR=$scratch/$1" "WELLKNOWN=$challenges" \
    KEYSIZE=2048 "${@:2}" >"$scratch/$1/config"
}
dehydrated_in() {  # folder, options
  dehydrated --config "$scratch/$1/config" "${@:2}"
}
dehydrated_does() { dehydrated_in ca "$@"; }
certs=$scratch/ca/certs

configure ca CONTACT_EMAIL=dehydrated@conformance-contact.com
step dehydrated-registers dehydrated_does --register --accept-terms
step dehydrated-issues dehydrated_does --cron --domain "$one $two"
step dehydrated-chain-verifies chain_verifies "$certs/$one/fullchain.pem" "$one" "$two"
before=$(serial_of "$certs/$one/fullchain.pem" 2>/dev/null)
step dehydrated-renews dehydrated_does --cron --force --force-validation --domain "$one $two"
step dehydrated-renewed-certificate-is-new is_another_certificate "$certs/$one/fullchain.pem" "$before"
step dehydrated-renewed-chain-verifies chain_verifies "$certs/$one/fullchain.pem" "$one" "$two"
step dehydrated-issues-for-rsa dehydrated_does --cron --algo rsa --domain "rsa-$one"
step dehydrated-rsa-chain-verifies chain_verifies "$certs/rsa-$one/fullchain.pem" "rsa-$one"
step dehydrated-writes-a-request request "$scratch/own" "own-$one"
sign_own_request() { dehydrated_does --signcsr "$scratch/own.csr" --full-chain >"$scratch/own.pem"; }
step dehydrated-signs-an-own-request sign_own_request
step dehydrated-own-request-chain-verifies chain_verifies "$scratch/own.pem" "own-$one"
step dehydrated-issues-a-wildcard-by-dns dehydrated_does --cron --challenge dns-01 --hook "$scratch/hook" \
  --alias wild --domain "*.$wild $wild"
step dehydrated-wildcard-chain-verifies chain_verifies "$certs/wild/fullchain.pem" "any.$wild" "$wild"
serve_alpn
step dehydrated-issues-by-tls-alpn dehydrated_does --cron --challenge tls-alpn-01 --alpn "$alpn_folder" \
  --domain "alpn-$one"
step dehydrated-tls-alpn-chain-verifies chain_verifies "$certs/alpn-$one/fullchain.pem" "alpn-$one"
configure ca CONTACT_EMAIL=other@conformance-contact.com
step dehydrated-updates-its-account dehydrated_does --account
step dehydrated-revokes dehydrated_does --revoke "$certs/$one/cert.pem"
step dehydrated-deactivates-its-account dehydrated_does --deactivate

if [ -z "${ACME_EAB_KID:-}" ]; then
  skip "there is no external account key" eab
else
  external() { configure "$1" CONTACT_EMAIL=eab@conformance-contact.com "EAB_KID=$2" "EAB_HMAC_KEY=$3"; }
  external wrong "$ACME_EAB_KID" "$(wrong_mac_key)"
  external unknown nobody-has-this "$ACME_EAB_HMAC"
  external bound "$ACME_EAB_KID" "$ACME_EAB_HMAC"
  step dehydrated-eab-wrong-mac-key-is-refused refuses dehydrated_in wrong --register --accept-terms
  step dehydrated-eab-unknown-key-is-refused refuses dehydrated_in unknown --register --accept-terms
  step dehydrated-eab-registers dehydrated_in bound --register --accept-terms
  step dehydrated-eab-issues dehydrated_in bound --cron --domain "eab-$one"
  step dehydrated-eab-chain-verifies chain_verifies "$scratch/bound/certs/eab-$one/fullchain.pem" "eab-$one"
fi
finish

#!/usr/bin/env bash
# Debian's uacme, unmodified: register, change the contact and the account's key, issue by http-01, by tls-alpn-01 with
# its ualpn and a wildcard by dns-01, verify, reissue, issue for an own request, revoke, deactivate; the same account work
# with an external account.
set -uo pipefail
# shellcheck source=conformance/clients/common.sh
. "$(dirname "$0")/common.sh"
needs_packages uacme
trusting true 2>/dev/null || { skip "unshare cannot give it a system that trusts the server"; exit 0; }
serve_webroot
one=uacme-one.$domain
two=uacme-two.$domain
wild=wild-$one

export dns_hook
cat >"$scratch/hook" <<'HOOK'
#!/bin/sh
# Arguments: what happens, challenge, name, token, what to publish. A challenge is declined by failing at its beginning.
[ "$2" = "$challenge" ] || exit 1
case $2:$1 in
  http-01:begin) printf '%s' "$5" >"$challenges/$4" ;;
  http-01:*) rm -f "$challenges/$4" ;;
  dns-01:begin) exec "$dns_hook" present "_acme-challenge.$3." "$5" ;;
  dns-01:*) exec "$dns_hook" cleanup "_acme-challenge.$3." "$5" ;;
  tls-alpn-01:begin) [ "$(echo "auth $3 $5" | ualpn --sock "$ualpn_socket")" = OK ] ;;
  tls-alpn-01:*) echo "unauth $3" | ualpn --sock "$ualpn_socket" ;;
esac
HOOK
chmod +x "$scratch/hook"

uacme_in() {  # folder, then options and the subcommand with its own
  local folder=$1
  shift
  trusting uacme --verbose --confdir "$scratch/$folder" --acme-url "$ACME_DIRECTORY" --yes --hook "$scratch/hook" "$@"
}
uacme_with() { uacme_in uacme "$@"; }
start_ualpn() {  # the TLS server that comes with it; others than validations would be handed on to a server behind it
  ualpn --sock "$ualpn_socket" --pidfile "$scratch/ualpn.pid" --bind "127.0.0.1@$ACME_TLS_PORT" \
    --connect "127.0.0.1@$ACME_HTTP_PORT" --num-workers 1 --logfile "$scratch/ualpn.log" &
  background+=($!)
  wait_until port_answers "$ACME_TLS_PORT" || { cat "$scratch/ualpn.log"; return 1; }
}
account_key=$scratch/uacme/private/key.pem
cert=$scratch/uacme/$one/cert.pem
export challenge=http-01 ualpn_socket=$scratch/ualpn.sock

step uacme-registers uacme_with --type EC new uacme@conformance-contact.com
step uacme-issues uacme_with issue "$one" "$two"
step uacme-chain-verifies chain_verifies "$cert" "$one" "$two"
before=$(serial_of "$cert" 2>/dev/null)
step uacme-renews uacme_with --force issue "$one" "$two"
step uacme-renewed-certificate-is-new is_another_certificate "$cert" "$before"
step uacme-renewed-chain-verifies chain_verifies "$cert" "$one" "$two"
step uacme-issues-for-p384 uacme_with --type EC --bits 384 issue "ec-$one"
step uacme-p384-chain-verifies chain_verifies "$scratch/uacme/ec-$one/cert.pem" "ec-$one"
step uacme-writes-a-request request "$scratch/own" "own-$one"
step uacme-issues-for-an-own-request uacme_with issue "$scratch/own.csr"
step uacme-own-request-chain-verifies chain_verifies "$scratch/own-cert.pem" "own-$one"
challenge=dns-01
step uacme-issues-a-wildcard-by-dns uacme_with issue "*.$wild" "$wild"
challenge=http-01
step uacme-wildcard-chain-verifies chain_verifies "$scratch/uacme/$wild/cert.pem" "any.$wild" "$wild"
challenge=tls-alpn-01
step uacme-ualpn-starts start_ualpn
step uacme-issues-by-tls-alpn uacme_with issue "alpn-$one"
challenge=http-01
step uacme-tls-alpn-chain-verifies chain_verifies "$scratch/uacme/alpn-$one/cert.pem" "alpn-$one"
step uacme-updates-its-account uacme_with update other@conformance-contact.com
old_key=$(key_of "$account_key" 2>/dev/null)
step uacme-changes-its-key uacme_with --type EC newkey
step uacme-key-is-new is_another_key "$account_key" "$old_key"
step uacme-issues-with-the-new-key uacme_with --force issue "$one" "$two"
step uacme-revokes uacme_with --reason 4 revoke "$cert"
step uacme-revokes-by-certificate-key uacme_with --reason 1 revoke "$scratch/uacme/ec-$one/cert.pem" \
  "$scratch/uacme/private/ec-$one/key.pem"
step uacme-deactivates-its-account uacme_with deactivate
step uacme-deactivated-account-is-refused refuses uacme_with issue "late-$one"

if [ -z "${ACME_EAB_KID:-}" ]; then
  skip "there is no external account key" eab
else
  step uacme-eab-wrong-mac-key-is-refused refuses uacme_in wrong --eab "$ACME_EAB_KID:$(wrong_mac_key)" new
  step uacme-eab-unknown-key-is-refused refuses uacme_in unknown --eab "nobody-has-this:$ACME_EAB_HMAC" new
  step uacme-eab-registers uacme_in bound --eab "$ACME_EAB_KID:$ACME_EAB_HMAC" new uacme-eab@conformance-contact.com
  step uacme-eab-issues uacme_in bound issue "eab-$one"
  step uacme-eab-chain-verifies chain_verifies "$scratch/bound/eab-$one/cert.pem" "eab-$one"
fi
finish

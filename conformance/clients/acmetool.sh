#!/usr/bin/env bash
# Debian's acmetool, unmodified: register, issue by http-01 and a wildcard by dns-01, verify, issue anew for
# more names.
set -uo pipefail
# shellcheck source=conformance/clients/common.sh
. "$(dirname "$0")/common.sh"
needs_packages acmetool
serve_webroot
export SSL_CERT_FILE=$ACME_CA dns_hook
one=acmetool-one.$domain
two=acmetool-two.$domain
three=acmetool-three.$domain
wild=wild-$one
state=$scratch/state

mkdir -p "$state/conf" "$state/desired" "$scratch/hooks"
terms() {  # the question about the terms of service names them
  /usr/bin/python3 -c 'import json, os, ssl, urllib.request as u
trust = ssl.create_default_context(cafile=os.environ["ACME_CA"])
print(json.load(u.urlopen(os.environ["ACME_DIRECTORY"], context=trust))["meta"].get("termsOfService", ""))'
}
cat >"$state/conf/responses" <<YAML
"acme-enter-email": "acmetool@conformance-contact.com"
"acme-agreement:$(terms)": true
YAML
cat >"$state/conf/target" <<YAML
request:
  provider: $ACME_DIRECTORY
  key:
    type: ecdsa
  challenge:
    webroot-paths: [$challenges]
    http-self-test: false
YAML
cat >"$scratch/hooks/dns" <<'HOOK'
#!/bin/sh
# Arguments: event, name, target, what to publish. 42 means that the event is of no interest.
case $1 in
  challenge-dns-start) exec "$dns_hook" present "_acme-challenge.$2." "$4" ;;
  challenge-dns-stop) exec "$dns_hook" cleanup "_acme-challenge.$2." "$4" ;;
  *) exit 42 ;;
esac
HOOK
chmod +x "$scratch/hooks/dns"
acmetool_does() { acmetool --state "$state" --hooks "$scratch/hooks" --batch "$@"; }
want() {  # file, more of its target, names …
  printf 'satisfy:\n  names: [%s]\n%b' "$(printf '"%s",' "${@:3}")" "$2" >"$state/desired/$1"
  acmetool_does reconcile
}
chain=$state/live/$one/fullchain

step acmetool-issues want "$one" "" "$one" "$two"
step acmetool-chain-verifies chain_verifies "$chain" "$one" "$two"
before=$(serial_of "$chain" 2>/dev/null)
step acmetool-issues-for-more-names want "$one" "" "$one" "$two" "$three"
step acmetool-certificate-is-new is_another_certificate "$chain" "$before"
step acmetool-new-chain-verifies chain_verifies "$chain" "$one" "$two" "$three"
step acmetool-issues-for-rsa want "rsa-$one" "request:\n  key: {type: rsa}\n" "rsa-$one"
step acmetool-rsa-chain-verifies chain_verifies "$state/live/rsa-$one/fullchain" "rsa-$one"
step acmetool-issues-a-wildcard-by-dns want "$wild" "" "*.$wild" "$wild"
step acmetool-wildcard-chain-verifies chain_verifies "$state/live/$wild/fullchain" "any.$wild" "$wild"
finish

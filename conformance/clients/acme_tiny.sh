#!/usr/bin/env bash
# Debian's acme-tiny, unmodified: register and issue by http-01 for own requests, verify, reissue, change the contact.
set -uo pipefail
# shellcheck source=conformance/clients/common.sh
. "$(dirname "$0")/common.sh"
needs_packages acme-tiny
serve_webroot
export SSL_CERT_FILE=$ACME_CA
one=acme-tiny-one.$domain
two=acme-tiny-two.$domain

# The check that it can leave out asks for the challenge at the name itself, which only the server's DNS knows.
issue() {  # file without suffix, contact
  acme-tiny --account-key "$scratch/account.key" --csr "$1.csr" --acme-dir "$challenges" --disable-check \
    --directory-url "$ACME_DIRECTORY" --contact "mailto:$2@conformance-contact.com" >"$1.pem"
}

step acme-tiny-has-an-account-key openssl genrsa -out "$scratch/account.key" 2048
step acme-tiny-has-a-request request "$scratch/one" "$one" "$two"
step acme-tiny-issues issue "$scratch/one" acme-tiny
step acme-tiny-chain-verifies chain_verifies "$scratch/one.pem" "$one" "$two"
before=$(serial_of "$scratch/one.pem" 2>/dev/null)
step acme-tiny-renews-with-another-contact issue "$scratch/one" other
step acme-tiny-renewed-certificate-is-new is_another_certificate "$scratch/one.pem" "$before"
step acme-tiny-renewed-chain-verifies chain_verifies "$scratch/one.pem" "$one" "$two"
openssl req -new -newkey rsa:2048 -nodes -keyout "$scratch/rsa.key" -out "$scratch/rsa.csr" \
  -subj "/CN=rsa-$one" 2>/dev/null  # the name only as a common name, which acme-tiny reads too
step acme-tiny-issues-for-a-common-name issue "$scratch/rsa" acme-tiny
step acme-tiny-common-name-chain-verifies chain_verifies "$scratch/rsa.pem" "rsa-$one"
finish

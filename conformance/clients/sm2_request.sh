#!/usr/bin/env bash
# Debian's acme-tiny and dehydrated, unmodified, with SM2 requests that openssl wrote: the directory of the profile gm-dv
# leads to the SM2 hierarchy, and openssl verifies each certificate of the chain with the standard's identifier.
set -uo pipefail
# shellcheck source=conformance/clients/common.sh
. "$(dirname "$0")/common.sh"
needs_packages acme-tiny dehydrated
[ -n "${ACME_GM_DIRECTORY:-}" ] || { skip "the server has no SM2 issuer"; exit 0; }
serve_webroot
export SSL_CERT_FILE=$ACME_CA
one=sm2-one.$domain
two=sm2-two.$domain
identifier=distid:1234567812345678  # GB/T 32918.2 without another agreement

sm2_request() {  # file without suffix, name
  openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:SM2 -out "$1.key" &&
    openssl req -new -key "$1.key" -sm3 -sigopt "$identifier" -subj / -addext "subjectAltName=DNS:$2" -out "$1.csr"
}
# openssl gives the identifier to the certificate that it is asked about, not to those above it: each is asked about.
sm2_chain_verifies() {  # leaf with chain
  awk -v file="$1" '/-BEGIN CERTIFICATE-/ { inside = 1; ++n } inside { print >(file "-" n) } /-END/ { inside = 0 }' "$1" &&
    openssl verify -vfyopt "$identifier" -partial_chain -trusted "$1-2" "$1-1" &&
    openssl verify -vfyopt "$identifier" -CAfile "$ACME_GM_ROOT" "$1-2"
}
is_signed_with_sm3() { openssl x509 -in "$1" -noout -text | grep -q "Signature Algorithm: SM2-with-SM3"; }
acme_tiny() {
  acme-tiny --account-key "$scratch/account.key" --csr "$scratch/one.csr" --acme-dir "$challenges" --disable-check \
    --directory-url "$ACME_GM_DIRECTORY" >"$scratch/one.pem"
}
dehydrated_signs() {
  dehydrated --config "$scratch/config" --signcsr "$scratch/two.csr" --full-chain >"$scratch/two.pem"
}
printf '%s\n' "CA=$ACME_GM_DIRECTORY" "CURL_OPTS='--cacert $ACME_CA'" "BASEDIR=$scratch" "WELLKNOWN=$challenges" \
  >"$scratch/config"

step sm2-has-an-account-key openssl genrsa -out "$scratch/account.key" 2048
step sm2-has-a-request sm2_request "$scratch/one" "$one"
step sm2-acme-tiny-issues acme_tiny
step sm2-acme-tiny-certificate-has-sm3 is_signed_with_sm3 "$scratch/one.pem"
step sm2-acme-tiny-chain-verifies sm2_chain_verifies "$scratch/one.pem"
step sm2-has-another-request sm2_request "$scratch/two" "$two"
step sm2-dehydrated-registers dehydrated --config "$scratch/config" --register --accept-terms
step sm2-dehydrated-signs-a-request dehydrated_signs
step sm2-dehydrated-chain-verifies sm2_chain_verifies "$scratch/two.pem"
step sm2-writes-a-request-on-p256 request "$scratch/one" "$one"
step sm2-request-on-p256-is-refused refuses acme_tiny
finish

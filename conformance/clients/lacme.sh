#!/usr/bin/env bash
# Debian's lacme with its own challenge server and account daemon, unmodified: register, issue by http-01, verify,
# renew, issue for RSA, change the contact, revoke.
set -uo pipefail
# shellcheck source=conformance/clients/common.sh
. "$(dirname "$0")/common.sh"
export PATH=$PATH:/usr/sbin
needs_packages lacme lacme-accountd libcrypt-openssl-rsa-perl
trusting true 2>/dev/null || { skip "unshare cannot give it a system that trusts the server"; exit 0; }
one=lacme-one.$domain
two=lacme-two.$domain

# It would become other users for each part; this way it also runs for someone who is not root.
cat >"$scratch/lacme.conf" <<CONF
config-certs = certs.conf
[client]
server = $ACME_DIRECTORY
user =
group =
[webserver]
listen = 127.0.0.1:$ACME_HTTP_PORT
user =
group =
[accountd]
config = $scratch/accountd.conf
CONF
echo "privkey = file:$scratch/account.key" >"$scratch/accountd.conf"
certificate() {  # name, more names
  printf '[%s]\ncertificate-key = %s\ncertificate-chain = %s\nCAfile = %s\nsubject = /CN=%s\nsubjectAltName = %s\n' \
    "$1" "$scratch/$1.key" "$scratch/$1.pem" "$ACME_ROOT" "$1" "$(printf 'DNS:%s,' "$@" | sed 's/,$//')"
}
{ certificate "$one" "$two"; certificate "rsa-$one"; } >"$scratch/certs.conf"
lacme_does() { trusting lacme --config "$scratch/lacme.conf" "$@"; }

step lacme-has-an-account-key openssl genrsa -out "$scratch/account.key" 2048
step lacme-has-a-key openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$scratch/$one.key"
step lacme-has-an-rsa-key openssl genrsa -out "$scratch/rsa-$one.key" 2048
step lacme-registers lacme_does account --register --tos-agreed mailto:lacme@conformance-contact.com
step lacme-issues lacme_does newOrder "$one"
step lacme-chain-verifies chain_verifies "$scratch/$one.pem" "$one" "$two"
before=$(serial_of "$scratch/$one.pem" 2>/dev/null)
step lacme-renews lacme_does newOrder --force "$one"
step lacme-renewed-certificate-is-new is_another_certificate "$scratch/$one.pem" "$before"
step lacme-renewed-chain-verifies chain_verifies "$scratch/$one.pem" "$one" "$two"
step lacme-issues-for-rsa lacme_does newOrder "rsa-$one"
step lacme-rsa-chain-verifies chain_verifies "$scratch/rsa-$one.pem" "rsa-$one"
step lacme-updates-its-account lacme_does account mailto:other@conformance-contact.com
step lacme-revokes lacme_does revokeCert "$scratch/$one.pem"
finish

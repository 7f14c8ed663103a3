#!/usr/bin/env bash
# Debian's Apache with mod_md, unmodified: it obtains certificates by http-01, by tls-alpn-01 and a wildcard by dns-01
# while it runs, takes them into use when it is told to reload, obtains a new one for more names, renews, and uses an
# external account.
set -uo pipefail
# shellcheck source=conformance/clients/common.sh
. "$(dirname "$0")/common.sh"
export PATH=$PATH:/usr/sbin
needs_packages apache2-bin
one=apache-one.$domain
two=apache-two.$domain
three=apache-three.$domain
rsa=apache-rsa.$domain
wild=apache-wild.$domain
alpn=apache-alpn.$domain

# Its children are another user, who must be able to read all this.
chmod 755 "$scratch"
install -m 644 "$ACME_CA" "$scratch/ca.pem"
install -m 755 "$dns_hook" "$scratch/dns_hook"
cat >"$scratch/dns01" <<HOOK
#!/bin/sh
# Arguments: setup or teardown, name, what to publish. Apache clears the environment.
ACME_DNS_MANAGEMENT=$ACME_DNS_MANAGEMENT
export ACME_DNS_MANAGEMENT
case \$1 in
  setup) exec "$scratch/dns_hook" present "_acme-challenge.\$2." "\$3" ;;
  teardown) exec "$scratch/dns_hook" cleanup "_acme-challenge.\$2." "" ;;
esac
HOOK
chmod 755 "$scratch/dns01"

configure() {  # folder of the state, more directives …
  mkdir -p "$scratch/$1"
  chmod 755 "$scratch/$1"
  local modules=/usr/lib/apache2/modules
  {
    printf '%s\n' "ServerRoot $scratch/$1" "PidFile apache.pid" "ErrorLog error.log" "LogLevel warn md:debug" \
      "LoadModule mpm_event_module $modules/mod_mpm_event.so" \
      "LoadModule authz_core_module $modules/mod_authz_core.so" \
      "LoadModule socache_shmcb_module $modules/mod_socache_shmcb.so" "LoadModule ssl_module $modules/mod_ssl.so" \
      "LoadModule md_module $modules/mod_md.so" "Listen 127.0.0.1:$ACME_HTTP_PORT" \
      "Listen 127.0.0.1:$ACME_TLS_PORT" "Protocols http/1.1 acme-tls/1" "User www-data" "Group www-data" \
      "ServerName localhost" "DefaultRuntimeDir $scratch/$1" "MDStoreDir $scratch/$1/md" \
      "MDPortMap 80:$ACME_HTTP_PORT 443:$ACME_TLS_PORT" \
      "MDCertificateAuthority $ACME_DIRECTORY" "MDCACertificateFile $scratch/ca.pem" "MDCertificateAgreement accepted" \
      "MDContactEmail apache@conformance-contact.com" "MDCAChallenges http-01" "MDRenewMode always" "MDStapling off" \
      "MDPrivateKeys secp256r1" "MDRetryDelay 5s" "${@:2}"
  } >"$scratch/$1.conf"
}
hosts() {  # directives of the managed domain, names …: it and its virtual host
  printf '<MDomainSet %s>\n%s\n</MDomainSet>\n<VirtualHost *:%s>\nServerName %s\n' "${*:2}" "$1" "$ACME_HTTP_PORT" \
    "${2#\*.}"
  for name in "${@:3}"; do printf 'ServerAlias %s\n' "$name"; done
  printf '</VirtualHost>\n'
}
tls_host() {  # name: a managed domain that is proven by tls-alpn-01, and its virtual host
  printf '<MDomainSet %s>\nMDCAChallenges tls-alpn-01\n</MDomainSet>\n' "$1"
  printf '<VirtualHost *:%s>\nServerName %s\nSSLEngine on\n</VirtualHost>\n' "$ACME_TLS_PORT" "$1"
}
apache() { apache2 -f "$scratch/$1.conf" "${@:2}"; }  # folder of the state, options
running=
start() {  # folder of the state
  ! port_answers "$ACME_HTTP_PORT" || { echo "something else is at port $ACME_HTTP_PORT"; return 1; }
  apache2 -f "$scratch/$1.conf" -D FOREGROUND >"$scratch/$1.out" 2>&1 &
  background+=($!)
  running=$1
  wait_until port_answers "$ACME_HTTP_PORT" || { cat "$scratch/$1.out"; return 1; }
}
stop() {
  kill "${background[-1]}" 2>/dev/null && wait "${background[-1]}"
  unset 'background[-1]'
}
chain() { find "$scratch/$running/md/$1/$2" -name 'pubcert*.pem' 2>/dev/null | head -n 1; }  # staging or domains, name
is_staged() { grep -qs '"finished": true' "$scratch/$running/md/staging/$1/job.json"; }
is_in_use() { [ -n "$(chain domains "$1")" ] && [ ! -d "$scratch/$running/md/staging/$1" ]; }
obtains() {  # names that managed domains begin with
  local name
  for name in "$@"; do
    wait_until is_staged "$name" || { tail -n 3 "$scratch/$running/error.log"; return 1; }
  done
  apache "$running" -k graceful
  for name in "$@"; do wait_until is_in_use "$name" || return 1; done
}
verifies() { chain_verifies "$(chain domains "$1")" "${@:2}"; }  # managed domain, names …

others=("$(hosts "MDPrivateKeys rsa2048" "$rsa")" "$(hosts "MDCAChallenges dns-01" "$wild" "*.$wild")"
  "MDChallengeDns01 $scratch/dns01" "$(tls_host "$alpn")")
configure state "$(hosts "" "$one" "$two")" "${others[@]}"
step apache-md-starts start state
step apache-md-issues obtains "$one" "$rsa" "$wild" "$alpn"
step apache-md-chain-verifies verifies "$one" "$one" "$two"
step apache-md-rsa-chain-verifies verifies "$rsa" "$rsa"
step apache-md-wildcard-by-dns-chain-verifies verifies "$wild" "any.$wild" "$wild"
step apache-md-tls-alpn-chain-verifies verifies "$alpn" "$alpn"
before=$(serial_of "$(chain domains "$one")" 2>/dev/null)
configure state "$(hosts "" "$one" "$two" "$three")" "${others[@]}"
step apache-md-learns-of-more-names apache state -k graceful
step apache-md-issues-for-more-names obtains "$one"
step apache-md-certificate-is-new is_another_certificate "$(chain domains "$one")" "$before"
step apache-md-new-chain-verifies verifies "$one" "$one" "$two" "$three"
before=$(serial_of "$(chain domains "$one")" 2>/dev/null)
# All of its life is time to renew, of the next one too: what it obtained is in use before it is renewed again.
configure state "$(hosts "MDRenewWindow 100d" "$one" "$two" "$three")" "${others[@]}"
renews() {  # name, serial before
  apache "$running" -k graceful
  wait_until is_staged "$1" || { tail -n 3 "$scratch/$running/error.log"; return 1; }
  apache "$running" -k graceful
  wait_until is_another_certificate "$(chain domains "$1")" "$2"
}
step apache-md-renews renews "$one" "$before"
step apache-md-renewed-chain-verifies verifies "$one" "$one" "$two" "$three"
stop

if [ -z "${ACME_EAB_KID:-}" ]; then
  skip "there is no external account key" eab
else
  external() {  # folder of the state, key identifier, MAC key
    configure "$1" "MDExternalAccountBinding $2 $3" "$(hosts "" "eab-$one")"
  }
  is_refused() {  # folder of the state: the server says no and there is no certificate
    start "$1" || return 1
    wait_until grep -q 'urn:ietf:params:acme:error:' "$scratch/$1/error.log"
    local outcome=$?
    ! is_staged "eab-$one" || outcome=1
    stop
    return "$outcome"
  }
  external wrong "$ACME_EAB_KID" "$(wrong_mac_key)"
  external unknown nobody-has-this "$ACME_EAB_HMAC"
  external bound "$ACME_EAB_KID" "$ACME_EAB_HMAC"
  step apache-md-eab-wrong-mac-key-is-refused is_refused wrong
  step apache-md-eab-unknown-key-is-refused is_refused unknown
  step apache-md-eab-starts start bound
  step apache-md-eab-issues obtains "eab-$one"
  step apache-md-eab-chain-verifies verifies "eab-$one" "eab-$one"
fi
finish

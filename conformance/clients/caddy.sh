#!/usr/bin/env bash
# Debian's Caddy, unmodified: it obtains certificates by http-01 for P-256 and RSA keys and by tls-alpn-01 as it
# starts, renews as it starts again, and uses an external account.
set -uo pipefail
# shellcheck source=conformance/clients/common.sh
. "$(dirname "$0")/common.sh"
needs_packages caddy
one=caddy-one.$domain
two=caddy-two.$domain
rsa=caddy-rsa.$domain
export HOME=$scratch XDG_DATA_HOME=$scratch XDG_CONFIG_HOME=$scratch

automation() {  # key type, more of the issuer, more of the policy, names …: a policy
  printf '{"subjects": [%s], "key_type": "%s", %s "issuers": [{"module": "acme", "ca": "%s", %s
    "email": "caddy@conformance-contact.com", "trusted_roots_pem_files": ["%s"], "challenges": {"bind_host": "127.0.0.1",
    %s}}]}' "$(names "${@:4}")" "$1" "$3" "$ACME_DIRECTORY" "$2" "$ACME_CA" "$challenges"
}
by_http="\"http\": {\"alternate_port\": $ACME_HTTP_PORT}, \"tls-alpn\": {\"disabled\": true}"
by_tls_alpn="\"tls-alpn\": {\"alternate_port\": $ACME_TLS_PORT}, \"http\": {\"disabled\": true}"
challenges=$by_http  # of the next policies
names() { printf '"%s",' "$@" | sed 's/,$//'; }
configure() {  # folder of the state, names, policies
  printf '{"admin": {"disabled": true}, "logging": {"logs": {"default": {"level": "DEBUG"}}}, "storage":
    {"module": "file_system", "root": "%s"}, "apps": {"tls": {"certificates": {"automate": [%s]}, "automation":
    {"policies": [%s]}}}}' "$scratch/$1" "$2" "$3" >"$scratch/$1.json"
}
start() {  # folder of the state
  caddy run --config "$scratch/$1.json" >"$scratch/$1.log" 2>&1 &
  background+=($!)
}
stop() {
  kill "${background[-1]}" && wait "${background[-1]}"
  unset 'background[-1]'
}
chain_of() { find "$scratch/$1" -name "$2.crt" 2>/dev/null | head -n 1; }  # folder of the state, name
obtains() {  # folder of the state, names …
  local folder=$1 name good=0
  shift
  start "$folder"
  for name in "$@"; do
    wait_until has_chain "$folder" "$name" || { tail -n 3 "$scratch/$folder.log" && good=1; }
  done
  stop
  return "$good"
}
has_chain() { [ -n "$(chain_of "$1" "$2")" ]; }
renews() {  # folder of the state, name, serial before
  start "$1"
  wait_until is_another_certificate "$(chain_of "$1" "$2")" "$3"
  local outcome=$?
  stop
  return "$outcome"
}
verifies() { chain_verifies "$(chain_of "$1" "$2")" "$2"; }  # folder of the state, name

wanted=$(names "$one" "$two" "$rsa")
configure state "$wanted" "$(automation p256 "" "" "$one" "$two"), $(automation rsa2048 "" "" "$rsa")"
step caddy-issues obtains state "$one" "$two" "$rsa"
step caddy-chain-verifies verifies state "$one"
step caddy-second-chain-verifies verifies state "$two"
step caddy-rsa-chain-verifies verifies state "$rsa"
before=$(serial_of "$(chain_of state "$one")" 2>/dev/null)
# All of its life is time to renew.
configure state "$(names "$one")" "$(automation p256 "" '"renewal_window_ratio": 1,' "$one")"
step caddy-renews renews state "$one" "$before"
step caddy-renewed-chain-verifies verifies state "$one"

challenges=$by_tls_alpn
configure alpn "$(names "alpn-$one")" "$(automation p256 "" "" "alpn-$one")"
challenges=$by_http
step caddy-issues-by-tls-alpn obtains alpn "alpn-$one"
step caddy-tls-alpn-chain-verifies verifies alpn "alpn-$one"

if [ -z "${ACME_EAB_KID:-}" ]; then
  skip "there is no external account key" eab
else
  external() {  # folder of the state, key identifier, MAC key
    configure "$1" "$(names "eab-$one")" \
      "$(automation p256 "\"external_account\": {\"key_id\": \"$2\", \"mac_key\": \"$3\"}," "" "eab-$one")"
  }
  is_refused() {  # folder of the state: the server says no and there is no certificate
    start "$1"
    wait_until grep -q 'HTTP 4.*urn:ietf:params:acme:error:' "$scratch/$1.log"
    local outcome=$?
    stop
    [ "$outcome" -eq 0 ] && ! has_chain "$1" "eab-$one"
  }
  external wrong "$ACME_EAB_KID" "$(wrong_mac_key)"
  external unknown nobody-has-this "$ACME_EAB_HMAC"
  external bound "$ACME_EAB_KID" "$ACME_EAB_HMAC"
  step caddy-eab-wrong-mac-key-is-refused is_refused wrong
  step caddy-eab-unknown-key-is-refused is_refused unknown
  step caddy-eab-issues obtains bound "eab-$one"
  step caddy-eab-chain-verifies verifies bound "eab-$one"
fi
finish

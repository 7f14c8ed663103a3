# shellcheck shell=bash disable=SC2154
# The steps for clients that are libraries. Each has a driver, a program that only hands over to the library:
#   register KEY CONTACT [EAB-KID EAB-MAC-KEY]     KEY is a file, as all that follow
#   contact KEY CONTACT
#   issue KEY CHALLENGE PREFIX NAME …              for the key in PREFIX.key; writes PREFIX.pem
#   rollover KEY NEW-KEY
#   revoke KEY CERTIFICATE REASON
#   deactivate KEY
# It puts responses to http-01 into the folder $challenges, calls $dns_hook for dns-01, and puts certificates for
# tls-alpn-01 into $alpn_folder, with $alpn if the library leaves that to its user.
library_steps() {  # name, what the library can among: alpn contact rollover revoke deactivate eab; driver …
  local name=$1 can=" $2 " driver=("${@:3}")
  local one=$name-one.$domain two=$name-two.$domain account=$scratch/account.key
  local wild=wild-$one before
  serve_webroot
  export dns_hook
  has_key() { openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$1.key"; }
  drive() { "${driver[@]}" "$@"; }
  issue() { drive issue "$account" "$1" "$scratch/$2" "${@:3}"; }  # challenge, file, names …

  step "$name-has-an-account-key" openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out "$account"
  step "$name-registers" drive register "$account" "mailto:$name@conformance-contact.com"
  step "$name-has-a-key" has_key "$scratch/one"
  step "$name-issues" issue http-01 one "$one" "$two"
  step "$name-chain-verifies" chain_verifies "$scratch/one.pem" "$one" "$two"
  before=$(serial_of "$scratch/one.pem" 2>/dev/null)
  step "$name-renews" issue http-01 one "$one" "$two"
  step "$name-renewed-certificate-is-new" is_another_certificate "$scratch/one.pem" "$before"
  step "$name-renewed-chain-verifies" chain_verifies "$scratch/one.pem" "$one" "$two"
  step "$name-has-an-rsa-key" openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out "$scratch/rsa.key"
  step "$name-issues-for-rsa" issue http-01 rsa "rsa-$one"
  step "$name-rsa-chain-verifies" chain_verifies "$scratch/rsa.pem" "rsa-$one"
  step "$name-has-a-key-for-a-wildcard" has_key "$scratch/wild"
  step "$name-issues-a-wildcard-by-dns" issue dns-01 wild "*.$wild" "$wild"
  step "$name-wildcard-chain-verifies" chain_verifies "$scratch/wild.pem" "any.$wild" "$wild"
  if [[ $can == *" alpn "* ]]; then
    serve_alpn
    step "$name-has-a-key-for-tls-alpn" has_key "$scratch/alpn"
    step "$name-issues-by-tls-alpn" issue tls-alpn-01 alpn "alpn-$one"
    step "$name-tls-alpn-chain-verifies" chain_verifies "$scratch/alpn.pem" "alpn-$one"
  fi
  if [[ $can == *" contact "* ]]; then
    step "$name-updates-its-account" drive contact "$account" mailto:other@conformance-contact.com
  fi
  if [[ $can == *" rollover "* ]]; then
    step "$name-has-a-new-account-key" has_key "$scratch/new-account"
    step "$name-changes-its-key" drive rollover "$account" "$scratch/new-account.key"
    step "$name-old-key-is-refused" refuses issue http-01 one "$one" "$two"
    account=$scratch/new-account.key
    step "$name-issues-with-the-new-key" issue http-01 one "$one" "$two"
  fi
  if [[ $can == *" revoke "* ]]; then
    step "$name-revokes" drive revoke "$account" "$scratch/one.pem" 4
    step "$name-second-revocation-is-refused" refuses drive revoke "$account" "$scratch/one.pem" 4
  fi
  if [[ $can == *" deactivate "* ]]; then
    step "$name-deactivates-its-account" drive deactivate "$account"
    step "$name-deactivated-account-is-refused" refuses issue http-01 one "$one" "$two"
  fi
  if [[ $can == *" eab "* ]]; then library_eab_steps "$name"; fi
}

library_eab_steps() {  # name
  [ -n "${ACME_EAB_KID:-}" ] || { skip "there is no external account key" eab; return; }
  register() { drive register "$account" "mailto:$1-eab@conformance-contact.com" "$2" "$3"; }
  account=$scratch/bound.key
  step "$1-eab-has-an-account-key" has_key "$scratch/bound"
  step "$1-eab-wrong-mac-key-is-refused" refuses register "$1" "$ACME_EAB_KID" "$(wrong_mac_key)"
  step "$1-eab-unknown-key-is-refused" refuses register "$1" nobody-has-this "$ACME_EAB_HMAC"
  step "$1-eab-registers" register "$1" "$ACME_EAB_KID" "$ACME_EAB_HMAC"
  step "$1-eab-has-a-key" has_key "$scratch/eab"
  step "$1-eab-issues" issue http-01 eab "eab-$1.$domain"
  step "$1-eab-chain-verifies" chain_verifies "$scratch/eab.pem" "eab-$1.$domain"
}

# shellcheck shell=bash
# What the client scripts share. They read the ACME_… of servers/*.sh, print one line per step
# and exit non-zero if a step failed.
: "${ACME_DIRECTORY:?run this under a script of conformance/servers/, or through conformance/run --clients}"
: "${ACME_CA:?}" "${ACME_ROOT:?}" "${ACME_HTTP_PORT:?}" "${ACME_TLS_PORT:?}"
: "${ACME_DNS_SERVER:?}" "${ACME_DNS_MANAGEMENT:?}"
dns_hook=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)/dns_hook.py
domain=${ACME_DOMAIN:-conformance.test}
export PATH=/usr/bin:/bin  # the distribution's programs, whatever else is installed
failures=0
scratch=$(mktemp -d "${TMPDIR:-/tmp}/conformance-client.XXXXXX")
trap 'rm -rf "$scratch"' EXIT

step() {  # name, command …
  local name=$1
  shift
  if "$@" >"$scratch/step.log" 2>&1; then
    echo "PASS $name"
  else
    echo "FAIL $name: $(tail -n 4 "$scratch/step.log" | tr '\n' ' ')"
    failures=$((failures + 1))
  fi
}

chain_verifies() {  # leaf with chain, names …
  local file=$1 name
  shift
  for name in "$@"; do
    openssl verify -x509_strict -purpose sslserver -verify_hostname "$name" -CAfile "$ACME_ROOT" -untrusted "$file" \
      "$file" || return 1
  done
}

serial_of() { openssl x509 -in "$1" -noout -serial; }

is_another_certificate() {  # file, serial before
  [ "$(serial_of "$1")" != "$2" ] || { echo "the certificate is still the one with $2"; return 1; }
}

refuses() {  # command …
  ! "$@" || { echo "it was accepted"; return 1; }
}

wrong_mac_key() { printf 'x%.0s' $(seq 64) | base64 -w0 | tr -d '=' | tr '+/' '-_'; }

finish() { exit $((failures > 0)); }

# shellcheck shell=bash
# What the client scripts share. They read the ACME_… of servers/*.sh, print one line per step
# and exit non-zero if a step failed.
: "${ACME_DIRECTORY:?run this under a script of conformance/servers/, or through conformance/run --clients}"
: "${ACME_CA:?}" "${ACME_ROOT:?}" "${ACME_HTTP_PORT:?}" "${ACME_TLS_PORT:?}"
: "${ACME_DNS_SERVER:?}" "${ACME_DNS_MANAGEMENT:?}"
# shellcheck disable=SC2034
dns_hook=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)/dns_hook.py
domain=${ACME_DOMAIN:-conformance.test}
export PATH=/usr/bin:/bin  # the distribution's programs, whatever else is installed
failures=0
scratch=$(mktemp -d "${TMPDIR:-/tmp}/conformance-client.XXXXXX")
background=()  # processes that end with the script
trap close_client EXIT

close_client() {
  local process
  for process in "${background[@]}"; do kill "$process" 2>/dev/null; wait "$process" 2>/dev/null; done
  rm -rf "$scratch"
}

# Ends the script with a SKIP line if one is missing. script/bootstrap --clients installs what these lines name.
needs_packages() {  # Debian packages
  local package
  for package in "$@"; do
    [ "$(dpkg-query --show --showformat='${db:Status-Status}' "$package" 2>/dev/null)" = installed ] && continue
    skip "the Debian package $package is not installed"
    exit 0
  done
}

npm_modules=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)/npm/node_modules
needs_npm_package() {  # name
  command -v node >/dev/null || { skip "there is no node; install the Debian package nodejs"; exit 0; }
  [ -d "$npm_modules/$1" ] || { skip "the npm package $1 is not installed; script/bootstrap --clients does it"; exit 0; }
}

skip() { echo "SKIP $(basename "$0" .sh | tr _ -)${2:+-$2}: $1"; }  # reason, part of the script

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

# For clients that put challenge responses into a folder: a web server for $webroot where http-01 validations arrive.
serve_webroot() {
  webroot=$scratch/webroot
  challenges=$webroot/.well-known/acme-challenge
  export webroot challenges
  mkdir -p "$challenges"
  chmod 755 "$scratch" "$webroot" "$webroot/.well-known"
  /usr/bin/python3 -m http.server --bind 127.0.0.1 --directory "$webroot" "$ACME_HTTP_PORT" >"$scratch/web.log" 2>&1 &
  background+=($!)
  wait_until port_answers "$ACME_HTTP_PORT" || { echo "FAIL $(basename "$0" .sh): no web server"; exit 1; }
}

# For clients that make certificates for tls-alpn-01 and leave it to others to show them: those of $alpn_folder are.
serve_alpn() {
  alpn=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)/alpn.py
  alpn_folder=$scratch/alpn
  export alpn alpn_folder
  mkdir -p "$alpn_folder"
  "$alpn" serve "$ACME_TLS_PORT" "$alpn_folder" >"$scratch/alpn.log" 2>&1 &
  background+=($!)
  wait_until port_answers "$ACME_TLS_PORT" || { echo "FAIL $(basename "$0" .sh): no TLS server"; exit 1; }
}

port_answers() { (: <>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

wait_until() {  # command … that comes true within half a minute
  for _ in $(seq 300); do
    "$@" && return 0
    sleep 0.1
  done
  echo "waited in vain for: $*"
  return 1
}

# For clients that know no trust anchors but the system's: they see a system that trusts $ACME_CA.
trusting() {  # command …
  local owner=()
  [ "$(id -u)" -eq 0 ] || owner=(--user --map-root-user)
  # shellcheck disable=SC2016
  unshare "${owner[@]}" --mount sh -c \
    'mount --bind "$ACME_CA" /etc/ssl/certs/ca-certificates.crt && exec "$@"' sh "$@"
}

key_of() { openssl pkey -in "$1" -pubout; }

is_another_key() {  # file, public key before
  [ "$(key_of "$1")" != "$2" ] || { echo "the key is still the same"; return 1; }
}

request() {  # file without suffix, names …: writes a P-256 key and a certificate request for it
  local file=$1 names
  shift
  names=$(printf ',DNS:%s' "$@")
  openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$file.key" -out "$file.csr" \
    -subj "/CN=$1" -addext "subjectAltName=${names#,}"
}

finish() { exit $((failures > 0)); }

# shellcheck shell=bash
# What the scripts of this folder share: a scratch directory, children that end with the script.
children=()
scratch=

open_scratch() {  # name
  scratch=$(mktemp -d "${TMPDIR:-/tmp}/conformance-$1.XXXXXX")
  trap close_scratch EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM
}

close_scratch() {
  local status=$?
  trap - EXIT
  # A server that was restarted meanwhile is nobody's child here.
  if [ -s "$scratch/server.pid" ]; then
    kill "$(cat "$scratch/server.pid")" 2>/dev/null && wait_for_end "$(cat "$scratch/server.pid")" || true
  fi
  for child in "${children[@]}"; do kill "$child" 2>/dev/null || true; done
  for child in "${children[@]}"; do wait "$child" 2>/dev/null || true; done
  # A sanitizer speaks when the process ends too: leaks, and races of the stop. Every check has passed by then.
  if grep -qs '^SUMMARY: [A-Za-z]*Sanitizer' "$scratch/server.log"; then
    echo "a sanitizer found a fault in the server; the end of its log:" >&2
    tail -n 60 "$scratch/server.log" >&2
    if [ "$status" -eq 0 ]; then status=1; fi
  fi
  if [ -n "${KEEP_SCRATCH:-}" ]; then
    echo "kept: $scratch" >&2
  else
    rm -rf "$scratch"
  fi
  exit "$status"
}

# A program that sees another time of day than everybody else: the true one and as many seconds as the file
# $scratch/clock says. Its waits go by the monotonic clock, which stays as it is. Prints what to call instead.
with_clock() {  # program, built with the tree; days at first
  local library
  library=$(dirname "$(realpath "$1")")/tests/libmoved_clock.so
  [ -f "$library" ] || { echo "there is no $library; build the target moved_clock" >&2; return 1; }
  echo "$(($2 * 86400))" >"$scratch/clock"
  {
    echo "#!/bin/sh"
    echo "export LD_PRELOAD='$library' MOVED_CLOCK='$scratch/clock'"
    echo "exec '$(realpath "$1")' \"\$@\""
  } >"$scratch/with-clock"
  chmod +x "$scratch/with-clock"
  echo "$scratch/with-clock"
}

start_dns() {  # port, management port
  export ACME_DNS_SERVER=127.0.0.1:$1
  pebble-challtestsrv -dns01 "127.0.0.1:$1" -management "127.0.0.1:$2" -defaultIPv4 127.0.0.1 -defaultIPv6 "" \
    -http01 "" -https01 "" -tlsalpn01 "" >"$scratch/dns.log" 2>&1 &
  children+=($!)
}

curl_once() {  # url, trust anchors
  /usr/bin/python3 - "$1" "$2" <<'PY'
import ssl, sys, urllib.request
context = ssl.create_default_context(cafile=sys.argv[2])
sys.stdout.buffer.write(urllib.request.urlopen(sys.argv[1], context=context, timeout=5).read())
PY
}

wait_for() {  # url, trust anchors, process
  for _ in $(seq 100); do
    if curl_once "$1" "$2" >/dev/null 2>&1; then return 0; fi
    if ! kill -0 "$3" 2>/dev/null; then break; fi
    sleep 0.1
  done
  echo "the server did not answer at $1; the end of its log:" >&2
  tail -n 20 "$scratch/server.log" >&2
  return 1
}

wait_for_end() {  # process
  for _ in $(seq 300); do
    # A child that nobody has waited for yet is a zombie, and as dead as can be.
    case $(ps -o stat= -p "$1" 2>/dev/null) in "" | Z*) return 0 ;; esac
    sleep 0.1
  done
  echo "process $1 does not end" >&2
  return 1
}

# name, directory, trust anchors of HTTPS, trust anchors of certificates, http-01 port, DNS management, tls-alpn-01 port
announce() {
  export ACME_SERVER=$1 ACME_DIRECTORY=$2 ACME_CA=$3 ACME_ROOT=$4 ACME_HTTP_PORT=$5 ACME_DNS_MANAGEMENT=$6
  export ACME_TLS_PORT=$7
}

announce_external_key() {  # key identifier, MAC key
  export ACME_EAB_KID=$1 ACME_EAB_HMAC=$2
}

run_or_wait() {  # command …
  if [ $# -gt 0 ]; then
    local status=0
    "$@" || status=$?
    if [ $status -ne 0 ] && [ -n "${SHOW_LOG:-}" ]; then tail -n 40 "$scratch/server.log" >&2; fi
    return $status
  fi
  env | grep '^ACME_' | sort
  echo "log: $scratch/server.log"
  wait "${children[@]}"
}

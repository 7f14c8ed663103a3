# What the examples of this folder have in common; each sources it. Sets application, once there is one.
#
#   CHANCERY_URL   where the server is: https://ca.example.org:14000
#   CHANCERY_CA    PEM that the connection is trusted by (tls-ca.pem of `chancery init`)
#   PLACE_RECORD   a command that puts a TXT record into the DNS; gets its name and its value
# shellcheck shell=bash
: "${CHANCERY_URL:?}" "${CHANCERY_CA:?}" "${PLACE_RECORD:?}"
work=$(mktemp -d "${TMPDIR:-/tmp}/chancery-example.XXXXXX")
trap 'rm -rf "$work"' EXIT
application=

say() { printf '\n== %s\n' "$*"; }

# call TOKEN METHOD PATH [curl options]: prints the body; leaves the ETag in $work/etag. A problem ends the script.
call() {
  local token=$1 method=$2 path=$3
  shift 3
  local status
  status=$(curl --silent --show-error --cacert "$CHANCERY_CA" --request "$method" --header "Authorization: Bearer $token" \
    --dump-header "$work/head" --output "$work/body" --write-out '%{http_code}' "$@" "$CHANCERY_URL/api/v1$path")
  if [ "$status" -ge 400 ]; then
    printf '%s %s answered %s:\n%s\n' "$method" "$path" "$status" "$(cat "$work/body")" >&2
    return 1
  fi
  sed -n 's/^[Ee][Tt][Aa][Gg]: \(.*\)\r$/\1/p' "$work/head" >"$work/etag"
  cat "$work/body"
}
json() {  # TOKEN METHOD PATH BODY [curl options]
  local token=$1 method=$2 path=$3 body=$4
  shift 4
  call "$token" "$method" "$path" --header 'Content-Type: application/json' --data "$body" "$@"
}
member() { grep -o "\"$1\":\"[^\"]*\"" | head -n 1 | cut -d'"' -f4; }  # the first text of this name
# Gates have states too; the application's own stands behind them.
state() { call "$APPLICANT_TOKEN" GET "/applications/$application/progress" | grep -o '"state":"[^"]*"' | tail -n 1 | cut -d'"' -f4; }
gate() {  # NAME: its state
  call "$APPLICANT_TOKEN" GET "/applications/$application/progress" | tr '{}' '\n' | grep "\"name\":\"$1\"" | member state
}
# A decision says which version it is about.
decide() {  # TOKEN PATH BODY
  call "$1" GET "/applications/$application" >"$work/read"
  json "$1" POST "$2" "$3" --header "If-Match: $(cat "$work/etag")"
}
submit() { decide "$APPLICANT_TOKEN" "/applications/$application:submit" '{}' >"$work/submitted"; }

# What the applicant states; it becomes true by review.
new_organization() {  # LEGAL-NAME: its id
  json "$APPLICANT_TOKEN" POST /organizations "{
    \"legalName\": \"$1\", \"type\": \"private_organization\", \"registrationNumber\": \"12345678\",
    \"registrationAgency\": \"Companies House\", \"jurisdiction\": {\"country\": \"GB\"},
    \"address\": {\"country\": \"GB\", \"city\": \"London\", \"street\": \"1 Example Street\", \"postalCode\": \"EC1A 1AA\"},
    \"phone\": \"+442079460000\"}" --header "Idempotency-Key: organization-$$-$RANDOM" | member id
}
new_contact() {  # NAME TITLE ROLES [PERSON]: its id
  local person=${4:+", \"personId\": \"$4\""}
  json "$APPLICANT_TOKEN" POST /contacts "{\"roles\": [$3], \"name\": \"$1\", \"title\": \"$2\",
    \"mail\": \"$(tr 'A-Z ' 'a-z.' <<<"$1")@example.org\", \"phone\": \"+442079460001\"$person}" | member id
}

# make_key FILE [openssl options of the key] : the key is made where it will be used; only the request leaves that place.
make_key() {
  local file=$1
  shift
  openssl genpkey -algorithm EC -pkeyopt ec_param_enc:named_curve "$@" -out "$file" 2>/dev/null
}
request() {  # KEY NAME [openssl options]: a certificate request as JSON writes it
  local key=$1 name=$2
  shift 2
  openssl req -new -key "$key" -subj "/" -addext "subjectAltName=DNS:$name" "$@" 2>/dev/null | awk '{printf "%s\\n", $0}'
}

# What the checklist asks for and nobody has found yet, for one gate.
checklist() {  # TOKEN GATE
  call "$1" GET "/desk/applications/$application" | tr '{}' '\n' |
    grep "\"gate\":\"$2\"" | grep '"missing":true' | grep -o '"step":"[^"]*"' | cut -d'"' -f4 >"$work/steps" || true
  while read -r step; do
    json "$1" PUT "/desk/applications/$application/steps/$step" '{"result": "passed",
      "source": "Companies House", "url": "https://register.example/12345678", "note": "as stated"}' >/dev/null
    echo "  $step: passed"
  done <"$work/steps"
}

# The applicant places the record that the server asks for, and asks it to look at once.
prove_control() {
  call "$APPLICANT_TOKEN" GET "/applications/$application/dcv" >"$work/dcv"
  local record value
  record=$(member fqdn <"$work/dcv")
  value=$(grep -o '"record":{[^}]*}' "$work/dcv" | member value)
  echo "$record TXT $value"
  "$PLACE_RECORD" "$record" "$value"
  call "$APPLICANT_TOKEN" POST "/applications/$application/dcv:check" --header 'Content-Length: 0' >/dev/null || true
  for _ in $(seq 60); do
    [ "$(gate dcv)" = passed ] && { echo "proven"; return; }
    sleep 1
  done
  echo "control of the name is not proven" >&2
  cat "$work/dcv" >&2
  return 1
}
wait_until_issued() {
  for _ in $(seq 60); do
    [ "$(state)" = issued ] && break
    sleep 1
  done
  echo "now it is $(state)"
  [ "$(state)" = issued ]
}
# Every form that server software asks for, into $work; the newest certificate of the application.
download() {
  local certificate format
  certificate=$(call "$APPLICANT_TOKEN" GET "/applications/$application/certificates" | member id)
  for format in pem leaf chain der p7b; do
    call "$APPLICANT_TOKEN" GET "/applications/$application/certificates/$certificate/download?format=$format" >"$work/$format"
  done
  if [ -n "${OUT:-}" ]; then cp "$work"/{key.pem,pem,leaf,chain} "$OUT"; fi
}

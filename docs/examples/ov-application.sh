#!/usr/bin/env bash
# A whole application for an OV certificate with curl and openssl: organization, letter, domain control, checklist, call,
# approval, download. In life three people do this, at different times; here one script plays them all.
#
#   CHANCERY_URL        where the server is: https://ca.example.org:14000
#   CHANCERY_CA         PEM that the connection is trusted by (tls-ca.pem of `chancery init`)
#   APPLICANT_TOKEN     of an org_admin or applicant of a tenant
#   FRONT_DESK_TOKEN    of a front_desk of the authority
#   SPECIALIST_TOKEN    of a specialist of the authority
#   PLACE_RECORD        a command that puts a TXT record into the DNS; gets its name and its value
#   NAME                what the certificate is for (default: shop.example.test)
#
# Tokens are made with `chancery tenant`, `person` and `token create`; docs/api.md says how.
set -euo pipefail
: "${CHANCERY_URL:?}" "${CHANCERY_CA:?}" "${APPLICANT_TOKEN:?}" "${FRONT_DESK_TOKEN:?}" "${SPECIALIST_TOKEN:?}" "${PLACE_RECORD:?}"
name=${NAME:-shop.example.test}
work=$(mktemp -d "${TMPDIR:-/tmp}/ov-application.XXXXXX")
trap 'rm -rf "$work"' EXIT

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
# A decision says which version it is about.
decide() {  # TOKEN PATH BODY
  call "$1" GET "/applications/$application" >"$work/read"
  json "$1" POST "$2" "$3" --header "If-Match: $(cat "$work/etag")"
}

say "The applicant states the organization and whom to speak to"
organization=$(json "$APPLICANT_TOKEN" POST /organizations '{
  "legalName": "Example Shop Ltd", "type": "private_organization", "registrationNumber": "12345678",
  "registrationAgency": "Companies House", "jurisdiction": {"country": "GB"},
  "address": {"country": "GB", "city": "London", "street": "1 Example Street", "postalCode": "EC1A 1AA"},
  "phone": "+442079460000"}' --header "Idempotency-Key: organization-$$-$RANDOM" | member id)
contact=$(json "$APPLICANT_TOKEN" POST /contacts '{
  "roles": ["org_admin", "requester"], "name": "Ada Example", "title": "Head of IT",
  "mail": "ada@example.org", "phone": "+442079460001"}' | member id)
echo "organization $organization, contact $contact"

say "The key is made where it will be used; only the request leaves that place"
openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$work/key.pem" -subj "/" \
  -addext "subjectAltName=DNS:$name" -out "$work/request.pem" 2>/dev/null
csr=$(awk '{printf "%s\\n", $0}' "$work/request.pem")
json "$APPLICANT_TOKEN" POST /tools/csr-parse "{\"csr\": \"$csr\"}"

say "The application: a draft, then the letter, then submitted"
application=$(json "$APPLICANT_TOKEN" POST /applications "{\"product\": \"ov\", \"csr\": \"$csr\",
  \"organizationId\": \"$organization\", \"adminContactId\": \"$contact\", \"terms\": \"1\",
  \"methods\": [{\"name\": \"$name\", \"method\": \"dns-txt\"}]}" | member id)
call "$APPLICANT_TOKEN" GET "/applications/$application/letter-template" >"$work/letter.pdf"
echo "application $application; the letter to be signed and sealed has $(wc -c <"$work/letter.pdf") octets"
call "$APPLICANT_TOKEN" POST "/applications/$application/documents?kind=confirmation_letter" \
  --header 'Content-Type: application/pdf' --data-binary "@$work/letter.pdf" >/dev/null
call "$APPLICANT_TOKEN" GET "/applications/$application" >"$work/read"
call "$APPLICANT_TOKEN" POST "/applications/$application:submit" --header 'Content-Length: 0' \
  --header "If-Match: $(cat "$work/etag")" >"$work/submitted"
echo "now it is $(state)"

# What the checklist asks for and nobody has found yet, for one gate after the other.
checklist() {  # TOKEN GATE
  call "$1" GET "/desk/applications/$application" | tr '{}' '\n\n' |
    grep "\"gate\":\"$2\"" | grep '"missing":true' | grep -o '"step":"[^"]*"' | cut -d'"' -f4 >"$work/steps" || true
  while read -r step; do
    json "$1" PUT "/desk/applications/$application/steps/$step" '{"result": "passed",
      "source": "Companies House", "url": "https://register.example/12345678", "note": "as stated"}' >/dev/null
    echo "  $step: passed"
  done <"$work/steps"
}

say "The front desk looks whether everything is there"
checklist "$FRONT_DESK_TOKEN" platform_check

say "The applicant proves control of $name"
call "$APPLICANT_TOKEN" GET "/applications/$application/dcv" >"$work/dcv"
record=$(member fqdn <"$work/dcv")
value=$(grep -o '"record":{[^}]*}' "$work/dcv" | member value)
echo "$record TXT $value"
"$PLACE_RECORD" "$record" "$value"
call "$APPLICANT_TOKEN" POST "/applications/$application/dcv:check" --header 'Content-Length: 0' >/dev/null || true
for _ in $(seq 60); do
  call "$APPLICANT_TOKEN" GET "/applications/$application/progress" | tr '{}' '\n\n' | grep '"name":"dcv"' |
    grep -q '"state":"passed"' && break
  sleep 1
done
call "$APPLICANT_TOKEN" GET "/applications/$application/progress" | tr '{}' '\n\n' | grep '"name":"dcv"' |
  grep -q '"state":"passed"' || { echo "control of $name is not proven" >&2; cat "$work/dcv" >&2; exit 1; }
echo "proven"

say "A specialist looks the organization up, calls a number from the register, and hears from the contact"
checklist "$SPECIALIST_TOKEN" org_vetting
json "$SPECIALIST_TOKEN" POST "/desk/applications/$application/calls" '{"number": "+442079460000",
  "numberSource": "registration_record", "sourceReference": "Companies House, 12345678", "office": "London",
  "result": "confirmed", "personReached": "Ada Example", "answers": ["yes, this request is ours"]}' >/dev/null
json "$SPECIALIST_TOKEN" POST "/desk/applications/$application/emails" '{"to": "ada@example.org",
  "toSource": "registration_record", "reference": "answer of today", "answer": "confirmed"}' >/dev/null
echo "now it is $(state)"

say "The specialist approves"
decide "$SPECIALIST_TOKEN" "/desk/applications/$application:approve" '{"text": "everything was found"}' >/dev/null
for _ in $(seq 60); do
  [ "$(state)" = issued ] && break
  sleep 1
done
echo "now it is $(state)"
[ "$(state)" = issued ]

say "The applicant fetches the certificate"
certificate=$(call "$APPLICANT_TOKEN" GET "/applications/$application/certificates" | member id)
for format in pem leaf chain der p7b; do
  call "$APPLICANT_TOKEN" GET "/applications/$application/certificates/$certificate/download?format=$format" >"$work/$format"
done
openssl x509 -in "$work/leaf" -noout -subject -issuer -enddate -ext subjectAltName
openssl pkcs7 -inform DER -in "$work/p7b" -print_certs -noout
openssl x509 -in "$work/leaf" -noout -pubkey >"$work/public"
openssl pkey -in "$work/key.pem" -pubout | cmp - "$work/public"
if [ -n "${OUT:-}" ]; then cp "$work"/{key.pem,pem,leaf,chain} "$OUT"; fi
printf '\n%s holds an OV certificate for "Example Shop Ltd".\n' "$name"

#!/usr/bin/env bash
# A whole application for a DV certificate with curl and openssl, and nobody but the applicant's program: domain control, the download,
# a renewal with another key, and a revocation.
#
#   CHANCERY_URL        where the server is: https://ca.example.org:14000
#   CHANCERY_CA         PEM that the connection is trusted by (tls-ca.pem of `chancery init`)
#   APPLICANT_TOKEN     of an org_admin or applicant of a tenant
#   PLACE_RECORD        a command that puts a TXT record into the DNS; gets its name and its value
#   NAME                what the certificate is for (default: www.shop.example.test)
#
# Tokens are made with `chancery tenant`, `person` and `token create`; docs/api.md says how.
set -euo pipefail
: "${APPLICANT_TOKEN:?}"
name=${NAME:-www.shop.example.test}
# shellcheck source=docs/examples/steps.sh
. "$(dirname "$0")/steps.sh"

say "Whom to write to when the certificate ends"
contact=$(new_contact "Ada Example" "Head of IT" '"org_admin", "requester"')

say "The key is made where it will be used; only the request leaves that place"
make_key "$work/key.pem" -pkeyopt ec_paramgen_curve:P-256
csr=$(request "$work/key.pem" "$name")

say "The application: a draft, then submitted"
application=$(json "$APPLICANT_TOKEN" POST /applications "{\"product\": \"dv\", \"csr\": \"$csr\",
  \"adminContactId\": \"$contact\", \"terms\": \"1\",
  \"methods\": [{\"name\": \"$name\", \"method\": \"dns-txt\"}]}" | member id)
submit
echo "application $application is $(state)"

say "The applicant's program proves control of $name"
prove_control
wait_until_issued
download
openssl x509 -in "$work/leaf" -noout -subject -issuer -enddate -ext subjectAltName
first=$(openssl x509 -in "$work/leaf" -noout -serial)

say "The renewal: another key, and control that was proven counts again"
certificate=$(call "$APPLICANT_TOKEN" GET "/applications/$application/certificates" | member id)
make_key "$work/key.pem" -pkeyopt ec_paramgen_curve:P-256
csr=$(request "$work/key.pem" "$name")
application=$(json "$APPLICANT_TOKEN" POST "/applications/$application/certificates/$certificate:renew" \
  "{\"csr\": \"$csr\", \"submit\": true}" | member id)
wait_until_issued
download
[ "$(openssl x509 -in "$work/leaf" -noout -serial)" != "$first" ]
openssl x509 -in "$work/leaf" -noout -pubkey >"$work/public"
openssl pkey -in "$work/key.pem" -pubout | cmp - "$work/public"

say "The first certificate is not needed any more, and is revoked as superseded"
json "$APPLICANT_TOKEN" POST "/certificates/$certificate:revoke" '{"reason": 4}' >"$work/revoked"
grep -q '"state":"revoked"' "$work/revoked"
printf '\n%s holds a DV certificate that nobody has looked at.\n' "$name"

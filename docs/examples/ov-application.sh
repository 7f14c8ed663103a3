#!/usr/bin/env bash
# A whole application for an OV certificate with curl and openssl: organization, letter, domain control, checklist, call,
# approval, download, and another key after the first was lost. In life three people do this, at different times; here one script plays them all.
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
: "${APPLICANT_TOKEN:?}" "${FRONT_DESK_TOKEN:?}" "${SPECIALIST_TOKEN:?}"
name=${NAME:-shop.example.test}
# shellcheck source=docs/examples/steps.sh
. "$(dirname "$0")/steps.sh"

say "The applicant states the organization and whom to speak to"
organization=$(new_organization "Example Shop Ltd")
contact=$(new_contact "Ada Example" "Head of IT" '"org_admin", "requester"')
echo "organization $organization, contact $contact"

say "The key is made where it will be used; only the request leaves that place"
make_key "$work/key.pem" -pkeyopt ec_paramgen_curve:P-256
csr=$(request "$work/key.pem" "$name")
json "$APPLICANT_TOKEN" POST /tools/csr-parse "{\"csr\": \"$csr\"}"

say "The application: a draft, then the letter, then submitted"
application=$(json "$APPLICANT_TOKEN" POST /applications "{\"product\": \"ov\", \"csr\": \"$csr\",
  \"organizationId\": \"$organization\", \"adminContactId\": \"$contact\", \"terms\": \"1\",
  \"methods\": [{\"name\": \"$name\", \"method\": \"dns-txt\"}]}" | member id)
call "$APPLICANT_TOKEN" GET "/applications/$application/letter-template" >"$work/letter.pdf"
echo "application $application; the letter to be signed and sealed has $(wc -c <"$work/letter.pdf") octets"
call "$APPLICANT_TOKEN" POST "/applications/$application/documents?kind=confirmation_letter" \
  --header 'Content-Type: application/pdf' --data-binary "@$work/letter.pdf" >/dev/null
submit
echo "now it is $(state)"

say "The front desk looks whether everything is there"
checklist "$FRONT_DESK_TOKEN" platform_check

say "The applicant proves control of $name"
prove_control

say "A specialist looks the organization up, calls a number from the register, and hears from the contact"
checklist "$SPECIALIST_TOKEN" org_vetting
json "$SPECIALIST_TOKEN" POST "/desk/applications/$application/calls" '{"number": "+442079460000",
  "numberSource": "registration_record", "sourceReference": "Companies House, 12345678", "office": "house",
  "result": "confirmed", "personReached": "Ada Example", "answers": ["yes, this request is ours"]}' >/dev/null
json "$SPECIALIST_TOKEN" POST "/desk/applications/$application/emails" '{"to": "ada@example.org",
  "toSource": "registration_record", "reference": "answer of today", "answer": "confirmed"}' >/dev/null
echo "now it is $(state)"

say "The specialist approves"
decide "$SPECIALIST_TOKEN" "/desk/applications/$application:approve" '{"text": "everything was found"}' >/dev/null
wait_until_issued

say "The applicant fetches the certificate"
download
openssl x509 -in "$work/leaf" -noout -subject -issuer -enddate -ext subjectAltName
openssl pkcs7 -inform DER -in "$work/p7b" -print_certs -noout
openssl x509 -in "$work/leaf" -noout -pubkey >"$work/public"
openssl pkey -in "$work/key.pem" -pubout | cmp - "$work/public"
say "The key is lost: another one for the same certificate, and nobody has to look again"
openssl x509 -in "$work/leaf" -noout -enddate >"$work/first-end"
certificate=$(call "$APPLICANT_TOKEN" GET "/applications/$application/certificates" | member id)
make_key "$work/key.pem" -pkeyopt ec_paramgen_curve:P-256
csr=$(request "$work/key.pem" "$name")
application=$(json "$APPLICANT_TOKEN" POST "/applications/$application/certificates/$certificate:reissue" \
  "{\"csr\": \"$csr\", \"submit\": true, \"revokeReplaced\": true}" | member id)
wait_until_issued
download
openssl x509 -in "$work/leaf" -noout -subject -enddate
openssl x509 -in "$work/leaf" -noout -enddate | cmp - "$work/first-end"
openssl x509 -in "$work/leaf" -noout -pubkey >"$work/public"
openssl pkey -in "$work/key.pem" -pubout | cmp - "$work/public"
printf '\n%s holds an OV certificate for "Example Shop Ltd".\n' "$name"

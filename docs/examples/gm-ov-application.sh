#!/usr/bin/env bash
# Two applications for SM2 certificates of the brand DNSPod with curl and openssl. For the first people look at the
# organization and its domain is proven. The second, with the same information within 13 months, asks for neither: only
# for its own application form.
#
#   CHANCERY_URL        where the server is; it needs an issuer for SM2: `chancery ca add gm --algorithm sm2`
#   CHANCERY_CA         PEM that the connection is trusted by (tls-ca.pem of `chancery init`)
#   APPLICANT_TOKEN     of an org_admin or applicant of a tenant
#   SPECIALIST_TOKEN    of a specialist of the authority
#   PLACE_RECORD        a command that puts a TXT record into the DNS; gets its name and its value
#   NAME                what the certificates are for (default: gm.example.test)
set -euo pipefail
: "${APPLICANT_TOKEN:?}" "${SPECIALIST_TOKEN:?}"
name=${NAME:-gm.example.test}
# shellcheck source=docs/examples/steps.sh
. "$(dirname "$0")/steps.sh"

say "The applicant states the organization and whom to speak to"
organization=$(new_organization "Example Trading Ltd")
contact=$(new_contact "Ada Example" "Head of IT" '"org_admin", "requester"')

# An application with a fresh SM2 key, and its form. Of this brand a form is handed in once: look at it before.
apply() {
  make_key "$work/key.pem" -pkeyopt ec_paramgen_curve:SM2
  local csr
  csr=$(request "$work/key.pem" "$name" -sm3 -sigopt distid:1234567812345678)
  application=$(json "$APPLICANT_TOKEN" POST /applications "{\"product\": \"dnspod-gm-ov\", \"csr\": \"$csr\",
    \"organizationId\": \"$organization\", \"adminContactId\": \"$contact\", \"terms\": \"1\",
    \"methods\": [{\"name\": \"$name\", \"method\": \"dns-txt\"}]}" | member id)
  submit
  call "$APPLICANT_TOKEN" GET "/applications/$application/letter-template" >"$work/form.pdf"
  call "$APPLICANT_TOKEN" POST "/applications/$application/documents?kind=application_form" \
    --header 'Content-Type: application/pdf' --data-binary "@$work/form.pdf" >/dev/null
  echo "application $application is $(state)"
}

say "The first application"
apply
prove_control
checklist "$SPECIALIST_TOKEN" org_vetting
decide "$SPECIALIST_TOKEN" "/desk/applications/$application:approve" '{"text": "everything was found"}' >/dev/null
wait_until_issued
download
openssl x509 -in "$work/leaf" -noout -subject -issuer -enddate

say "The second one, with the same information"
apply
echo "domain control: $(gate dcv); review of the organization: $(gate org_vetting)"
[ "$(gate org_vetting)" = waived ]
wait_until_issued
download
openssl x509 -in "$work/leaf" -noout -subject -issuer -enddate -ext subjectAltName
printf '\n%s holds two SM2 certificates for "Example Trading Ltd"; people looked at it once.\n' "$name"

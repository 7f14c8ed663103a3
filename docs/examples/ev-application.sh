#!/usr/bin/env bash
# A whole application for an EV certificate of the brand WoTrus with curl and openssl. A first look comes before domain
# control, the call goes to the number in the business register, the applicant's approver and signer speak for it, and
# two people of the authority agree: one who collected the evidence, and one who did not (EVG 3.2.2.13).
#
#   CHANCERY_URL        where the server is: https://ca.example.org:14000
#   CHANCERY_CA         PEM that the connection is trusted by (tls-ca.pem of `chancery init`)
#   APPLICANT_TOKEN     of an org_admin or applicant of a tenant
#   APPROVER_TOKEN      of a certificate_approver of the tenant
#   SIGNER_TOKEN        of a contract_signer of the tenant
#   SPECIALIST_TOKEN    of a specialist of the authority
#   SECOND_TOKEN        of a second_approver of the authority
#   PLACE_RECORD        a command that puts a TXT record into the DNS; gets its name and its value
#   NAME                what the certificate is for (default: bank.example.test)
set -euo pipefail
: "${APPLICANT_TOKEN:?}" "${APPROVER_TOKEN:?}" "${SIGNER_TOKEN:?}" "${SPECIALIST_TOKEN:?}" "${SECOND_TOKEN:?}"
name=${NAME:-bank.example.test}
# shellcheck source=docs/examples/steps.sh
. "$(dirname "$0")/steps.sh"

say "The applicant states the organization, and who asks, approves and signs for it"
person_of() { call "$1" GET /me | member personId; }
organization=$(new_organization "Example Bank plc")
contact=$(new_contact "Ada Example" "Head of IT" '"org_admin", "requester"')
approver=$(new_contact "Vera Example" "Director" '"approver"' "$(person_of "$APPROVER_TOKEN")")
signer=$(new_contact "Sid Example" "Secretary" '"signer"' "$(person_of "$SIGNER_TOKEN")")
echo "organization $organization, contact $contact, approver $approver, signer $signer"

say "The key, and the application for it"
make_key "$work/key.pem" -pkeyopt ec_paramgen_curve:P-256
csr=$(request "$work/key.pem" "$name")
application=$(json "$APPLICANT_TOKEN" POST /applications "{\"product\": \"wotrus-ev\", \"csr\": \"$csr\",
  \"organizationId\": \"$organization\", \"adminContactId\": \"$contact\", \"approverId\": \"$approver\",
  \"signerId\": \"$signer\", \"terms\": \"1\", \"methods\": [{\"name\": \"$name\", \"method\": \"dns-txt\"}]}" | member id)
submit
echo "application $application is in $(state)"

say "A first look, before anything is asked of the applicant"
checklist "$SPECIALIST_TOKEN" pre_review
call "$SPECIALIST_TOKEN" POST "/desk/applications/$application:pass-pre-review" --header 'Content-Length: 0' >/dev/null
echo "now it is $(state)"

say "The applicant proves control of $name"
prove_control

say "The specialist looks everything up, and calls the number that the register has"
checklist "$SPECIALIST_TOKEN" org_vetting
json "$SPECIALIST_TOKEN" POST "/desk/applications/$application/calls" '{"number": "+442079460000",
  "numberSource": "registration_record", "sourceReference": "Companies House, 12345678", "office": "us",
  "result": "confirmed", "personReached": "Vera Example", "answers": ["yes, this request is ours"]}' >/dev/null

say "The Certificate Approver approves the request, the Contract Signer signs the agreement"
decide "$APPROVER_TOKEN" "/applications/$application:approve-as-approver" '{}' >/dev/null
decide "$SIGNER_TOKEN" "/applications/$application:sign-agreement" '{"agreement": "Subscriber Agreement 1"}' >/dev/null
echo "now it is $(state)"

say "The specialist approves; that is one person"
decide "$SPECIALIST_TOKEN" "/desk/applications/$application:approve" '{"text": "everything was found"}' >/dev/null
echo "now it is $(state)"
[ "$(state)" = second_approval ]

say "Somebody who collected nothing goes through it, and countersigns"
decide "$SECOND_TOKEN" "/desk/applications/$application:countersign" '{"text": "the findings fit together"}' >/dev/null
wait_until_issued

say "The applicant fetches the certificate"
download
openssl x509 -in "$work/leaf" -noout -subject -issuer -enddate -ext subjectAltName
printf '\n%s holds an EV certificate for "Example Bank plc".\n' "$name"

#!/usr/bin/env bash
# One example of docs/examples against a fresh server: run under conformance/servers/chancery.sh, which says where the
# server and its DNS are. Makes the people that the examples need.
#   application.sh EXAMPLE NAME ORGANIZATION
# X-6 ALI-44 TCG-06 TCO-16 TWT-15 TGM-02: from draft to download with curl alone.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
example=$1 organization=$3
: "${CHANCERY_PROGRAM:?}" "${CHANCERY_WORDS:?}" "${ACME_DIRECTORY:?}" "${ACME_CA:?}" "${ACME_DNS_MANAGEMENT:?}"
work=$(mktemp -d "${TMPDIR:-/tmp}/example.XXXXXX")
trap 'rm -rf "$work"' EXIT
# CHANCERY_WORDS is a list of words.
# shellcheck disable=SC2086
chancery() { "$CHANCERY_PROGRAM" "$@" $CHANCERY_WORDS; }

tenant=$(chancery tenant create --name "$organization")
token() {  # name, role [tenant]
  local person
  person=$(chancery person create --name "$1" --mail "$1@example.org" --role "$2" ${3:+--tenant "$3"})
  chancery token create --person "$person" --expires-in 1h | sed -n 's/^Text: //p'
}
APPLICANT_TOKEN=$(token ada org_admin "$tenant")
APPROVER_TOKEN=$(token vera certificate_approver "$tenant")
SIGNER_TOKEN=$(token sid contract_signer "$tenant")
FRONT_DESK_TOKEN=$(token fred front_desk)
SPECIALIST_TOKEN=$(token eve specialist)
SECOND_TOKEN=$(token bob second_approver)
AUDITOR_TOKEN=$(token alan auditor)
export APPLICANT_TOKEN APPROVER_TOKEN SIGNER_TOKEN FRONT_DESK_TOKEN SPECIALIST_TOKEN SECOND_TOKEN
export CHANCERY_URL=${ACME_DIRECTORY%/acme/directory} CHANCERY_CA=$ACME_CA NAME=$2 OUT=$work

cat >"$work/place-record" <<TEXT
#!/usr/bin/env bash
set -euo pipefail
curl --silent --show-error --fail --data "{\"host\": \"\$1.\", \"value\": \"\$2\"}" "$ACME_DNS_MANAGEMENT/set-txt"
TEXT
chmod +x "$work/place-record"
PLACE_RECORD=$work/place-record "$here/../../docs/examples/$example"

# Chains of SM2 have a root of their own, and a distinguishing identifier that only the caller knows (GM/T 0009).
if [ "$example" != gm-ov-application.sh ]; then
  openssl verify -x509_strict -purpose sslserver -verify_hostname "$NAME" -CAfile "$ACME_ROOT" \
    -untrusted "$work/chain" "$work/leaf"
fi
if [ "$example" != dv-application.sh ]; then
  openssl x509 -in "$work/leaf" -noout -subject | grep -q "$organization"
fi
openssl x509 -in "$work/leaf" -noout -pubkey >"$work/public"
openssl pkey -in "$work/key.pem" -pubout | cmp - "$work/public"
# ALO-22 ALO-25: it is said which key the certificate is for; the key itself is nowhere but where it was made.
hash=$(sed '/^-/d' "$work/public" | openssl base64 -d | sha256sum | cut -d' ' -f1)
curl --silent --fail --cacert "$ACME_CA" --header "Authorization: Bearer $APPLICANT_TOKEN" \
  "$CHANCERY_URL/api/v1/certificates" >"$work/certificates"
grep -q "\"spkiSha256\":\"$hash\"" "$work/certificates"
grep -q '"deployable":false' "$work/certificates"
# The newest stands first. Whoever applied revokes it, alone and at once, and it shows.
newest=$(grep -o '"id":"[^"]*"' "$work/certificates" | head -n 1 | cut -d'"' -f4)
curl --silent --show-error --fail --cacert "$ACME_CA" --header "Authorization: Bearer $APPLICANT_TOKEN" \
  --header 'Content-Type: application/json' --data '{"reason": 5}' \
  "$CHANCERY_URL/api/v1/certificates/$newest:revoke" >"$work/revoked"
grep -q '"state":"revoked"' "$work/revoked"
grep -q '"revocationReason":5' "$work/revoked"
grep -q "\"spkiSha256\":\"$hash\"" "$work/revoked"
curl --silent --fail --cacert "$ACME_CA" --header "Authorization: Bearer $AUDITOR_TOKEN" \
  "$CHANCERY_URL/api/v1/audit/verify" | grep -q '"intact":true'
chancery verify >"$work/verify.log" || { cat "$work/verify.log" >&2; exit 1; }

#!/usr/bin/env bash
# Debian's python3-acme, the library beneath certbot, unmodified, through python_acme.py.
set -uo pipefail
# shellcheck source=conformance/clients/common.sh
. "$(dirname "$0")/common.sh"
# shellcheck source=conformance/clients/library_steps.sh
. "$(dirname "$0")/library_steps.sh"
needs_packages python3-acme
# Its certificates for tls-alpn-01 are those of a draft, with another OID, which nobody may accept; it changes no keys.
export REQUESTS_CA_BUNDLE=$ACME_CA
library_steps python-acme "contact revoke deactivate eab" /usr/bin/python3 "$(dirname "$0")/python_acme.py"
finish

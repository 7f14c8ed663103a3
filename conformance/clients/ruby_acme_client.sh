#!/usr/bin/env bash
# Debian's ruby-acme-client, unmodified, through ruby_acme_client.rb.
set -uo pipefail
# shellcheck source=conformance/clients/common.sh
. "$(dirname "$0")/common.sh"
# shellcheck source=conformance/clients/library_steps.sh
. "$(dirname "$0")/library_steps.sh"
needs_packages ruby-acme-client
export SSL_CERT_FILE=$ACME_CA
library_steps ruby-acme-client "contact rollover revoke deactivate" ruby "$(dirname "$0")/ruby_acme_client.rb"
finish

#!/usr/bin/env bash
# The npm registry's acme-client, unmodified, through npm_acme_client.mjs.
set -uo pipefail
# shellcheck source=conformance/clients/common.sh
. "$(dirname "$0")/common.sh"
# shellcheck source=conformance/clients/library_steps.sh
. "$(dirname "$0")/library_steps.sh"
needs_npm_package acme-client
export NODE_EXTRA_CA_CERTS=$ACME_CA
library_steps npm-acme-client "alpn contact rollover revoke deactivate eab" node "$(dirname "$0")/npm_acme_client.mjs"
finish

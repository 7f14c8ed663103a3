#!/usr/bin/env bash
# The npm registry's @root/acme, on which greenlock is built, unmodified, through npm_root_acme.mjs.
set -uo pipefail
# shellcheck source=conformance/clients/common.sh
. "$(dirname "$0")/common.sh"
# shellcheck source=conformance/clients/library_steps.sh
. "$(dirname "$0")/library_steps.sh"
needs_npm_package @root/acme
export NODE_EXTRA_CA_CERTS=$ACME_CA
library_steps npm-root-acme alpn node "$(dirname "$0")/npm_root_acme.mjs"
finish

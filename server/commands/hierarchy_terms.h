// What the commands that make CA certificates ask of their options, and say of what they made.
#pragma once

#include <string>

namespace server {

/// Throws UsageError with `fault`, a sentence of ca/authority_rules.h, unless it is empty.
void require_fit(const std::string& fault);

/// One line for the operator if public trust cannot rest on this issuing certificate (DER), because
/// it does not say where the CRL of its root is (BR 7.1.2.6.1); else nothing.
std::string note_on_trust(const std::string& issuing);

}  // namespace server

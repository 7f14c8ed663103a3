// Certificates in the forms that server software asks for.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace ca {

/// A PKCS#7 file that holds certificates and nothing else: a SignedData without content and without
/// signers (RFC 5652 §5.2), DER. In the order given.
std::string pkcs7_of(const std::vector<std::string>& certificates);

}  // namespace ca

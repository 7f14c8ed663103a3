// What proves that the owner of an account key has seen a token.
#pragma once

#include <string>
#include <string_view>

namespace acme {

/// RFC 8555 §8.1.
std::string key_authorization(std::string_view token, std::string_view thumbprint);

}  // namespace acme

#include "acme/validation/key_authorization.h"

namespace acme {

std::string key_authorization(std::string_view token, std::string_view thumbprint) {
  std::string text(token);
  text += '.';
  text += thumbprint;
  return text;
}

}  // namespace acme

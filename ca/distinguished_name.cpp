#include "ca/distinguished_name.h"

namespace ca {

std::string der_name(const std::vector<NameAttribute>& attributes) {
  std::vector<std::string> rdns;
  rdns.reserve(attributes.size());
  for (const NameAttribute& attribute : attributes) {
    const std::string type = der::object_identifier(attribute.type);
    const std::string value = der::element(attribute.string_type, attribute.text);
    rdns.push_back(der::set_of({der::sequence({type, value})}));
  }
  return der::sequence(rdns);
}

}  // namespace ca

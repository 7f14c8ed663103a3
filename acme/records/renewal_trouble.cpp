#include "acme/records/renewal_trouble.h"

#include "policy/record_fields.h"

namespace acme {

std::string RenewalTrouble::encode() const {
  return policy::encode_record(*this);
}

RenewalTrouble RenewalTrouble::decode(std::string_view bytes) {
  return policy::decode_record<RenewalTrouble>("renewal trouble", bytes);
}

}  // namespace acme

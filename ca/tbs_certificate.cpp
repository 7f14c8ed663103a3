#include "ca/tbs_certificate.h"

#include "ca/der/writer.h"

namespace ca {

std::string tbs_certificate(const TbsFields& fields) {
  constexpr std::uint64_t kVersion3 = 2;  // RFC 5280 §4.1.2.1
  const std::string version =
      der::element(der::context_constructed(0), der::small_integer(kVersion3));
  const std::string serial = der::unsigned_integer(fields.serial);
  const std::string validity =
      der::sequence({der_time(fields.not_before), der_time(fields.not_after)});
  const std::string extensions =
      der::element(der::context_constructed(3), der::sequence(fields.extensions));
  return der::sequence({version, serial, fields.signature_algorithm, fields.issuer, validity,
                        fields.subject, fields.spki, extensions});
}

std::string assemble_signed(std::string_view to_be_signed,
                            std::string_view signature_algorithm,
                            std::string_view signature) {
  return der::sequence({to_be_signed, signature_algorithm, der::bit_string(signature)});
}

}  // namespace ca

#include "ca/certificate_bundle.h"

#include "ca/der/writer.h"

namespace ca {

std::string pkcs7_of(const std::vector<std::string>& certificates) {
  namespace der = ca::der;
  constexpr std::string_view kData = "1.2.840.113549.1.7.1";
  constexpr std::string_view kSignedData = "1.2.840.113549.1.7.2";
  std::string all;
  for (const std::string& each : certificates) all += each;
  const std::string signed_data = der::sequence({
      der::small_integer(1), der::set_of({}),  // digestAlgorithms
      der::sequence({der::object_identifier(kData)}),
      der::element(der::context_constructed(0), all), der::set_of({}),  // signerInfos
  });
  return der::sequence({der::object_identifier(kSignedData),
                        der::element(der::context_constructed(0), signed_data)});
}

}  // namespace ca

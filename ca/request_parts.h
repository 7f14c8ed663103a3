// The structure of a PKCS#10 request (RFC 2986 §4), whatever it asks for.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "ca/crypto/public_key.h"
#include "ca/der/reader.h"
#include "ca/rejection.h"

namespace ca {

/// Views into the request.
struct RequestParts {
  std::string_view info;  // what is signed, whole element
  std::string_view subject;
  std::string_view spki;
  std::string_view attributes;  // content
  der::Element signature_algorithm;
  std::string_view signature;
};

/// Takes a request apart: at most 128 KiB, canonical DER to the last byte, nothing behind it.
/// Rejects with bad_csr.
Judged<RequestParts> split_request(std::string_view der);

struct RequestAttribute {
  std::string type;         // dotted decimal
  std::string_view values;  // content of the set, never empty
};
/// All attributes, in DER order, at most 16, none of them twice. Rejects with bad_csr.
Judged<std::vector<RequestAttribute>> request_attributes(std::string_view attributes);

/// The key of the request, once its signature verifies with it. Rejects with bad_csr, or
/// bad_public_key for the key.
Judged<PublicKey> self_signed_key(const RequestParts& parts);

}  // namespace ca

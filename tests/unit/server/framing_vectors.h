// Requests that are framed wrongly, or rightly in an unusual way, with the status each must get.
#pragma once

#include <ostream>
#include <string>
#include <string_view>
#include <vector>

namespace tests {

struct FramingVector {
  std::string_view name;
  std::string bytes;
  unsigned status;  // 200: the handler answers it and the connection goes on
};

inline void PrintTo(const FramingVector& vector, std::ostream* out) {
  *out << vector.name;
}

/// A POST to /a; `fields` end with a line break each.
inline std::string post(std::string_view fields, std::string_view body) {
  return "POST /a HTTP/1.1\r\nHost: ca.test\r\n" + std::string(fields) + "\r\n" + std::string(body);
}
inline std::string get(std::string_view target, std::string_view fields = {}) {
  return "GET " + std::string(target) + " HTTP/1.1\r\nHost: ca.test\r\n" + std::string(fields) +
         "\r\n";
}

/// A request that a server would answer if it took the bytes of a body for a request.
inline constexpr std::string_view kSmuggled = "GET /smuggled HTTP/1.1\r\nHost: ca.test\r\n\r\n";

std::vector<FramingVector> framing_vectors();

}  // namespace tests

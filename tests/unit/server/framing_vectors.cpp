#include "tests/unit/server/framing_vectors.h"

#include <string>
#include <string_view>
#include <vector>

namespace tests {
namespace {

using namespace std::string_literals;

const std::string kBody{kSmuggled};
const std::string kChunked = "5\r\nhello\r\n0\r\n\r\n" + kBody;

std::vector<FramingVector> coding_vectors() {
  return {
      {"chunked", post("Transfer-Encoding: chunked\r\n", kChunked), 501},
      {"chunked_then_gzip", post("Transfer-Encoding: chunked, gzip\r\n", kBody), 501},
      {"gzip_then_chunked", post("Transfer-Encoding: gzip, chunked\r\n", kChunked), 501},
      {"xchunked", post("Transfer-Encoding: xchunked\r\n", kBody), 501},
      {"chunked_with_space", post("Transfer-Encoding:  chunked \r\n", kChunked), 501},
      {"chunked_with_tab", post("Transfer-Encoding:\tchunked\r\n", kChunked), 501},
      {"chunked_quoted", post("Transfer-Encoding: \"chunked\"\r\n", kBody), 501},
      {"chunked_mixed_case", post("tRANSFER-eNCODING: CHUNKED\r\n", kChunked), 501},
      {"identity", post("Transfer-Encoding: identity\r\n", kBody), 501},
      {"coding_empty", post("Transfer-Encoding:\r\n", kBody), 501},
      {"coding_on_get", get("/a", "Transfer-Encoding: chunked\r\n") + kChunked, 501},
      {"coding_in_http_1_0",
       "POST /a HTTP/1.0\r\nHost: ca.test\r\nTransfer-Encoding: chunked\r\n\r\n" + kChunked, 501},
      {"two_codings",
       post("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n", kChunked), 400},
      {"two_times_chunked",
       post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", kChunked), 400},
      {"unknown_coding_twice", post("Transfer-Encoding: x\r\nTransfer-Encoding: y\r\n", kBody),
       501},
      {"length_and_coding", post("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", kChunked),
       400},
      {"coding_and_length", post("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", kChunked),
       400},
      {"unknown_coding_and_length", post("Transfer-Encoding: x\r\nContent-Length: 5\r\n", kBody),
       400},
      {"coding_name_with_space", post("Transfer-Encoding : chunked\r\n", kChunked), 400},
      {"coding_folded", post("Transfer-Encoding:\r\n chunked\r\n", kChunked), 400},
      {"trailer", post("Trailer: Authorization\r\nContent-Length: 0\r\n", kBody), 400},
      {"trailer_on_get", get("/a", "Trailer: Host\r\n") + kBody, 400},
  };
}

std::vector<FramingVector> length_vectors() {
  const std::string at_limit(1024, 'x');
  return {
      {"length_missing", post("", kBody), 411},
      {"put_length_missing", "PUT /a HTTP/1.1\r\nHost: ca.test\r\n\r\n" + kBody, 411},
      {"length_differs", post("Content-Length: 0\r\nContent-Length: 43\r\n", kBody), 400},
      {"length_twice_same", post("Content-Length: 3\r\nContent-Length: 3\r\n", "abc" + kBody), 400},
      {"length_list_same", post("Content-Length: 3, 3\r\n", "abc" + kBody), 400},
      {"length_list_differs", post("Content-Length: 0, 43\r\n", kBody), 400},
      {"length_with_plus", post("Content-Length: +3\r\n", "abc" + kBody), 400},
      {"length_negative", post("Content-Length: -1\r\n", kBody), 400},
      {"length_hexadecimal", post("Content-Length: 0x3\r\n", "abc" + kBody), 400},
      {"length_with_point", post("Content-Length: 3.0\r\n", "abc" + kBody), 400},
      {"length_with_space_inside", post("Content-Length: 4 3\r\n", kBody), 400},
      {"length_empty", post("Content-Length:\r\n", kBody), 400},
      {"length_overflows", post("Content-Length: 18446744073709551617\r\n", "a" + kBody), 400},
      {"length_greatest", post("Content-Length: 18446744073709551615\r\n", kBody), 413},
      {"length_over_limit", post("Content-Length: 1025\r\n", at_limit + "x" + kBody), 413},
      {"length_at_limit", post("Content-Length: 1024\r\n", at_limit), 200},
      {"length_zero", post("Content-Length: 0\r\n", ""), 200},
      {"length_leading_zeros", post("Content-Length: 0003\r\n", "abc"), 200},
      {"length_name_with_space", post("Content-Length : 3\r\n", "abc" + kBody), 400},
      {"length_folded", post("Content-Length:\r\n 3\r\n", "abc" + kBody), 400},
      {"get_with_body", get("/a", "Content-Length: 43\r\n") + kBody, 400},
      {"get_with_empty_body", get("/a", "Content-Length: 0\r\n"), 200},
      {"expectation_unknown", post("Expect: coffee\r\nContent-Length: 3\r\n", "abc" + kBody), 417},
      {"content_type_twice",
       post("Content-Type: text/plain\r\nContent-Type: application/jose+json\r\nContent-Length: "
            "3\r\n",
            "abc" + kBody),
       400},
  };
}

std::vector<FramingVector> host_vectors() {
  return {
      {"host_missing", "GET /a HTTP/1.1\r\n\r\n" + kBody, 400},
      {"host_missing_http_1_0", "GET /a HTTP/1.0\r\n\r\n" + kBody, 400},
      {"host_twice", "GET /a HTTP/1.1\r\nHost: ca.test\r\nHost: ca.test\r\n\r\n" + kBody, 400},
      {"host_twice_differs", "GET /a HTTP/1.1\r\nHost: ca.test\r\nHost: other.test\r\n\r\n" + kBody,
       400},
      {"host_of_others", "GET /a HTTP/1.1\r\nHost: other.test\r\n\r\n" + kBody, 421},
      {"host_empty", "GET /a HTTP/1.1\r\nHost:\r\n\r\n" + kBody, 421},
      {"host_with_user", "GET /a HTTP/1.1\r\nHost: x@ca.test\r\n\r\n" + kBody, 421},
      {"host_with_other_port", "GET /a HTTP/1.1\r\nHost: ca.test:8443\r\n\r\n" + kBody, 421},
      {"host_with_suffix", "GET /a HTTP/1.1\r\nHost: ca.test.evil.test\r\n\r\n" + kBody, 421},
      {"host_list", "GET /a HTTP/1.1\r\nHost: ca.test, ca.test\r\n\r\n" + kBody, 421},
      {"host_8_bit", "GET /a HTTP/1.1\r\nHost: ca\xC3\xA9.test\r\n\r\n" + kBody, 421},
      {"host_name_with_space", "GET /a HTTP/1.1\r\nHost : ca.test\r\n\r\n" + kBody, 400},
      {"host_folded", "GET /a HTTP/1.1\r\nHost:\r\n ca.test\r\n\r\n" + kBody, 400},
      {"host_upper_case", "GET /a HTTP/1.1\r\nHOST: CA.TEST\r\n\r\n", 200},
      {"forwarded_host_counts_for_nothing",
       "GET /a HTTP/1.1\r\nHost: other.test\r\nX-Forwarded-Host: ca.test\r\n\r\n" + kBody, 421},
  };
}

std::vector<FramingVector> target_vectors() {
  return {
      {"target_absolute", get("http://ca.test/a") + kBody, 400},
      {"target_absolute_other_host", get("http://other.test/a") + kBody, 400},
      {"target_authority", "CONNECT ca.test:443 HTTP/1.1\r\nHost: ca.test\r\n\r\n" + kBody, 400},
      {"target_asterisk", "OPTIONS * HTTP/1.1\r\nHost: ca.test\r\n\r\n" + kBody, 400},
      {"target_relative", get("a") + kBody, 400},
      {"target_dots", get("/a/../b") + kBody, 400},
      {"target_dots_at_end", get("/a/..") + kBody, 400},
      {"target_dot", get("/./a") + kBody, 400},
      {"target_dots_escaped", get("/a/%2e%2E/b") + kBody, 400},
      {"target_dots_half_escaped", get("/a/.%2e/b") + kBody, 400},
      {"target_two_slashes", get("//a") + kBody, 400},
      {"target_8_bit", get("/\xC3\xA9") + kBody, 400},
      {"target_nul", get("/a\0b"s) + kBody, 400},
      {"target_tab", get("/a\tb") + kBody, 400},
      {"target_space", get("/a b") + kBody, 400},
      {"target_delete", get("/a\x7F") + kBody, 400},
      {"target_fragment", get("/a#b") + kBody, 400},
      {"target_backslash", get("/a\\b") + kBody, 400},
      {"target_quote", get("/a\"b") + kBody, 400},
      {"target_angle", get("/<a>") + kBody, 400},
      {"target_brace", get("/{id}") + kBody, 400},
      {"target_escape_cut", get("/a%2") + kBody, 400},
      {"target_escape_wrong", get("/a%zz") + kBody, 400},
      {"target_query_empty", get("/a?") + kBody, 400},
      {"target_query", get("/a?b=c?d"), 200},
      {"target_semicolon", get("/a;b"), 200},
      {"target_too_long", get("/" + std::string(8200, 'a')) + kBody, 431},
  };
}

std::vector<FramingVector> line_vectors() {
  return {
      {"line_bare_lf", "GET /a HTTP/1.1\nHost: ca.test\n\n" + kBody, 400},
      {"line_bare_lf_in_header", "GET /a HTTP/1.1\r\nHost: ca.test\nX: y\r\n\r\n" + kBody, 400},
      {"line_bare_lf_at_end", "GET /a HTTP/1.1\r\nHost: ca.test\r\n\n" + kBody, 400},
      {"line_bare_cr", "GET /a HTTP/1.1\r\nHost: ca.test\r\nX: a\rb\r\n\r\n" + kBody, 400},
      {"line_two_crs", "GET /a HTTP/1.1\r\nHost: ca.test\r\r\n\r\n" + kBody, 400},
      {"line_nul_in_value", get("/a", "X: a\0b\r\n"s) + kBody, 400},
      {"line_escape_in_value", get("/a", "X: \x1B[31m\r\n") + kBody, 400},
      {"line_delete_in_value", get("/a", "X: a\x7F\r\n") + kBody, 400},
      {"line_folded", get("/a", "X: a\r\n b\r\n") + kBody, 400},
      {"line_folded_with_tab", get("/a", "X: a\r\n\tb\r\n") + kBody, 400},
      {"line_first_field_folded", "GET /a HTTP/1.1\r\n Host: ca.test\r\n\r\n" + kBody, 400},
      {"line_without_colon", get("/a", "Nonsense\r\n") + kBody, 400},
      {"line_without_name", get("/a", ": value\r\n") + kBody, 400},
      {"line_name_with_bracket", get("/a", "X[1]: y\r\n") + kBody, 400},
      {"line_name_8_bit", get("/a", "\xC3\xA9: y\r\n") + kBody, 400},
      {"line_value_8_bit", get("/a", "User-Agent: caf\xC3\xA9\r\n"), 200},
      {"line_many_fields",
       get("/a",
           [] {
             std::string fields;
             for (int i = 0; i < 100; ++i) fields += "X: y\r\n";
             return fields;
           }()) +
           kBody,
       431},
      {"line_long_header", get("/a", "X: " + std::string(9000, 'y') + "\r\n") + kBody, 431},
      {"line_leading_empty", "\r\n" + get("/a"), 200},
      {"line_two_leading_empty", "\r\n\r\n" + get("/a") + kBody, 400},
      {"version_9_9", "GET /a HTTP/9.9\r\nHost: ca.test\r\n\r\n" + kBody, 505},
      {"version_2_preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505},
      {"version_missing", "GET /a\r\nHost: ca.test\r\n\r\n" + kBody, 400},
      {"version_lower_case", "GET /a http/1.1\r\nHost: ca.test\r\n\r\n" + kBody, 400},
      {"method_empty", " /a HTTP/1.1\r\nHost: ca.test\r\n\r\n" + kBody, 400},
      {"method_with_control", "G\x01T /a HTTP/1.1\r\nHost: ca.test\r\n\r\n" + kBody, 400},
      {"method_unknown", "BREW /a HTTP/1.1\r\nHost: ca.test\r\n\r\n", 200},
      {"tls_hello", "\x16\x03\x01\x02\x00\x01\x00\x01"s, 400},
      {"two_spaces", "GET  /a HTTP/1.1\r\nHost: ca.test\r\n\r\n" + kBody, 400},
  };
}

}  // namespace

std::vector<FramingVector> framing_vectors() {
  std::vector<FramingVector> all;
  for (auto group : {coding_vectors, length_vectors, host_vectors, target_vectors, line_vectors}) {
    for (FramingVector& vector : group()) all.push_back(std::move(vector));
  }
  return all;
}

}  // namespace tests

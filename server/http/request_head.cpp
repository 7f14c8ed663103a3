#include "server/http/request_head.h"

#include <algorithm>
#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/beast/core/error.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/none.hpp>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <limits>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include "acme/in_quotes.h"
#include "server/http/target.h"

namespace server {
namespace {

namespace beast = boost::beast;
namespace http = boost::beast::http;
using acme::in_quotes;

using Parser = http::request_parser<http::empty_body>;
using Fields = Parser::value_type;
using Checked = std::expected<void, Refusal>;

constexpr std::size_t kMaxFields = 64;
/// Two readers could take two of them for different requests.
constexpr std::array<std::string_view, 4> kSingleFields{"Content-Type", "Authorization", "If-Match",
                                                        "Idempotency-Key"};

std::unexpected<Refusal> refuse(unsigned status, std::string detail) {
  return std::unexpected(Refusal{.status = status, .detail = std::move(detail)});
}

std::string_view view(beast::string_view text) {
  return {text.data(), text.size()};
}

beast::string_view beast_view(std::string_view text) {
  return {text.data(), text.size()};
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  return beast::iequals(a, b);
}

/// Beast unfolds continuation lines (RFC 9112 §5.2) and hides that there were any, so the raw lines
/// are looked at.
Checked check_lines(std::string_view bytes) {
  std::size_t lines = 0;
  for (std::size_t at = bytes.find('\n'); at != bytes.npos; at = bytes.find('\n', at + 1)) {
    ++lines;
    if (at + 1 < bytes.size() && (bytes[at + 1] == ' ' || bytes[at + 1] == '\t')) {
      return refuse(400, "A header line is folded, which RFC 9112 §5.2 no longer allows.");
    }
  }
  if (lines > kMaxFields + 2) {
    return refuse(431,
                  "The request has more than " + std::to_string(kMaxFields) + " header fields.");
  }
  return {};
}

/// The fields that decide where a message ends. Boost 1.81 takes unknown transfer codings for "no
/// body" and merges trailers into the header (docs/architecture.md), so neither gets as far as a
/// body.
Checked check_framing(const Fields& fields) {
  const std::size_t lengths = fields.count(http::field::content_length);
  if (fields.count(http::field::transfer_encoding) != 0) {
    if (lengths != 0) {
      return refuse(400,
                    "Transfer-Encoding and Content-Length exclude each other (RFC 9112 §6.1).");
    }
    return refuse(501,
                  "Transfer-Encoding is not supported here; send the body with Content-Length.");
  }
  if (fields.count(http::field::trailer) != 0) {
    return refuse(400, "Trailer fields are not accepted here.");
  }
  if (lengths > 1) {
    return refuse(400, "The request has more than one Content-Length field (RFC 9112 §6.3).");
  }
  for (const std::string_view name : kSingleFields) {
    if (fields.count(beast_view(name)) > 1) {
      return refuse(400, "The request has more than one " + std::string(name) + " field.");
    }
  }
  return {};
}

Checked check_host(const Fields& fields, const HeadRules& rules) {
  const std::size_t hosts = fields.count(http::field::host);
  if (hosts != 1) {
    return refuse(400, "The request has " + std::to_string(hosts) +
                           " Host fields; exactly one is required (RFC 9112 §3.2).");
  }
  const std::string_view host = view(fields[http::field::host]);
  if (!rules.hosts.contains(host)) {
    return refuse(421, "The host " + in_quotes(host) + " is not served here.");
  }
  // RFC 9110 §7.4: the name asked for in the handshake is the one the certificate was chosen for.
  if (!rules.server_name.empty() && !HostNames::has_name(host, rules.server_name)) {
    return refuse(421, "The host " + in_quotes(host) + " is not the server name " +
                           in_quotes(rules.server_name) + " of the TLS handshake.");
  }
  return {};
}

/// RFC 9110 §8.6: digits and nothing else; lists and signs are refused even where they would be
/// harmless.
std::expected<std::uint64_t, Refusal> read_content_length(const Fields& fields,
                                                          std::uint64_t limit) {
  const auto field = fields.find(http::field::content_length);
  const std::string_view method = view(fields.method_string());
  if (field == fields.end()) {
    if (method == "POST" || method == "PUT" || method == "PATCH") {
      return refuse(411, "A " + std::string(method) + " request needs a Content-Length.");
    }
    return 0;
  }
  const std::string_view text = view(field->value());
  std::uint64_t length = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), length);
  if (error == std::errc::result_out_of_range) length = std::numeric_limits<std::uint64_t>::max();
  if (error == std::errc::invalid_argument || end != text.data() + text.size()) {
    return refuse(400, "The Content-Length " + in_quotes(text) + " is not a decimal number.");
  }
  if (length > limit) {
    return refuse(413,
                  "The body has more than the " + std::to_string(limit) + " bytes allowed here.");
  }
  if (length != 0 && (method == "GET" || method == "HEAD")) {
    return refuse(400, "A " + std::string(method) + " request has no body here.");
  }
  return length;
}

/// RFC 9110 §10.1.1. An HTTP/1.0 client does not know of 100, so its expectation counts for
/// nothing.
std::expected<Expectation, Refusal> read_expectation(const Fields& fields) {
  if (fields.count(http::field::expect) == 0 || fields.version() < 11) return Expectation::none;
  const std::string_view value = view(fields[http::field::expect]);
  if (fields.count(http::field::expect) == 1 && equal_ignoring_case(value, "100-continue")) {
    return Expectation::continue_100;
  }
  return refuse(417,
                "The expectation " + in_quotes(value) + " cannot be met; only 100-continue is.");
}

/// RFC 9110 §5.3: a list in several fields is one list.
std::string joined(const Fields& fields, http::field name) {
  std::string list;
  const auto [first, last] = fields.equal_range(name);
  for (auto field = first; field != last; ++field) {
    if (!list.empty()) list += ", ";
    list += view(field->value());
  }
  return list;
}

struct ParserFault {
  http::error error;
  std::string_view detail;
};

constexpr std::array kParserFaults{
    ParserFault{http::error::bad_method, "The request line has no valid method."},
    ParserFault{http::error::bad_target, "The request line has no valid target."},
    ParserFault{http::error::bad_version, "The request line has no valid HTTP version."},
    ParserFault{http::error::bad_field, "A header field has an invalid name."},
    ParserFault{http::error::bad_value, "A header field has an invalid value."},
    ParserFault{http::error::bad_content_length, "The Content-Length is not a decimal number."},
    ParserFault{http::error::multiple_content_length,
                "The request has contradicting Content-Length fields (RFC 9112 §6.3)."},
    ParserFault{
        http::error::bad_transfer_encoding,
        "Transfer-Encoding is not accepted twice or with a Content-Length (RFC 9112 §6.1)."},
};

/// True if the request line ends in the name of a version that is not spoken here (RFC 9112 §2.3).
bool names_another_version(std::string_view bytes) {
  constexpr std::string_view kForm = " HTTP/1.1";
  const std::string_view line = bytes.substr(0, bytes.find('\r'));
  if (line.size() < kForm.size()) return false;
  const std::string_view end = line.substr(line.size() - kForm.size());
  return end.starts_with(" HTTP/") && is_digit(end[6]) && end[7] == '.' && is_digit(end[8]) &&
         end != kForm && end != " HTTP/1.0";
}

Refusal refusal_of(const beast::error_code& error, std::string_view bytes) {
  if (error == http::error::bad_version && names_another_version(bytes)) {
    return {.status = 505, .detail = "Only HTTP/1.1 and HTTP/1.0 are spoken here."};
  }
  for (const ParserFault& fault : kParserFaults) {
    if (error == fault.error) return {.status = 400, .detail = std::string(fault.detail)};
  }
  return {.status = 400, .detail = "The request header is not valid HTTP/1.1 (RFC 9112)."};
}

Checked read_target(const Fields& fields, RequestHead& head) {
  const auto target = parse_target(view(fields.target()));
  if (!target) {
    // What it is about is told by its beginning, so that it is answered in the words of that part.
    const std::string_view sent = view(fields.target());
    head.path = sent.substr(0, sent.find('?'));
    return refuse(400, target.error());
  }
  head.path = target->path;
  head.query = target->query;
  return {};
}

/// What the fields say of the rest of the message, into `head`.
Checked judge_fields(const Fields& fields, const HeadRules& rules, RequestHead& head) {
  if (auto framing = check_framing(fields); !framing) return framing;
  if (auto host = check_host(fields, rules); !host) return host;
  const auto expectation = read_expectation(fields);
  if (!expectation) return std::unexpected(expectation.error());
  std::uint64_t limit = rules.body_bytes;
  if (rules.body_limit != nullptr && *rules.body_limit) {
    limit = (*rules.body_limit)(head).value_or(limit);
  }
  const auto length = read_content_length(fields, limit);
  if (!length) return std::unexpected(length.error());
  head.expectation = *expectation;
  head.content_length = *length;
  return {};
}

}  // namespace

HeadScanner::Verdict HeadScanner::scan(std::string_view bytes) {
  for (; seen_ < bytes.size(); ++seen_) {
    const auto c = static_cast<unsigned char>(bytes[seen_]);
    if (c == '\n') {
      // RFC 9112 §2.2 lets a recipient take a bare LF as a line end; two readers that differ on it
      // disagree on where a request ends, so it is refused.
      if (seen_ == 0 || bytes[seen_ - 1] != '\r') return Verdict::broken;
      const bool line_is_empty = seen_ == line_begin_ + 1;
      line_begin_ = seen_ + 1;
      if (!line_is_empty) continue;
      ++seen_;
      return Verdict::complete;
    }
    if (seen_ > 0 && bytes[seen_ - 1] == '\r') return Verdict::broken;
    if ((c < 0x20 && c != '\t' && c != '\r') || c == 0x7F) return Verdict::broken;
  }
  return Verdict::incomplete;
}

std::expected<RequestHead, Refusal> parse_head(std::string_view bytes, const HeadRules& rules) {
  if (const auto lines = check_lines(bytes); !lines) return std::unexpected(lines.error());

  Parser parser;
  parser.header_limit(std::numeric_limits<std::uint32_t>::max());
  parser.body_limit(boost::none);
  beast::error_code error;
  const std::size_t parsed = parser.put(boost::asio::buffer(bytes.data(), bytes.size()), error);
  if (error) return std::unexpected(refusal_of(error, bytes));
  if (!parser.is_header_done() || parsed != bytes.size()) {
    return refuse(400, "The request header is not valid HTTP/1.1 (RFC 9112).");
  }

  const Fields& fields = parser.get();
  RequestHead head{
      .method = std::string(view(fields.method_string())),
      .path = {},
      .query = {},
      .content_type = std::string(view(fields[http::field::content_type])),
      .user_agent = std::string(view(fields[http::field::user_agent])),
      .if_none_match = std::string(view(fields[http::field::if_none_match])),
      .if_match = std::string(view(fields[http::field::if_match])),
      .authorization = std::string(view(fields[http::field::authorization])),
      .accept_language = joined(fields, http::field::accept_language),
      .idempotency_key = std::string(view(fields["Idempotency-Key"])),
      .persistence = parser.keep_alive() ? Persistence::keep_alive : Persistence::close,
  };
  auto judged = read_target(fields, head);
  if (judged) judged = judge_fields(fields, rules, head);
  if (!judged) {
    Refusal& refusal = judged.error();
    refusal.method = std::move(head.method);
    refusal.path = std::move(head.path);
    refusal.user_agent = std::move(head.user_agent);
    return std::unexpected(std::move(refusal));
  }
  return head;
}

}  // namespace server

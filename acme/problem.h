// Refusals that the subscriber is meant to read (RFC 8555 §6.7, RFC 9457).
#pragma once

#include <chrono>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "acme/reply.h"
#include "ca/names/identifier.h"

namespace acme {

/// Every error type of RFC 8555 §6.7 and of the registered extensions we speak, in the registry's
/// spelling. The URN suffix table is in problem.cpp, the HTTP status table in
/// server/acme_http/problem_response.cpp; both are total.
enum class ProblemType {
  account_does_not_exist,
  already_replaced,
  already_revoked,
  auto_renewal_canceled,
  auto_renewal_cancellation_invalid,
  auto_renewal_expired,
  auto_renewal_revocation_not_supported,
  bad_csr,
  bad_nonce,
  bad_public_key,
  bad_revocation_reason,
  bad_signature_algorithm,
  caa,
  compound,
  conflict,
  connection,
  dns,
  external_account_required,
  incorrect_response,
  invalid_contact,
  invalid_profile,
  malformed,
  onion_caa_required,
  order_not_ready,
  rate_limited,
  rejected_identifier,
  server_internal,
  tls,
  unauthorized,
  unsupported_contact,
  unsupported_identifier,
  user_action_required,
};

/// `urn:ietf:params:acme:error:…`, or `about:blank`-style problems for `conflict` (which has no
/// ACME type; RFC 9457 §4.2.1).
std::string urn_of(ProblemType type);
/// All types, for tests of totality.
const std::vector<ProblemType>& problem_types();

/// What a problem is about, as the client wrote it: it need not be an identifier at all.
struct ProblemIdentifier {
  ProblemIdentifier(std::string type_in, std::string value_in)
      : type(std::move(type_in)), value(std::move(value_in)) {}
  ProblemIdentifier(const ca::Identifier& identifier)  // an identifier is one way to write it
      : type(ca::type_of(identifier)), value(ca::value_of(identifier)) {}
  bool operator==(const ProblemIdentifier&) const = default;

  std::string type;
  std::string value;
};

/// A refusal. The detail says what was wrong, quotes the offending value and says what was
/// expected; never exception text, file paths or internal ids.
class Problem {
 public:
  Problem(ProblemType type, std::string detail) : type_(type), detail_(std::move(detail)) {}

  Problem&& about(ProblemIdentifier identifier) &&;
  /// Says first in which part of the request the fault is: `place` and a colon before the detail.
  Problem&& within(std::string_view place) &&;
  /// RFC 8555 §6.7.1. A problem with subproblems of different types is `compound`.
  Problem&& with_subproblems(std::vector<Problem> subproblems) &&;
  /// Extra members of the problem document that are lists of text (`algorithms`, RFC 8555 §6.2).
  Problem&& with_list(std::string name, std::vector<std::string> values) &&;
  /// Where to look (Location header): the order behind an orderNotReady, the account behind a 409.
  Problem&& with_location(std::string url) &&;
  /// A page to go to, beside `index` (RFC 8288): the terms of service of a userActionRequired.
  Problem&& with_link(Link link) &&;
  Problem&& retry_after(std::chrono::seconds wait) &&;

  [[nodiscard]] ProblemType type() const { return type_; }
  [[nodiscard]] const std::string& detail() const { return detail_; }
  [[nodiscard]] const std::optional<ProblemIdentifier>& identifier() const { return identifier_; }
  [[nodiscard]] const std::vector<Problem>& subproblems() const { return subproblems_; }
  [[nodiscard]] const std::optional<std::pair<std::string, std::vector<std::string>>>& list()
      const {
    return list_;
  }
  [[nodiscard]] const std::optional<std::string>& location() const { return location_; }
  [[nodiscard]] const std::vector<Link>& links() const { return links_; }
  [[nodiscard]] std::optional<std::chrono::seconds> wait() const { return wait_; }

  /// The stored form, used in challenges and orders.
  [[nodiscard]] std::string encode() const;
  static Problem decode(std::string_view bytes);

 private:
  static Problem decode_at(std::string_view bytes, int depth);

  ProblemType type_;
  std::string detail_;
  std::optional<ProblemIdentifier> identifier_;
  std::vector<Problem> subproblems_;
  std::optional<std::pair<std::string, std::vector<std::string>>> list_;
  std::optional<std::string> location_;
  std::vector<Link> links_;
  std::optional<std::chrono::seconds> wait_;
};

template <class T>
using Result = std::expected<T, Problem>;

inline std::unexpected<Problem> refuse(ProblemType type, std::string detail) {
  return std::unexpected(Problem(type, std::move(detail)));
}

}  // namespace acme

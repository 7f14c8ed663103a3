#include "acme/problem.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include "storage/record_codec.h"
#include "storage/storage_error.h"

namespace acme {
namespace {

struct TypeRow {
  ProblemType type;
  std::string_view token;
};

// RFC 8555 §6.7 in its order, then the registered extensions; `conflict` is ours and never shown as
// an ACME type.
constexpr std::array kTypes{
    TypeRow{ProblemType::account_does_not_exist, "accountDoesNotExist"},
    TypeRow{ProblemType::already_revoked, "alreadyRevoked"},
    TypeRow{ProblemType::bad_csr, "badCSR"},
    TypeRow{ProblemType::bad_nonce, "badNonce"},
    TypeRow{ProblemType::bad_public_key, "badPublicKey"},
    TypeRow{ProblemType::bad_revocation_reason, "badRevocationReason"},
    TypeRow{ProblemType::bad_signature_algorithm, "badSignatureAlgorithm"},
    TypeRow{ProblemType::caa, "caa"},
    TypeRow{ProblemType::compound, "compound"},
    TypeRow{ProblemType::connection, "connection"},
    TypeRow{ProblemType::dns, "dns"},
    TypeRow{ProblemType::external_account_required, "externalAccountRequired"},
    TypeRow{ProblemType::incorrect_response, "incorrectResponse"},
    TypeRow{ProblemType::invalid_contact, "invalidContact"},
    TypeRow{ProblemType::malformed, "malformed"},
    TypeRow{ProblemType::order_not_ready, "orderNotReady"},
    TypeRow{ProblemType::rate_limited, "rateLimited"},
    TypeRow{ProblemType::rejected_identifier, "rejectedIdentifier"},
    TypeRow{ProblemType::server_internal, "serverInternal"},
    TypeRow{ProblemType::tls, "tls"},
    TypeRow{ProblemType::unauthorized, "unauthorized"},
    TypeRow{ProblemType::unsupported_contact, "unsupportedContact"},
    TypeRow{ProblemType::unsupported_identifier, "unsupportedIdentifier"},
    TypeRow{ProblemType::user_action_required, "userActionRequired"},
    TypeRow{ProblemType::already_replaced, "alreadyReplaced"},     // RFC 9773 §7.4
    TypeRow{ProblemType::invalid_profile, "invalidProfile"},       // draft-ietf-acme-profiles §6.3
    TypeRow{ProblemType::onion_caa_required, "onionCAARequired"},  // RFC 9799
    // RFC 8739 §5.2
    TypeRow{ProblemType::auto_renewal_canceled, "autoRenewalCanceled"},
    TypeRow{ProblemType::auto_renewal_expired, "autoRenewalExpired"},
    TypeRow{ProblemType::auto_renewal_cancellation_invalid, "autoRenewalCancellationInvalid"},
    TypeRow{ProblemType::auto_renewal_revocation_not_supported,
            "autoRenewalRevocationNotSupported"},
    TypeRow{ProblemType::conflict, "conflict"},
};

// RFC 8555 §6.7.1 knows one level of subproblems, so a stored problem that is deeper is damage.
constexpr int kMaxDepth = 2;

namespace field {
constexpr std::uint32_t kToken = 1;
constexpr std::uint32_t kDetail = 2;
constexpr std::uint32_t kIdentifierType = 3;
constexpr std::uint32_t kIdentifierValue = 4;
constexpr std::uint32_t kSubproblem = 5;
constexpr std::uint32_t kListName = 6;
constexpr std::uint32_t kListValue = 7;
constexpr std::uint32_t kLocation = 8;
constexpr std::uint32_t kWaitSeconds = 9;
constexpr std::uint32_t kLinkUrl = 10;  // then its relation
constexpr std::uint32_t kLinkRelation = 11;
}  // namespace field
constexpr std::uint8_t kVersion = 1;

std::string_view token_of(ProblemType type) {
  const auto* const row = std::ranges::find(kTypes, type, &TypeRow::type);
  return row == kTypes.end() ? std::string_view{} : row->token;
}

struct StoredFields {
  std::optional<ProblemType> type;
  std::string detail;
  std::optional<std::string> identifier_type;
  std::optional<std::string> identifier_value;
  std::vector<std::string> subproblems;
  std::optional<std::string> list_name;
  std::vector<std::string> list_values;
  std::optional<std::string> location;
  std::vector<std::string> link_urls;
  std::vector<std::string> link_relations;
  std::optional<std::chrono::seconds> wait;
};

ProblemType stored_type(std::string_view token) {
  const auto* const row = std::ranges::find(kTypes, token, &TypeRow::token);
  if (row == kTypes.end()) throw storage::CorruptRecord("problem: unknown stored type");
  return row->type;
}

StoredFields read_fields(std::string_view bytes) {
  StoredFields out;
  storage::RecordReader reader("problem", bytes, kVersion);
  while (const auto found = reader.next()) {
    switch (found->field) {
      case field::kToken:
        out.type = stored_type(found->as_bytes());
        break;
      case field::kDetail:
        out.detail = found->as_string();
        break;
      case field::kIdentifierType:
        out.identifier_type = found->as_string();
        break;
      case field::kIdentifierValue:
        out.identifier_value = found->as_string();
        break;
      case field::kSubproblem:
        out.subproblems.push_back(found->as_string());
        break;
      case field::kListName:
        out.list_name = found->as_string();
        break;
      case field::kListValue:
        out.list_values.push_back(found->as_string());
        break;
      case field::kLocation:
        out.location = found->as_string();
        break;
      case field::kLinkUrl:
        out.link_urls.push_back(found->as_string());
        break;
      case field::kLinkRelation:
        out.link_relations.push_back(found->as_string());
        break;
      case field::kWaitSeconds:
        out.wait = std::chrono::seconds(static_cast<std::int64_t>(found->as_number()));
        break;
      default:
        break;
    }
  }
  if (!out.type) throw storage::CorruptRecord("problem: no stored type");
  if (out.identifier_type.has_value() != out.identifier_value.has_value()) {
    throw storage::CorruptRecord("problem: half of an identifier");
  }
  if (out.link_urls.size() != out.link_relations.size()) {
    throw storage::CorruptRecord("problem: half of a link");
  }
  return out;
}

}  // namespace

std::string urn_of(ProblemType type) {
  // RFC 8555 §6.7: the ACME namespace holds registered types only.
  if (type == ProblemType::conflict) return "about:blank";
  return "urn:ietf:params:acme:error:" + std::string(token_of(type));
}

const std::vector<ProblemType>& problem_types() {
  static const std::vector<ProblemType> types = [] {
    std::vector<ProblemType> all;
    for (const TypeRow& row : kTypes) all.push_back(row.type);
    std::ranges::sort(all);
    return all;
  }();
  return types;
}

Problem&& Problem::about(ProblemIdentifier identifier) && {
  identifier_ = std::move(identifier);
  return std::move(*this);
}

Problem&& Problem::within(std::string_view place) && {
  detail_ = std::string(place) + ": " + detail_;
  return std::move(*this);
}

Problem&& Problem::with_subproblems(std::vector<Problem> subproblems) && {
  subproblems_ = std::move(subproblems);
  const bool mixed = std::ranges::any_of(subproblems_, [&](const Problem& each) {
    return each.type() != subproblems_.front().type();
  });
  if (mixed) type_ = ProblemType::compound;
  return std::move(*this);
}

Problem&& Problem::with_list(std::string name, std::vector<std::string> values) && {
  list_.emplace(std::move(name), std::move(values));
  return std::move(*this);
}

Problem&& Problem::with_location(std::string url) && {
  location_ = std::move(url);
  return std::move(*this);
}

Problem&& Problem::with_link(Link link) && {
  links_.push_back(std::move(link));
  return std::move(*this);
}

Problem&& Problem::retry_after(std::chrono::seconds wait) && {
  wait_ = wait;
  return std::move(*this);
}

std::string Problem::encode() const {
  storage::RecordWriter writer(kVersion);
  // The token and not the enumerator: the order of the enumeration may change, the registry does
  // not.
  writer.bytes(field::kToken, token_of(type_)).bytes(field::kDetail, detail_);
  if (identifier_) {
    writer.bytes(field::kIdentifierType, identifier_->type);
    writer.bytes(field::kIdentifierValue, identifier_->value);
  }
  for (const Problem& each : subproblems_) writer.bytes(field::kSubproblem, each.encode());
  if (list_) {
    writer.bytes(field::kListName, list_->first);
    for (const std::string& value : list_->second) writer.bytes(field::kListValue, value);
  }
  if (location_) writer.bytes(field::kLocation, *location_);
  for (const Link& link : links_) {
    writer.bytes(field::kLinkUrl, link.url).bytes(field::kLinkRelation, link.relation);
  }
  if (wait_) writer.number(field::kWaitSeconds, static_cast<std::uint64_t>(wait_->count()));
  return std::move(writer).take();
}

Problem Problem::decode_at(std::string_view bytes, int depth) {
  if (depth > kMaxDepth) throw storage::CorruptRecord("problem: subproblems of subproblems");
  StoredFields stored = read_fields(bytes);
  Problem problem(*stored.type, std::move(stored.detail));
  if (stored.identifier_type) {
    problem.identifier_ = {*std::move(stored.identifier_type), *std::move(stored.identifier_value)};
  }
  for (const std::string& each : stored.subproblems) {
    problem.subproblems_.push_back(decode_at(each, depth + 1));
  }
  if (stored.list_name) {
    problem.list_.emplace(*std::move(stored.list_name), std::move(stored.list_values));
  }
  problem.location_ = std::move(stored.location);
  for (std::size_t i = 0; i < stored.link_urls.size(); ++i) {
    problem.links_.push_back({std::move(stored.link_urls[i]), std::move(stored.link_relations[i])});
  }
  problem.wait_ = stored.wait;
  return problem;
}

Problem Problem::decode(std::string_view bytes) {
  return decode_at(bytes, 1);
}

}  // namespace acme

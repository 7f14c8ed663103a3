// Names of stored objects. Not convertible into each other, nor from plain text by accident.
#pragma once

#include <chrono>
#include <compare>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "ca/crypto/random.h"

namespace policy {

/// 16 octets: the time in milliseconds in 6 of them, so that neighbours in time are neighbours in
/// the store (fewer dirty pages), and 10 random ones.
std::string fresh_id_octets(ca::RandomSource& random, std::chrono::system_clock::time_point now);
/// `prefix` and 22 characters of base64url.
std::string id_text(std::string_view prefix, std::string_view octets);
/// The octets of an id that is spelled exactly as id_text spells it.
std::optional<std::string> id_octets(std::string_view prefix, std::string_view text);

/// An id. `Tag::kPrefix` says of what, wherever people read it ("app_…"); it may be empty.
template <class Tag>
class Id {
 public:
  /// The id written in a URL, or nothing if it is not spelled exactly as we spell it.
  static std::optional<Id> parse(std::string_view text) {
    auto octets = id_octets(Tag::kPrefix, text);
    if (!octets) return std::nullopt;
    return Id(*std::move(octets));
  }
  static Id from_octets(std::string octets) { return Id(std::move(octets)); }
  static Id fresh(ca::RandomSource& random, std::chrono::system_clock::time_point now) {
    return Id(fresh_id_octets(random, now));
  }

  [[nodiscard]] const std::string& octets() const { return octets_; }  // the key in the store
  /// The spelling in URLs and logs.
  [[nodiscard]] std::string text() const { return id_text(Tag::kPrefix, octets_); }
  auto operator<=>(const Id&) const = default;

 private:
  explicit Id(std::string octets) : octets_(std::move(octets)) {}
  std::string octets_;
};

struct TenantTag {
  static constexpr std::string_view kPrefix = "ten_";
};
struct PersonTag {
  static constexpr std::string_view kPrefix = "per_";
};
struct TokenTag {
  static constexpr std::string_view kPrefix = "tok_";
};
struct OrganizationTag {
  static constexpr std::string_view kPrefix = "org_";
};
struct ContactTag {
  static constexpr std::string_view kPrefix = "con_";
};
struct ApplicationTag {
  static constexpr std::string_view kPrefix = "app_";
};
struct DocumentTag {
  static constexpr std::string_view kPrefix = "doc_";
};
struct TaskTag {
  static constexpr std::string_view kPrefix = "task_";
};
struct ClaimTag {
  static constexpr std::string_view kPrefix = "clm_";
};
struct DomainTag {
  static constexpr std::string_view kPrefix = "dom_";
};
struct CallTag {
  static constexpr std::string_view kPrefix = "call_";
};

using TenantId = Id<TenantTag>;              // a customer; sees nothing of another one
using PersonId = Id<PersonTag>;              // a human being, on either side of the desk
using TokenId = Id<TokenTag>;                // an API token
using OrganizationId = Id<OrganizationTag>;  // what a certificate is to name
using ContactId = Id<ContactTag>;
using ApplicationId = Id<ApplicationTag>;
using DocumentId = Id<DocumentTag>;
using TaskId = Id<TaskTag>;      // a piece of work in a review queue
using ClaimId = Id<ClaimTag>;    // evidence of domain control that may be used again
using DomainId = Id<DomainTag>;  // a domain that an organization proves before any application
using CallId = Id<CallTag>;      // the record of a phone call

}  // namespace policy

// What an application said each time it was submitted, and what changed from one time to the next.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ca/time.h"
#include "policy/applications/application.h"
#include "policy/ids.h"
#include "policy/product.h"
#include "policy/record_fields.h"
#include "storage/table.h"

namespace policy {

/// One fact of the application as reviewers see it. Pointers are those of
/// Decision::fields_at_fault:
/// "/organization/legalName", "/identifiers/0".
struct FactAt {
  std::string pointer;
  std::string value;
  template <class Self, class Walk>
  static void fields(Self& self, Walk& walk) {
    walk(1, self.pointer);
    walk(2, self.value);
  }
  auto operator<=>(const FactAt&) const = default;
};
/// Sorted by pointer, each once.
using Facts = std::vector<FactAt>;

/// Frozen with submit and resubmit; the organization and the contacts are written out, so that it
/// stays what was looked at whatever becomes of their records.
struct Revision {
  std::uint32_t number = 0;
  PersonId by = PersonId::from_octets({});
  ca::Time at{};
  Facts facts;
  std::string information;  // information_of(facts), raw octets; empty without an organization

  template <class Self, class Walk>
  static void fields(Self& self, Walk& walk) {
    walk(1, self.number);
    walk(2, self.by);
    walk(3, self.at);
    walk(4, self.facts);
    walk(5, self.information);
  }
  [[nodiscard]] std::string encode() const { return encode_record(*this); }
  static Revision decode(std::string_view bytes) {
    return decode_record<Revision>("revision", bytes);
  }
  bool operator==(const Revision&) const = default;
};

/// ApplicationId octets, number -> revision.
inline constexpr storage::Table<Revision> kRevisions{"application_revisions"};
std::string revision_key(const ApplicationId& application, std::uint32_t number);
std::vector<Revision> revisions_of(const storage::Snapshot& snapshot, const ApplicationId& id);

/// The application as it would be frozen now, with its organization and contacts.
Facts facts_of(const storage::Snapshot& snapshot, const Application& application);

/// What decides whether a review may be used again (TGM-19): a hash over what the product's
/// review_reuse.key names (organization, admin, contact, type), the same whatever the case and the
/// spaces. Empty if the key is.
std::string information_of(const Facts& facts, const Product& product);

struct Change {
  std::string pointer;
  std::optional<std::string> before;
  std::optional<std::string> after;
  bool operator==(const Change&) const = default;
};
/// What is different, by pointer.
std::vector<Change> difference(const Facts& before, const Facts& after);
/// What revision `number` changed of the one before it (ALI-42); nothing if one of them is not
/// there.
std::vector<Change> changes_by_revision(const storage::Snapshot& snapshot,
                                        const ApplicationId& id,
                                        std::uint32_t number);
/// Those of `flagged` that a resubmission did not touch (ALI-42): a flag stands for everything
/// under it.
std::vector<std::string> untouched(const std::vector<std::string>& flagged,
                                   const std::vector<Change>& changes);

}  // namespace policy

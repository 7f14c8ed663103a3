// What need not be looked at again, because it was: domain claims, reviewed profiles, the same
// information, organizations that are valid (TCO-05, TGS-01, TGM-16, TGM-19, rule A-7).
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "ca/time.h"
#include "policy/applications/advance.h"
#include "policy/applications/application.h"
#include "policy/applications/ports.h"
#include "policy/record_fields.h"
#include "policy/reviews/matters.h"
#include "storage/table.h"

namespace policy {

/// What an issued application leaves for later ones with the same information.
struct SameInformation {
  ApplicationId application = ApplicationId::from_octets({});
  ca::Time issued_at{};
  ca::Time oldest{};  // of the facts that were collected
  template <class Self, class Walk>
  static void fields(Self& self, Walk& walk) {
    walk(1, self.application);
    walk(2, self.issued_at);
    walk(3, self.oldest);
  }
  [[nodiscard]] std::string encode() const { return encode_record(*this); }
  static SameInformation decode(std::string_view bytes) {
    return decode_record<SameInformation>("same information", bytes);
  }
};
/// TenantId octets, Revision::information -> the application issued last.
inline constexpr storage::Table<SameInformation> kSameInformation{"same_information"};

/// The gates that are fulfilled without anybody doing anything, each with what it rests on. What is
/// known of the organization stands for what is about the organization; gates that are about people
/// or names stand only where these very ones were looked at too (policy/reviews/matters.h). While
/// the organization is suspended nothing that was looked at counts.
std::vector<Waiver> waivers_for(const storage::Snapshot& snapshot,
                                const Surroundings& surroundings,
                                const Application& application,
                                const Product& product,
                                ca::Time now);

/// The application whose findings about the organization hold for this one, although org_vetting is
/// not waived as a whole, and whom and what has been looked at (policy/reviews/carried.h).
struct Precedent {
  Application application;
  std::vector<SettledMatter> settled;
};
std::optional<Precedent> precedent_for(const storage::Snapshot& snapshot,
                                       const Application& application,
                                       const Product& product,
                                       ca::Time now);

/// Keeps the review of an issued application for later ones, if its product uses reviews again.
void note_information(storage::Transaction& transaction,
                      const Application& application,
                      const Product& product,
                      ca::Time now);

}  // namespace policy

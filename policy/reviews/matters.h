// What a review of an organization is about beside the organization itself: these people and these
// names. The organization may be known already; people and names that were never looked at have to
// be, whoever asks (III.7 of the specification; EVG 3.2.2.7, 3.2.2.8, BR 4.2.1, ALI-08).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "ca/names/identifier.h"
#include "ca/time.h"
#include "policy/applications/application.h"
#include "policy/applications/revision.h"
#include "policy/product.h"
#include "policy/record_fields.h"
#include "storage/transaction.h"

namespace policy {

/// One of them, and the step of the checklist that asks about it. Who is somebody else by anything
/// that is stated of them is another matter.
struct Matter {
  std::string step;   // "approver_authority"
  std::string about;  // "name www.example.com", or "person" and a hash of what is stated

  template <class Self, class Walk>
  static void fields(Self& self, Walk& walk) {
    walk(1, self.step);
    walk(2, self.about);
  }
  auto operator<=>(const Matter&) const = default;
};

/// A matter that people have looked at, with a good result.
struct SettledMatter {
  Matter matter;
  ca::Time at{};  // from when its age counts

  template <class Self, class Walk>
  static void fields(Self& self, Walk& walk) {
    walk(1, self.matter);
    walk(2, self.at);
  }
  bool operator==(const SettledMatter&) const = default;
};

/// The names that people have to look at: those whose registrant has to be the applicant, and those
/// that are spelled in other characters than ASCII, each once. None for most, and none where no
/// organization is named.
std::vector<Matter> matters_of_names(const Product& product,
                                     const std::vector<ca::Identifier>& names);
/// The people and the names of an application that says `facts`.
std::vector<Matter> matters_of(const Product& product,
                               const std::vector<ca::Identifier>& names,
                               const Facts& facts);
/// The matter of `step` that is about whoever `facts` state at `place` ("/approver").
Matter matter_of_person(std::string_view step, const Facts& facts, std::string_view place);

/// What the steps of the application's present revision have settled.
std::vector<SettledMatter> settled_by(const storage::Snapshot& snapshot,
                                      const Application& application,
                                      const Product& product);

/// Whether `matter` is among `settled` and not too old at `now` (BR 4.2.1).
bool is_settled(const std::vector<SettledMatter>& settled, const Matter& matter, ca::Time now);
/// Those of `matters` that are not.
std::vector<Matter> open_matters(const std::vector<Matter>& matters,
                                 const std::vector<SettledMatter>& settled,
                                 ca::Time now);

}  // namespace policy

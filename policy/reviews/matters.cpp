#include "policy/reviews/matters.h"

#include <algorithm>
#include <array>
#include <utility>
#include <variant>

#include "ca/crypto/encoding.h"
#include "ca/crypto/hash.h"
#include "ca/names/public_suffix.h"
#include "policy/name_rules.h"
#include "policy/organizations/org_validation.h"
#include "policy/reviews/checklist.h"
#include "storage/key_codec.h"

namespace policy {

namespace {

using About = ChecklistStep::About;

/// Where people stand in the facts of an application.
constexpr std::array<std::string_view, 2> kRequesters{"/adminContact", "/contact"};
constexpr std::string_view kApprover = "/approver";
constexpr std::string_view kSigner = "/signer";

bool has_label_of_other_scripts(std::string_view name) {
  return name.starts_with("xn--") || name.contains(".xn--");
}

class Collected {
 public:
  void add(Matter matter) {
    if (std::ranges::find(matters_, matter) == matters_.end()) {
      matters_.push_back(std::move(matter));
    }
  }
  void add_person(const ChecklistStep& step, const Facts& facts, std::string_view place) {
    const bool is_stated = std::ranges::any_of(
        facts, [&](const FactAt& fact) { return fact.pointer.starts_with(place); });
    if (is_stated) add(matter_of_person(step.name, facts, place));
  }
  void add_requesters(const ChecklistStep& step, const Facts& facts) {
    for (const std::string_view place : kRequesters) add_person(step, facts, place);
  }
  void add_spelled(const ChecklistStep& step, const std::vector<ca::Identifier>& names) {
    for (const ca::Identifier& each : names) {
      const auto* const name = std::get_if<ca::DnsName>(&each);
      if (name == nullptr || !has_label_of_other_scripts(name->text())) continue;
      add({std::string(step.name), "name " + name->without_wildcard().text()});
    }
  }
  void add_registrants(const ChecklistStep& step,
                       const Product& product,
                       const std::vector<ca::Identifier>& names) {
    for (const ca::Identifier& each : names) {
      if (!needs_registrant_match(product, each)) continue;
      const std::string name = std::get<ca::DnsName>(each).without_wildcard().text();
      add({std::string(step.name), "name " + ca::registered_domain(name)});
    }
  }
  [[nodiscard]] std::vector<Matter> take() && { return std::move(matters_); }

 private:
  std::vector<Matter> matters_;
};

}  // namespace

Matter matter_of_person(std::string_view step, const Facts& facts, std::string_view place) {
  storage::KeyWriter writer;
  const std::string under = std::string(place) + "/";
  for (const FactAt& fact : facts) {
    if (!fact.pointer.starts_with(under)) continue;
    writer.text(fact.pointer.substr(under.size())).text(fact.value);
  }
  return {std::string(step), "person " + ca::hex(ca::sha256(std::move(writer).take()))};
}

std::vector<Matter> matters_of(const Product& product,
                               const std::vector<ca::Identifier>& names,
                               const Facts& facts) {
  Collected collected;
  if (!names_organization(product.level)) return std::move(collected).take();
  for (const ChecklistStep* const step : checklist(product.level)) {
    switch (step->about) {
      case About::organization:
        break;
      case About::requester:
        collected.add_requesters(*step, facts);
        break;
      case About::approver:
        collected.add_person(*step, facts, kApprover);
        break;
      case About::signer:
        collected.add_person(*step, facts, kSigner);
        break;
      case About::registrants:
        collected.add_registrants(*step, product, names);
        break;
      case About::spelling:
        collected.add_spelled(*step, names);
        break;
      case About::everybody:
        collected.add_requesters(*step, facts);
        collected.add_person(*step, facts, kApprover);
        collected.add_person(*step, facts, kSigner);
        collected.add_spelled(*step, names);
        break;
    }
  }
  return std::move(collected).take();
}

std::vector<Matter> matters_of_names(const Product& product,
                                     const std::vector<ca::Identifier>& names) {
  return matters_of(product, names, {});
}

std::vector<SettledMatter> settled_by(const storage::Snapshot& snapshot,
                                      const Application& application,
                                      const Product& product) {
  std::vector<SettledMatter> settled;
  const auto revision =
      kRevisions.get(snapshot, revision_key(application.id, application.revision));
  if (!revision) return settled;
  const auto results = steps_of(snapshot, application.id, application.revision);
  for (Matter& matter : matters_of(product, application.wish.identifiers, revision->facts)) {
    const auto found = std::ranges::find(results, matter.step, &StepResult::step);
    if (found == results.end() || found->outcome == StepOutcome::failed) continue;
    settled.push_back({std::move(matter), found->counts_from()});
  }
  return settled;
}

bool is_settled(const std::vector<SettledMatter>& settled, const Matter& matter, ca::Time now) {
  return std::ranges::any_of(settled, [&](const SettledMatter& each) {
    return each.matter == matter && now < each.at + longest_identity_reuse(now);
  });
}

std::vector<Matter> open_matters(const std::vector<Matter>& matters,
                                 const std::vector<SettledMatter>& settled,
                                 ca::Time now) {
  std::vector<Matter> open;
  std::ranges::copy_if(matters, std::back_inserter(open),
                       [&](const Matter& each) { return !is_settled(settled, each, now); });
  return open;
}

}  // namespace policy

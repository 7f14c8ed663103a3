#include "policy/catalog/product_rules.h"

#include <algorithm>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

#include "policy/catalog/product_time_rules.h"

namespace policy {
namespace {

using enum GateName;

/// A rule and the key it is about.
struct Rule {
  std::string_view key;
  Complaint (*judge)(const Product& product);
};

bool is_required(const Product& product, GateName gate) {
  return product.requirement(gate) == GateRequirement::required;
}

bool has(const Product& product, GateName gate) {
  return product.requirement(gate) != GateRequirement::not_required;
}

template <class Item>
bool contains(const std::vector<Item>& items, const Item& item) {
  return std::ranges::find(items, item) != items.end();
}

std::string in_quotes(GateName gate) {
  return "\"" + std::string(text_of(gate)) + "\"";
}

/// In which stage a gate is.
std::optional<std::size_t> stage_of(const Product& product, GateName gate) {
  for (std::size_t i = 0; i < product.stages.size(); ++i) {
    if (std::ranges::find(product.stages[i].gates, gate, &ProductGate::name) !=
        product.stages[i].gates.end())
      return i;
  }
  return std::nullopt;
}

// --- Stages

Complaint every_gate_once(const Product& product) {
  for (const GateName gate : gates()) {
    std::ptrdiff_t count = 0;
    for (const Stage& stage : product.stages)
      count += std::ranges::count(stage.gates, gate, &ProductGate::name);
    if (count > 1) return "gate " + in_quotes(gate) + " is there twice";
  }
  return std::nullopt;
}

/// What has to be closed before something else opens, where a product has both.
constexpr std::pair<GateName, GateName> kOrder[] = {
    {method, pre_review},
    {method, dcv},
    {pre_review, dcv},
    {letter, platform_check},
    {letter, org_vetting},
    {documents, platform_check},
    {documents, org_vetting},
    {platform_check, org_vetting},
    {dcv, second_approval},
    {org_vetting, second_approval},
    {email_confirm, second_approval},
    {phone_call, second_approval},
    {applicant_approval, second_approval},
    {agreement_signed, second_approval},
    {risk_clear, second_approval},
};

Complaint gates_in_order(const Product& product) {
  if (product.stages.empty()) return "a product needs stages";
  const auto alone = [&](const Stage& stage, GateName gate) {
    return stage.gates == std::vector{ProductGate{gate}};
  };
  if (!alone(product.stages.front(), info)) return "the first stage is not \"info\" alone";
  if (!alone(product.stages.back(), issue_checks))
    return "the last stage is not \"issue_checks\" alone";
  for (const auto& [earlier, later] : kOrder) {
    const auto first = stage_of(product, earlier);
    const auto second = stage_of(product, later);
    if (first && second && *first >= *second)
      return in_quotes(earlier) + " has to be closed before " + in_quotes(later) + " opens";
  }
  return std::nullopt;
}

/// What makes up a level. EVG 4.2.1 and 3.2.2.8 to 3.2.2.10 bind publicly trusted EV only.
Complaint gates_of_level(const Product& product) {
  std::vector<GateName> needed = {info, dcv, issue_checks};
  if (product.level != ValidationLevel::dv) needed.push_back(org_vetting);
  if (product.level == ValidationLevel::ev) {
    needed.push_back(second_approval);
    if (product.trust == Trust::publicly) {
      needed.insert(needed.end(), {phone_call, applicant_approval, agreement_signed, risk_clear});
    }
  }
  for (const GateName gate : needed) {
    if (!is_required(product, gate)) {
      return "gate " + in_quotes(gate) + " has to be passed for level " +
             std::string(text_of(product.level));
    }
  }
  // BR 3.2.5: the authenticity of the request, by a reliable method of communication.
  const bool reached = is_required(product, phone_call) || is_required(product, email_confirm);
  if (product.trust == Trust::publicly && product.level == ValidationLevel::ov && !reached)
    return "level ov needs the gate \"phone_call\" or \"email_confirm\" (BR 3.2.5)";
  return std::nullopt;
}

Complaint two_people_for_ev(const Product& product) {
  if (product.level == ValidationLevel::ev && !product.dual_control)
    return "EV takes two people (EVG 3.2.2.13); expected true";
  if (product.dual_control && !is_required(product, second_approval))
    return "dual control needs the gate \"second_approval\"";
  return std::nullopt;
}

/// A gate and what it works with go together.
Complaint letter_with_gate(const Product& product) {
  if (has(product, letter) && !product.letter) return "there is a gate \"letter\" and no [letter]";
  if (!has(product, letter) && product.letter) return "there is a [letter] and no gate for it";
  return std::nullopt;
}
/// Papers close the gate, so without one that is listed it would stay open for ever; how they are
/// asked for is another matter.
Complaint documents_with_gate(const Product& product) {
  if (has(product, documents) == product.documents.empty())
    return "the gate \"documents\" goes together with documents";
  const bool any_needed = std::ranges::any_of(product.documents, [](const DocumentRule& each) {
    return each.requirement == GateRequirement::required;
  });
  if (is_required(product, documents) && !any_needed)
    return "the gate \"documents\" never closes: none of the documents is required";
  return std::nullopt;
}
Complaint request_with_gate(const Product& product) {
  if (product.document_request && !has(product, documents))
    return "a [document_request] goes together with the gate \"documents\"";
  return std::nullopt;
}
Complaint pre_review_with_gate(const Product& product) {
  if (has(product, pre_review) != product.pre_review.has_value())
    return "the gate \"pre_review\" and pre_review_seconds go together";
  return std::nullopt;
}
Complaint calls_with_gate(const Product& product) {
  if (has(product, phone_call) == product.calls.number_sources.empty())
    return "the gate \"phone_call\" and calls.number_sources go together";
  // C-06, BR 3.2.5: not the number that the applicant typed.
  if (product.trust == Trust::publicly &&
      contains(product.calls.number_sources, ContactSource::applicant))
    return "a number that the applicant gave proves nothing (BR 3.2.5)";
  return std::nullopt;
}
Complaint mails_with_gate(const Product& product) {
  if (has(product, email_confirm) == product.mails.address_sources.empty())
    return "the gate \"email_confirm\" and mails.address_sources go together";
  return std::nullopt;
}

// --- Names and keys

Complaint name_limits(const Product& product) {
  const NameLimits& names = product.names;
  if (names.min > names.max) return "names.min is greater than names.max";
  if (std::max({names.exact, names.wildcard, names.ip}) > names.max)
    return "a kind of name has a greater limit than names.max";
  if (names.exact + names.wildcard + names.ip < names.min)
    return "names.min asks for more names than the kinds allow";
  if (product.profile != nullptr && names.max > product.profile->max_names)
    return "names.max is greater than that of the certificate profile";
  return std::nullopt;
}

Complaint domain_types(const Product& product) {
  const auto offers = [&](DomainType type) { return contains(product.domain_types, type); };
  if (offers(DomainType::wildcard) != (product.names.wildcard > 0))
    return "\"wildcard\" and names.wildcard go together";
  if (offers(DomainType::multi) != (product.names.max > 1))
    return "\"multi\" and a names.max above 1 go together";
  return std::nullopt;
}

Complaint methods_reach_names(const Product& product) {
  const auto any = [&](bool MethodReach::* reach) {
    return std::ranges::any_of(product.control_methods,
                               [&](ControlMethod method) { return facts_of(method).reach.*reach; });
  };
  if (product.names.wildcard > 0 && !any(&MethodReach::wildcards))
    return "no method proves a wildcard, and names.wildcard allows them";
  if (product.names.ip > 0 && !any(&MethodReach::addresses))
    return "no method proves an address, and names.ip allows them";
  return std::nullopt;
}

Complaint keys_of_standard(const Product& product) {
  const bool gm = product.standard == CryptoStandard::gm;
  for (const KeyChoice key : product.keys) {
    if ((key == KeyChoice::sm2) != gm)
      return "\"" + std::string(text_of(key)) + "\" is no key of standard " +
             std::string(text_of(product.standard));
  }
  for (const SignatureHash hash : product.signature_hashes) {
    if ((hash == SignatureHash::sm3) != gm)
      return "\"" + std::string(text_of(hash)) + "\" is no hash of standard " +
             std::string(text_of(product.standard));
  }
  if (gm && product.trust == Trust::publicly)
    return "no browser programme takes SM2; expected trust = \"private\"";
  return std::nullopt;
}

// C-01, BR 6.1.1.3
Complaint no_keys_from_us(const Product& product) {
  if (product.server_keygen && product.trust == Trust::publicly)
    return "a CA never makes keys for publicly trusted certificates (BR 6.1.1.3)";
  return std::nullopt;
}

// TCG-21
Complaint individuals(const Product& product) {
  if (product.level >= ValidationLevel::ov &&
      contains(product.applicants, ApplicantType::individual))
    return "an individual is no organization, which level " + std::string(text_of(product.level)) +
           " certifies";
  return std::nullopt;
}

/// The steps of a level are what the rules ask for it (BR 3.2.2, 3.2.3; EVG 3.2.2): neither fewer
/// nor those of another level.
Complaint checklist_of_level(const Product& product) {
  const std::string_view level = text_of(product.level);
  if (product.checklist == level) return std::nullopt;
  return "the checklist of level " + std::string(level) + " is \"" + std::string(level) + "\"";
}

/// The certificate says what was checked, to those who are to trust it, of names it may have.
Complaint profile_fits(const Product& product) {
  if (product.profile == nullptr) return std::nullopt;
  const ca::CertificateProfile& profile = *product.profile;
  const auto complain = [&](std::string_view what) {
    return "certificate profile \"" + std::string(profile.name) + "\" is not for " +
           std::string(what);
  };
  // In the order of the levels.
  constexpr ca::SubjectKind kSubjects[] = {ca::SubjectKind::domain, ca::SubjectKind::individual,
                                           ca::SubjectKind::organization,
                                           ca::SubjectKind::extended};
  const ca::SubjectKind subject = kSubjects[static_cast<std::size_t>(product.level)];
  if (profile.subject != ca::SubjectKind::any && profile.subject != subject)
    return complain("level " + std::string(text_of(product.level)));
  if ((profile.trust == ca::Trust::web) != (product.trust == Trust::publicly))
    return complain(std::string(text_of(product.trust)) + " trust");
  if ((profile.trust == ca::Trust::gm) != (product.standard == CryptoStandard::gm))
    return complain("standard " + std::string(text_of(product.standard)));
  if (product.names.wildcard > 0 && !profile.names.wildcards) return complain("wildcards");
  if (product.names.ip > 0 && !profile.names.addresses) return complain("addresses");
  if (product.names.exact + product.names.wildcard > 0 && !profile.names.dns)
    return complain("DNS names");
  return std::nullopt;
}

// --- ACME

bool closes_by_machine(GateName gate) {
  return gate == info || gate == method || gate == dcv || gate == risk_clear ||
         gate == issue_checks;
}

/// People close the other gates of a product whose subject is an organization, while its orders
/// wait (docs/reviews.md). An ACME account stands for an organization, never for a person.
Complaint acme(const Product& product) {
  if (!product.acme) return std::nullopt;
  if (product.methods.empty()) return "no method of ACME is among the control methods";
  if (product.level == ValidationLevel::iv) return "no ACME account stands for an individual";
  if (product.www_pairing == WwwPairing::always)
    return "an ACME order has exactly its names, so \"www_pairing\" cannot be \"always\"";
  if (product.level != ValidationLevel::dv) return std::nullopt;
  for (const Stage& stage : product.stages) {
    for (const ProductGate& each : stage.gates) {
      if (!closes_by_machine(each.name) && each.requirement == GateRequirement::required)
        return "nobody reviews a DV order of ACME, so it cannot close the gate " +
               in_quotes(each.name);
    }
  }
  return std::nullopt;
}

constexpr Rule kRules[] = {
    {"stages", every_gate_once},
    {"stages", gates_in_order},
    {"stages", gates_of_level},
    {"dual_control", two_people_for_ev},
    {"checklist", checklist_of_level},
    {"stages", letter_with_gate},
    {"stages", documents_with_gate},
    {"stages", request_with_gate},
    {"stages", pre_review_with_gate},
    {"calls.number_sources", calls_with_gate},
    {"stages", mails_with_gate},
    {"names.max", name_limits},
    {"domain_types", domain_types},
    {"control_methods", methods_reach_names},
    {"standard", keys_of_standard},
    {"certificate_profile", profile_fits},
    {"server_keygen", no_keys_from_us},
    {"applicants", individuals},
    {"until", dates},
    {"certificate_hours", validity},
    {"certificate_hours", validity_of_profile},
    {"control_reuse.key", control_reuse},
    {"authorization_hours", authorization_lifetime},
    {"review_reuse.key", review_reuse},
    {"acme", acme},
};

/// What every product has to say.
constexpr std::string_view kNeeded[] = {"name",
                                        "description",
                                        "brand",
                                        "family",
                                        "level",
                                        "trust",
                                        "stages",
                                        "applicants",
                                        "domain_types",
                                        "keys",
                                        "names_lock",
                                        "office",
                                        "control_methods",
                                        "checklist",
                                        "certificate_profile",
                                        "certificate_hours",
                                        "signature_hashes"};

}  // namespace

std::span<const std::string_view> needed_keys() {
  return kNeeded;
}

std::vector<BrokenRule> broken_rules(const Product& product) {
  std::vector<BrokenRule> broken;
  for (const Rule& rule : kRules) {
    if (Complaint complaint = rule.judge(product))
      broken.push_back({std::string(rule.key), *std::move(complaint)});
  }
  return broken;
}

}  // namespace policy

#include "server/api/operations/profile_shapes.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "policy/product.h"
#include "policy/products/validity.h"

namespace server::api {
namespace {

using nlohmann::json;
using policy::GateName;
using policy::GateRequirement;
using policy::Product;

constexpr std::array kLimitFields{
    whole("min", "").required(),      whole("max", "").required(), whole("exact", "").required(),
    whole("wildcard", "").required(), whole("ip", "").required(),
};
constexpr Shape kLimits{"NameLimits", "How many names of each kind.", kLimitFields};
constexpr std::array kGateFields{text("name", "").required(),
                                 told("title", "name", Vocabulary::gate),
                                 text("requirement", "required or optional").required(),
                                 whole("stage", "Those of one stage open together").required()};
constexpr Shape kGate{"ProfileGate", "A condition of a product.", kGateFields};
constexpr std::array kFileFields{
    text("kind", "").required(),
    text("requirement", "").required(),
    text("formats", "").list().required(),
    whole("minBytes", "").required(),
    whole("maxBytes", "").required(),
    boolean("waivable", "Not asked for again where it was reviewed with the same facts"),
    word("reupload", "Until when another takes its place", words_in<policy::Reupload>),
};
constexpr Shape kFile{"DocumentRule", "A document and what may be in it.", kFileFields};
constexpr std::array kRangeFields{
    whole("least", "").required(),
    whole("most", "").required(),
};
constexpr Shape kRange{"Range", "Both ends belong to it.", kRangeFields};
constexpr std::array kServiceFields{
    whole("firstContactBusinessDays", "From the submission to the first call"),
    object("reviewBusinessDays", "From the submission to the decision", kRange),
    object("preReviewSeconds", "By the clock", kRange),
    whole("issueHours", "By the clock, after control of the names is proven"),
};
constexpr Shape kService{"ServiceLevel",
                         "How long it takes; business days are those of the product's office.",
                         kServiceFields};
constexpr std::array kProfileFields{
    text("id", "").required(),
    text("description", "", kLongText).required(),
    whole("version", "").required(),
    time("updatedAt", "Since when this version counts").required(),
    time("until", "From when it does not any more, if that is known"),
    boolean("onOffer", "Whether applications are made under it now").required(),
    text("brand", "").required(),
    text("family", "").required(),
    text("level", "dv, iv, ov or ev").required(),
    text("standard", "international or gm").required(),
    text("trust", "public or private").required(),
    object("names", "", kLimits).required(),
    word("wwwPairing",
         "Whether a registered domain brings its www and the other way round, free of charge; "
         "other names need an application of their own",
         words_in<policy::WwwPairing>)
        .required(),
    text("suffixDeny", "Suffixes that are not certified").list().required(),
    text("keys", "Kinds of keys").list().required(),
    text("signatureHashes", "Hashes an issuer may sign with").list().required(),
    text("controlMethods", "Ways to prove control of names").list().required(),
    whole("controlDays", "From when control is asked for").required(),
    object("gates", "In order", kGate).list().required(),
    object("documents", "With the letter", kFile).list().required(),
    text("applicants", "Who may apply").list().required(),
    text("domainTypes", "What kinds of names one certificate may combine").list().required(),
    object("service", "", kService).required(),
    whole("termMonths", "Of the subscriptions it is sold in").list().required(),
    boolean("dualControl", "Two people of the authority agree").required(),
    boolean("acme", "ACME clients may order it").required(),
    whole("validityDays", "Of a certificate that is issued today, at most").required(),
    boolean("renewable", "").required(),
    word("lostKey", "What whoever lost the key does", words_in<policy::LostKey>).required(),
};
}  // namespace

const Shape kProfile{"Profile", "A version of a product.", kProfileFields};

namespace {

template <class List>
json words_of_list(const List& list) {
  json out = json::array();
  for (const auto each : list) out.push_back(policy::text_of(each));
  return out;
}

json rule_json(policy::DocumentKind kind, GateRequirement requirement, const policy::FileRule& f) {
  return {{"kind", policy::text_of(kind)},
          {"requirement", policy::text_of(requirement)},
          {"formats", words_of_list(f.formats)},
          {"minBytes", f.min_bytes},
          {"maxBytes", f.max_bytes}};
}

template <class Range>
json range_json(const Range& range) {
  return {{"least", range.least}, {"most", range.most}};
}

json service_json(const Product& product) {
  const policy::ServiceLevel& promised = product.service;
  json service = json::object();
  if (promised.first_contact_business_days)
    service["firstContactBusinessDays"] = *promised.first_contact_business_days;
  if (promised.review_business_days)
    service["reviewBusinessDays"] = range_json(*promised.review_business_days);
  if (product.pre_review)
    service["preReviewSeconds"] = {{"least", product.pre_review->least.count()},
                                   {"most", product.pre_review->most.count()}};
  if (promised.issue_hours) service["issueHours"] = *promised.issue_hours;
  return service;
}

}  // namespace

json version_dates(const Context& context, const Product& product, ca::Time now) {
  const policy::Catalog& catalog = context.surroundings.catalog;
  json dates{{"version", product.version},
             {"updatedAt", ca::rfc3339(product.from)},
             {"onOffer", catalog.in_force(product.name, now) == &product}};
  std::optional<ca::Time> until = product.until;
  for (const Product& each : catalog.versions()) {
    const bool is_next = each.name == product.name && each.version > product.version &&
                         each.from > product.from && each.from <= now;
    if (is_next && (!until || each.from < *until)) until = each.from;
  }
  if (until) dates["until"] = ca::rfc3339(*until);
  return dates;
}

json profile_json(const Context& context, const Product& product, ca::Time now) {
  json gates = json::array();
  for (std::size_t stage = 0; stage < product.stages.size(); ++stage) {
    for (const policy::ProductGate& each : product.stages[stage].gates) {
      gates.push_back({{"name", policy::text_of(each.name)},
                       {"requirement", policy::text_of(each.requirement)},
                       {"stage", stage}});
    }
  }
  json documents = json::array();
  if (product.letter) {
    documents.push_back(rule_json(product.letter->kind, product.requirement(GateName::letter),
                                  product.letter->file));
    documents.back()["waivable"] = product.letter->waivable;
    documents.back()["reupload"] = policy::text_of(product.letter->reupload);
  }
  for (const policy::DocumentRule& each : product.documents) {
    documents.push_back(rule_json(each.kind, each.requirement, each.file));
  }
  json out{
      {"id", product.name},
      {"description", product.description},
      {"brand", product.brand},
      {"family", product.family},
      {"level", policy::text_of(product.level)},
      {"standard", policy::text_of(product.standard)},
      {"trust", policy::text_of(product.trust)},
      {"names",
       {{"min", product.names.min},
        {"max", product.names.max},
        {"exact", product.names.exact},
        {"wildcard", product.names.wildcard},
        {"ip", product.names.ip}}},
      {"wwwPairing", policy::text_of(product.www_pairing)},
      {"suffixDeny", product.suffix_deny},
      {"keys", words_of_list(product.keys)},
      {"signatureHashes", words_of_list(product.signature_hashes)},
      {"controlMethods", words_of_list(product.control_methods)},
      {"controlDays", product.control_deadline.count()},
      {"gates", std::move(gates)},
      {"documents", std::move(documents)},
      {"applicants", words_of_list(product.applicants)},
      {"domainTypes", words_of_list(product.domain_types)},
      {"service", service_json(product)},
      {"termMonths", product.terms_months},
      {"dualControl", product.dual_control},
      {"acme", product.acme},
      {"validityDays",
       std::chrono::floor<std::chrono::days>(policy::longest_certificate(product, now)).count()},
      {"renewable", product.renewable},
      {"lostKey", policy::text_of(product.lost_key)}};
  out.update(version_dates(context, product, now));
  return out;
}

}  // namespace server::api

#include "policy/catalog/product_fields.h"

#include <algorithm>
#include <iterator>

#include "policy/catalog/product_codecs.h"

namespace policy {
namespace {

using P = Product;
using Days = NumberCodec<std::chrono::days>;
using Hours = NumberCodec<std::chrono::hours>;
using Seconds = NumberCodec<std::chrono::seconds>;
using Number = NumberCodec<>;
using Words = ListCodec<WordCodec>;
using Texts = ListCodec<TextCodec>;

constexpr std::int64_t kMostNames = 1'000;
constexpr std::int64_t kMostMonths = 120;
constexpr std::int64_t kMostDays = 3'650;
constexpr std::int64_t kMostBytes = std::int64_t{16} << 20;
constexpr std::int64_t kMostSeconds = std::int64_t{90} * 86'400;
constexpr std::int64_t kMostBusinessDays = 90;
constexpr std::int64_t kMostHours = 2'160;
constexpr std::int64_t kMostQuota = 1'000'000;

/// A word; files of before there were three of them say true or false.
struct WwwPairingCodec : WordCodec {
  static void read(const CatalogValue& value, WwwPairing& target, CatalogFaults& faults) {
    const auto* const is_paired = std::get_if<bool>(&value.data);
    if (is_paired == nullptr) return WordCodec{}.read(value, target, faults);
    target = *is_paired ? WwwPairing::unless_declined : WwwPairing::never;
  }
};

/// Which of the gates may be left out. Read after the stages.
Field<P> optional_gates() {
  const auto read = [](const CatalogValue& value, P& product, CatalogFaults& faults) {
    std::vector<ProductGate> names;
    ListCodec<GateCodec>{}.read(value, names, faults);
    for (Stage& stage : product.stages) {
      for (ProductGate& each : stage.gates) {
        each.requirement = std::erase(names, ProductGate{each.name}) > 0
                               ? GateRequirement::optional
                               : GateRequirement::required;
      }
    }
    for (const ProductGate& each : names) {
      faults.push_back(value.fault("gate \"" + std::string(text_of(each.name)) +
                                   "\" is in no stage, so it cannot be optional"));
    }
  };
  const auto write = [](const P& product) {
    std::vector<ProductGate> names;
    for (const Stage& stage : product.stages) {
      std::ranges::copy_if(stage.gates, std::back_inserter(names), [](const ProductGate& each) {
        return each.requirement == GateRequirement::optional;
      });
    }
    return ListCodec<GateCodec>{}.write(names);
  };
  return {"optional", read, write};
}

const std::vector<Field<HelpLink>>& help_fields() {
  static const std::vector<Field<HelpLink>> kFields = {
      field("topic", TextCodec{.least = 1, .most = 40}, &HelpLink::topic),
      field("url", TextCodec{.least = 1, .most = 500}, &HelpLink::url),
  };
  return kFields;
}

const std::vector<Field<DocumentRule>>& document_fields() {
  using D = DocumentRule;
  static const std::vector<Field<D>> kFields = {
      field("kind", WordCodec{}, &D::kind),
      field("requirement", RequirementCodec{}, &D::requirement),
      field("formats", Words{{}, 1}, &D::file, &FileRule::formats),
      field("min_bytes", Number{1, kMostBytes}, &D::file, &FileRule::min_bytes),
      field("max_bytes", Number{1, kMostBytes}, &D::file, &FileRule::max_bytes),
      field("template", TextCodec{.least = 0}, &D::document_template),
  };
  return kFields;
}

const std::vector<Field<QuotaGrant>>& grant_fields() {
  using G = QuotaGrant;
  static const std::vector<Field<G>> kFields = {
      field("holder", WordCodec{}, &G::holder),
      field("bucket", WordCodec{}, &G::bucket),
      field("limit", Number{0, kMostQuota}, &G::limit),
      field("from", TimeCodec{}, &G::from),
      field("until", TimeCodec{}, &G::until),
      field("while_live_ones_last", FlagCodec{}, &G::while_live_ones_last),
  };
  return kFields;
}

void append(std::vector<Field<P>>& fields, std::vector<Field<P>> more) {
  std::ranges::move(more, std::back_inserter(fields));
}

std::vector<Field<P>> identity_fields() {
  return {
      field("name", TextCodec{.least = 1, .most = 40}, &P::name),
      field("version", Number{1, 1'000'000}, &P::version),
      field("from", TimeCodec{}, &P::from),
      field("until", TimeCodec{}, &P::until),
      field("description", TextCodec{}, &P::description),
      field("acme", FlagCodec{}, &P::acme),
      field("family", TextCodec{}, &P::family),
      field("brand", TextCodec{}, &P::brand),
      field("level", WordCodec{}, &P::level),
      field("pro", FlagCodec{}, &P::pro),
      field("standard", WordCodec{}, &P::standard),
      field("trust", WordCodec{}, &P::trust),
      field("purpose", WordCodec{}, &P::purpose),
      field("wizard", WordCodec{}, &P::wizard),
      field("subject_info", WordCodec{}, &P::subject_info),
      field("applicants", Words{{}, 1}, &P::applicants),
      field("identity_number", FlagCodec{}, &P::identity_number),
      field("identity_verification", FlagCodec{}, &P::identity_verification),
      field("stages", ListCodec<StageCodec>{{}, 1}, &P::stages),
      optional_gates(),
      field("review", WordCodec{}, &P::review),
      field("dual_control", FlagCodec{}, &P::dual_control),
      field("checklist", TextCodec{}, &P::checklist),
  };
}

std::vector<Field<P>> name_and_key_fields() {
  using N = NameLimits;
  return {
      field("domain_types", Words{{}, 1}, &P::domain_types),
      field("names.min", Number{1, kMostNames}, &P::names, &N::min),
      field("names.max", Number{1, kMostNames}, &P::names, &N::max),
      field("names.exact", Number{0, kMostNames}, &P::names, &N::exact),
      field("names.wildcard", Number{0, kMostNames}, &P::names, &N::wildcard),
      field("names.ip", Number{0, kMostNames}, &P::names, &N::ip),
      field("suffix_deny", Texts{}, &P::suffix_deny),
      field("registrant_match_suffixes", Texts{}, &P::registrant_match_suffixes),
      field("www_pairing", WwwPairingCodec{}, &P::www_pairing),
      field("combine_for_mixed", FlagCodec{}, &P::combine_for_mixed),
      field("registered_domains", FlagCodec{}, &P::registered_domains),
      field("names_lock", WordCodec{}, &P::names_lock),
      field("keys", Words{{}, 1}, &P::keys),
      field("signature_hashes", Words{{}, 1}, &P::signature_hashes),
      field("server_keygen", FlagCodec{}, &P::server_keygen),
      field("lost_key", WordCodec{}, &P::lost_key),
  };
}

std::vector<Field<P>> evidence_fields() {
  using L = LetterPolicy;
  using Sources = ListCodec<WordCodec>;
  return {
      field("control_methods", Words{{}, 1}, &P::control_methods),
      field("control_days", Days{1, 30}, &P::control_deadline),
      field("control_reuse.months", Number{0, kMostMonths}, &P::control_reuse,
            &ControlReuse::period, &Period::months),
      field("control_reuse.days", Number{0, kMostDays}, &P::control_reuse, &ControlReuse::period,
            &Period::days),
      field("control_reuse.key", Words{}, &P::control_reuse, &ControlReuse::key),
      field("review_reuse.months", Number{0, kMostMonths}, &P::review_reuse, &ReviewReuse::period,
            &Period::months),
      field("review_reuse.days", Number{0, kMostDays}, &P::review_reuse, &ReviewReuse::period,
            &Period::days),
      field("review_reuse.key", Words{}, &P::review_reuse, &ReviewReuse::key),
      field("letter.kind", WordCodec{}, &P::letter, &L::kind),
      field("letter.waivable", FlagCodec{}, &P::letter, &L::waivable),
      field("letter.formats", Words{{}, 1}, &P::letter, &L::file, &FileRule::formats),
      field("letter.min_bytes", Number{1, kMostBytes}, &P::letter, &L::file, &FileRule::min_bytes),
      field("letter.max_bytes", Number{1, kMostBytes}, &P::letter, &L::file, &FileRule::max_bytes),
      field("letter.reupload", WordCodec{}, &P::letter, &L::reupload),
      field("letter.template", TextCodec{}, &P::letter, &L::letter_template),
      field("documents", ListCodec<TableCodec<DocumentRule>>{{document_fields()}}, &P::documents),
      field("document_request.by", WordCodec{}, &P::document_request, &DocumentRequest::channel),
      field("document_request.business_days", RangeCodec<Number>{{0, kMostBusinessDays}},
            &P::document_request, &DocumentRequest::business_days),
      field("calls.number_sources", Sources{}, &P::calls, &CallPolicy::number_sources),
      field("calls.office", TextCodec{.least = 0}, &P::calls, &CallPolicy::office),
      field("mails.address_sources", Sources{}, &P::mails, &MailPolicy::address_sources),
      field("mails.link_days", Days{1, 30}, &P::mails, &MailPolicy::link_lifetime),
  };
}

std::vector<Field<P>> time_and_sale_fields() {
  using S = ServiceLevel;
  return {
      field("office", TextCodec{}, &P::office),
      field("pre_review_seconds", RangeCodec<Seconds>{{0, kMostSeconds}}, &P::pre_review),
      field("service.first_contact_business_days", Number{0, kMostBusinessDays}, &P::service,
            &S::first_contact_business_days),
      field("service.review_business_days", RangeCodec<Number>{{0, kMostBusinessDays}}, &P::service,
            &S::review_business_days),
      field("service.issue_hours", Number{1, kMostHours}, &P::service, &S::issue_hours),
      field("certificate_profile", ProfileCodec{}, &P::profile),
      field("certificate_hours", Hours{1, kMostDays * 24}, &P::certificate_validity),
      field("order_hours", Hours{1, kMostHours}, &P::order_lifetime),
      field("authorization_hours", Hours{1, kMostDays * 24}, &P::authorization_lifetime),
      field("terms_months", ListCodec<Number>{{1, kMostMonths}}, &P::terms_months),
      field("renewable", FlagCodec{}, &P::renewable),
      field("support", WordCodec{}, &P::support),
      field("notices", Words{}, &P::notices),
      field("help", ListCodec<TableCodec<HelpLink>>{{help_fields()}}, &P::help),
      field("quota.per_registered_domain", Number{0, kMostQuota}, &P::quota,
            &Quota::per_registered_domain),
      field("quota.grants", ListCodec<TableCodec<QuotaGrant>>{{grant_fields()}}, &P::quota,
            &Quota::grants),
      field("upgrades", Texts{}, &P::upgrades),
  };
}

std::vector<std::string> lines_of(const Product& product) {
  std::vector<std::string> lines;
  for (const Field<Product>& each : product_fields()) {
    const std::string written = each.write(product);
    if (!written.empty()) lines.push_back(each.key + " = " + written);
  }
  return lines;
}

}  // namespace

const std::vector<Field<Product>>& product_fields() {
  static const std::vector<Field<Product>> kFields = [] {
    std::vector<Field<P>> fields = identity_fields();
    append(fields, name_and_key_fields());
    append(fields, evidence_fields());
    append(fields, time_and_sale_fields());
    return fields;
  }();
  return kFields;
}

std::string product_text(const Product& product) {
  std::string text = "[[product]]\n";
  for (const std::string& line : lines_of(product)) text += line + "\n";
  return text;
}

std::vector<std::string> product_differences(const Product& left, const Product& right) {
  const std::vector<std::string> old_lines = lines_of(left);
  const std::vector<std::string> new_lines = lines_of(right);
  std::vector<std::string> differences;
  for (const std::string& line : old_lines) {
    if (std::ranges::find(new_lines, line) == new_lines.end()) differences.push_back("- " + line);
  }
  for (const std::string& line : new_lines) {
    if (std::ranges::find(old_lines, line) == old_lines.end()) differences.push_back("+ " + line);
  }
  return differences;
}

}  // namespace policy

#include "acme/validation/caa.h"

#include <algorithm>
#include <array>

#include "acme/in_quotes.h"
#include "ca/names/ascii.h"

namespace acme {

namespace {

constexpr unsigned kCritical = 0x80;  // RFC 8659 §4.1: bit 0 is the most significant one
constexpr std::size_t kMostQuoted = 5;

// issue, issuewild and iodef are RFC 8659; contactemail and contactphone BR Appendix A; issuemail
// (RFC 9495) is for S/MIME and restricts nothing here.
constexpr std::array<std::string_view, 6> kKnownTags{"contactemail", "contactphone", "iodef",
                                                     "issue",        "issuemail",    "issuewild"};

bool is_unknown_and_critical(const CaaRecord& record) {
  return (record.flags & kCritical) != 0 &&
         std::ranges::find(kKnownTags, record.tag) == kKnownTags.end();
}

/// Whether the comma-separated labels are well-formed and one of them is `method` (RFC 8657 §4). BR
/// 4.2.2.1.2 gives each method a second label.
bool lists_method(std::string_view labels, const CaaMethod& method) {
  bool is_listed = false;
  for (;;) {
    const std::string_view label = labels.substr(0, labels.find(','));
    const bool is_sound = !label.empty() && std::ranges::all_of(label, [](char each) {
      return ca::is_alphanumeric(each) || each == '-';
    });
    if (!is_sound) return false;
    is_listed = is_listed || label == method.text || label == method.tbr_label;
    if (label.size() == labels.size()) return is_listed;
    labels.remove_prefix(label.size() + 1);
  }
}

/// Why one property does not permit this request, or nothing if it does.
std::optional<std::string> shortcoming(const CaaRecord& record, const CaaApplicant& applicant) {
  const std::optional<CaaIssueValue> value = parse_caa_issue_value(record.value);
  if (!value) return "is malformed";
  const bool is_ours = !value->issuer.empty() &&
                       std::ranges::any_of(applicant.identities, [&](const std::string& each) {
                         return ca::lower_case(each) == value->issuer;
                       });
  if (!is_ours) return value->issuer.empty() ? "permits nobody" : "names another CA";
  std::size_t accounts = 0;
  std::size_t method_lists = 0;
  for (const auto& [tag, content] : value->parameters) {
    if (tag == "accounturi") {
      // RFC 8657 §3: two of them cannot be satisfied.
      if (++accounts > 1) return "has two accounturi parameters";
      if (content != applicant.account_uri) return "is for another account";
    }
    if (tag == "validationmethods") {
      if (++method_lists > 1) return "has two validationmethods parameters";
      if (!lists_method(content, applicant.method))
        return "does not permit " + std::string(applicant.method.text.empty()
                                                    ? applicant.method.tbr_label
                                                    : applicant.method.text);
    }
  }
  return std::nullopt;
}

std::string text_of(const CaaRecord& record) {
  return std::to_string(record.flags) + " " + record.tag.substr(0, 20) + " " +
         in_quotes(record.value);
}

std::vector<const CaaRecord*> with_tag(const std::vector<CaaRecord>& records,
                                       std::string_view tag) {
  std::vector<const CaaRecord*> found;
  for (const CaaRecord& record : records) {
    if (record.tag == tag) found.push_back(&record);
  }
  return found;
}

}  // namespace

std::optional<std::string> caa_objection(const std::vector<CaaRecord>& records,
                                         CaaScope scope,
                                         const CaaApplicant& applicant) {
  const auto unknown = std::ranges::find_if(records, is_unknown_and_critical);
  if (unknown != records.end()) {
    return text_of(*unknown) + " is critical and of an unknown kind";
  }
  std::vector<const CaaRecord*> relevant;
  if (scope == CaaScope::wildcard) relevant = with_tag(records, "issuewild");
  if (relevant.empty()) relevant = with_tag(records, "issue");
  if (relevant.empty()) return std::nullopt;
  std::string objections;
  std::size_t count = 0;
  for (const CaaRecord* record : relevant) {
    const std::optional<std::string> objection = shortcoming(*record, applicant);
    if (!objection) return std::nullopt;
    if (++count > kMostQuoted) continue;
    objections += (objections.empty() ? "" : ", ") + text_of(*record) + " " + *objection;
  }
  if (count > kMostQuoted) objections += " and " + std::to_string(count - kMostQuoted) + " more";
  return objections;
}

std::string caa_text(const std::vector<CaaRecord>& records) {
  std::string text;
  for (std::size_t i = 0; i < std::min(records.size(), kMostQuoted); ++i) {
    text += (i == 0 ? "" : ", ") + text_of(records[i]);
  }
  if (records.size() > kMostQuoted)
    text += " and " + std::to_string(records.size() - kMostQuoted) + " more";
  return text;
}

}  // namespace acme

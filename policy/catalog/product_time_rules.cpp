#include "policy/catalog/product_time_rules.h"

#include <chrono>
#include <string_view>

#include "ca/rulebook.h"

namespace policy {
namespace {

using std::chrono::days;

Complaint beyond(std::string_view what, days allowed) {
  return std::string(what) + " is longer than the " + std::to_string(allowed.count()) +
         " days that the rulebook allows publicly trusted certificates from that date on";
}

/// The rulebook of its first day; what comes into force later caps it then (policy/rulebook.h).
const ca::RulebookRow* row_of(const Product& product) {
  return product.trust == Trust::publicly ? &ca::rulebook_at(product.from) : nullptr;
}

}  // namespace

Complaint dates(const Product& product) {
  if (product.until && *product.until <= product.from) return "it ends before it begins";
  return std::nullopt;
}

Complaint validity(const Product& product) {
  const ca::RulebookRow* row = row_of(product);
  if (row != nullptr && product.certificate_validity > row->certificate)
    return beyond("the certificate", row->certificate);
  return std::nullopt;
}

/// What is promised is what is issued: the profile would cut anything longer short.
Complaint validity_of_profile(const Product& product) {
  if (product.profile == nullptr || product.certificate_validity <= product.profile->validity)
    return std::nullopt;
  const auto most = std::chrono::floor<std::chrono::hours>(product.profile->validity);
  return "the certificate is longer than the " + std::to_string(most.count()) +
         " hours of the certificate profile \"" + std::string(product.profile->name) + "\"";
}

Complaint control_reuse(const Product& product) {
  const Period& period = product.control_reuse.period;
  if ((period == Period{}) != product.control_reuse.key.empty())
    return "a period of reuse and what has to be the same go together";
  const ca::RulebookRow* row = row_of(product);
  if (row != nullptr && after(product.from, period) - product.from > row->control_reuse)
    return beyond("reuse of domain control", row->control_reuse);
  return std::nullopt;
}

Complaint authorization_lifetime(const Product& product) {
  const ca::RulebookRow* row = row_of(product);
  if (row != nullptr && product.authorization_lifetime > row->control_reuse)
    return beyond("an authorization", row->control_reuse);
  return std::nullopt;
}

Complaint review_reuse(const Product& product) {
  const Period& period = product.review_reuse.period;
  if ((period == Period{}) != product.review_reuse.key.empty())
    return "a period of reuse and what has to be the same go together";
  const ca::RulebookRow* row = row_of(product);
  if (row != nullptr && after(product.from, period) - product.from > row->identity_reuse)
    return beyond("reuse of a review", row->identity_reuse);
  return std::nullopt;
}

}  // namespace policy

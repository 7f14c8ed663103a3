#include "tests/bench/review_load/held_orders.h"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <stdexcept>
#include <utility>

#include "acme/order.h"
#include "acme/records/account_record.h"
#include "acme/records/authorization_record.h"
#include "acme/records/external_key_record.h"
#include "acme/records/order_record.h"
#include "acme/review/application.h"
#include "ca/crypto/random.h"
#include "policy/organizations/contact.h"
#include "policy/organizations/organization.h"
#include "tests/support/csr.h"
#include "tests/support/stored_reviews.h"

namespace tests {

namespace {

constexpr std::chrono::hours kSince{1};
constexpr std::chrono::days kLongestHold{30};
constexpr std::size_t kAtOnce = 20;  // holders in one transaction
constexpr std::string_view kProduct = "ov";

/// Fills one store.
class Filling {
 public:
  explicit Filling(const acme::ResourceUrls& urls) : urls_{urls} {}

  Holder add_holder(storage::Transaction& transaction, std::size_t number, std::size_t orders) {
    Holder holder;
    add_account(transaction, holder.account.public_key(), number);
    holder.account.use_account(urls_.account(account_));
    for (std::size_t i = 0; i < orders; ++i) {
      const std::string name = "n" + std::to_string(i) + ".held" + std::to_string(number) + ".test";
      holder.orders.push_back(urls_.order(add_order(transaction, name)));
    }
    return holder;
  }

 private:
  void add_account(storage::Transaction& transaction,
                   const ca::PublicKey& key,
                   std::size_t number) {
    review_ = add_organization(transaction, number);
    const std::string kid = "kid-" + std::to_string(number);
    add_external_key(transaction, kid);
    account_ = acme::AccountId::fresh(random_, now_);
    acme::AccountRecord account;
    account.spki = key.spki();
    account.created_at = since_;
    account.external = acme::ExternalAccount{kid, "{}"};
    acme::kAccounts.put(transaction, account_.octets(), account);
    transaction.put(acme::kAccountKeys, key.spki_sha256(), account_.octets());
    transaction.put(acme::kExternalKeyAccounts, acme::external_key_account(kid, account_), "");
  }

  acme::Review add_organization(storage::Transaction& transaction, std::size_t number) {
    acme::Review review;
    review.tenant = policy::TenantId::fresh(random_, now_);
    review.organization = policy::OrganizationId::fresh(random_, now_);
    policy::Organization organization{review.tenant, {}, since_, since_};
    organization.fields.legal_name = "Example Trading " + std::to_string(number) + " Ltd";
    organization.fields.registration_number = std::to_string(number);
    organization.fields.address = {"DE", "Berlin", "Berlin", "Street 1", "10115"};
    organization.fields.phone = "+49301234567";
    policy::kOrganizations.put(transaction, review.organization.octets(), organization);
    policy::Contact contact{review.tenant, {}, std::nullopt, std::nullopt, since_, since_};
    contact.fields.roles = {policy::ContactRole::org_admin};
    contact.fields.name = "Ada";
    contact.fields.mail = "ada@example.com";
    contact.fields.phone = "+49301234567";
    const auto id = policy::ContactId::fresh(random_, now_);
    policy::kContacts.put(transaction, id.octets(), contact);
    transaction.put(policy::kTenantContacts, review.tenant.octets() + id.octets(), "");
    return review;
  }

  void add_external_key(storage::Transaction& transaction, const std::string& kid) {
    acme::ExternalKeyRecord key;
    key.secret = random_.bytes(64);
    key.created_at = since_;
    key.uses = 1;
    key.default_profile = kProduct;
    key.binding = acme::OrganizationBinding{review_.tenant, review_.organization, review_.hold};
    acme::add_external_key(transaction, kid, key, "bench");
  }

  /// Valid, by http-01.
  acme::AuthorizationRecord add_authorization(storage::Transaction& transaction,
                                              const acme::AuthorizationId& id,
                                              const acme::OrderId& order,
                                              const ca::Identifier& identifier) {
    acme::AuthorizationRecord authorization;
    authorization.account = account_;
    authorization.order = order;
    authorization.product = kProduct;
    authorization.identifiers = {identifier};
    authorization.created = since_;
    authorization.expires = since_ + kLongestHold;
    acme::ChallengeRecord challenge;
    challenge.token = ca::base64url(random_.bytes(32));
    challenge.status = acme::ChallengeStatus::valid;
    challenge.validated_at = since_;
    authorization.challenges = {std::move(challenge)};
    acme::kAuthorizations.put(transaction, id.octets(), authorization);
    for (const std::string& key : acme::account_keys_of(authorization)) {
      transaction.put(acme::kAccountNames, key, id.octets());
    }
    return authorization;
  }

  acme::OrderId add_order(storage::Transaction& transaction, const std::string& name) {
    const auto id = acme::OrderId::fresh(random_, now_);
    const auto authorization = acme::AuthorizationId::fresh(random_, now_);
    acme::OrderRecord record;
    record.account = account_;
    record.product = kProduct;
    record.identifiers = {*ca::DnsName::parse(name)};
    record.authorizations = {authorization};
    record.created = since_;
    record.held_since = since_;
    record.expires = since_ + kLongestHold;
    record.review = review_;
    record.csr = make_csr(*key_, {name});
    record.spki = key_->public_key().spki();
    acme::LoadedOrder order{id, std::move(record), {}};
    order.authorizations = {
        add_authorization(transaction, authorization, id, order.record.identifiers.front())};
    const acme::ReviewHouse house{reviews_.surroundings(), random_, "",
                                  urls_.at("/api/v1/applications/")};
    if (auto opened = acme::open_application(transaction, house, order, since_); !opened) {
      throw std::runtime_error(name + ": " + opened.error().detail());
    }
    acme::kOrders.put(transaction, id.octets(), order.record);
    transaction.put(acme::kAccountOrders, account_.octets() + id.octets(), "");
    return id;
  }

  const acme::ResourceUrls& urls_;
  ca::SystemRandom random_;
  policy::Catalog catalog_;
  StoredReviews reviews_{catalog_, random_};
  // One request key serves all: making keys is not what is measured.
  std::unique_ptr<ca::Signer> key_ = ca::generate_signer(ca::KeyAlgorithm::ecdsa_p256);
  ca::Time now_ = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  ca::Time since_ = now_ - kSince;
  acme::AccountId account_ = acme::AccountId::from_octets({});
  acme::Review review_;
};

}  // namespace

std::vector<Holder> hold_orders(storage::Store& store,
                                const acme::ResourceUrls& urls,
                                std::size_t holders,
                                std::size_t orders) {
  Filling filling{urls};
  const auto share = [&](std::size_t number) {
    return orders / holders + (number < orders % holders ? 1 : 0);
  };
  std::vector<Holder> made;
  while (made.size() < holders) {
    const std::size_t first = made.size();
    const std::size_t last = std::min(holders, first + kAtOnce);
    auto some = store.write_and_wait([&](storage::Transaction& transaction) {
      std::vector<Holder> added;
      for (std::size_t number = first; number < last; ++number) {
        added.push_back(filling.add_holder(transaction, number, share(number)));
      }
      return added;
    });
    std::ranges::move(some, std::back_inserter(made));
  }
  return made;
}

}  // namespace tests

// A CA with CRLs over parts of its serials, for tests.
#pragma once

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ca/crl.h"
#include "ca/crl_scheme.h"
#include "ca/ledger.h"
#include "ca/revocation_index.h"
#include "ca/verify.h"
#include "tests/unit/ca/issuing_store.h"

namespace tests {

inline constexpr std::string_view kUrl = "http://ca.example/crl/issuer.crl";

/// One key for several issuers of one certificate: the same CA after a change of settings.
class Borrowed final : public ca::Signer {
 public:
  explicit Borrowed(std::shared_ptr<ca::Signer> inner) : inner_(std::move(inner)) {}
  [[nodiscard]] const ca::PublicKey& public_key() const override { return inner_->public_key(); }
  [[nodiscard]] ca::SignatureAlgorithm algorithm() const override { return inner_->algorithm(); }
  std::string sign(std::string_view message) override { return inner_->sign(message); }

 private:
  std::shared_ptr<ca::Signer> inner_;
};

/// A CA whose CRLs are divided as a test says.
struct DividedCrls {
  DividedCrls() {
    ca::SystemRandom random;
    const ca::HierarchyNames names{.country = "XX", .organization = "Chancery Test"};
    const auto root = ca::create_root(names, ca::KeyAlgorithm::ecdsa_p256, random, kIssuingTime);
    auto made =
        ca::create_issuing_ca(names, ca::KeyAlgorithm::ecdsa_p256, root, random, kIssuingTime);
    certificate = made.der;
    key = std::move(made.signer);
    configure(1, std::string(kUrl));
  }
  void configure(std::uint32_t parts, const std::string& url) {
    ca::Issuer::Urls urls;
    urls.crl = url;
    urls.crl_parts = parts;
    issuer = std::make_unique<ca::Issuer>(std::vector{certificate}, std::make_unique<Borrowed>(key),
                                          urls);
  }
  ca::PublishedCrls publish(ca::Time now, std::size_t largest = ca::kLargestCrl) {
    return run(ca::publish_crl(*store, *issuer, now, std::chrono::days(4), largest));
  }
  /// Puts `count` revoked serials into the index.
  void revoke(int count) {
    ca::SystemRandom random;
    store->write_and_wait([&](storage::Transaction& transaction) {
      for (int i = 0; i < count; ++i) {
        const std::string serial = "\x40" + random.bytes(19);
        serials.insert(serial);
        ca::kRevocationIndex.put(transaction, ca::serial_key(issuer->id(), serial),
                                 {.revoked_at = kIssuingTime,
                                  .reason = 4,
                                  .not_after = kIssuingTime + std::chrono::days(90)});
      }
    });
  }
  [[nodiscard]] std::optional<std::string> crl(std::uint32_t parts, std::uint32_t part) {
    return store->read([&](const storage::Snapshot& snapshot) {
      return ca::newest_crl(snapshot, ca::crl_name(issuer->id(), parts, part));
    });
  }
  [[nodiscard]] std::uint64_t number(std::uint32_t parts, std::uint32_t part) {
    return store->read([&](const storage::Snapshot& snapshot) {
      return ca::newest_crl_facts(snapshot, ca::crl_name(issuer->id(), parts, part)).value().number;
    });
  }
  std::vector<ca::CrlScheme> schemes(ca::Time now) {
    return store->read([&](const storage::Snapshot& snapshot) {
      return ca::live_crl_schemes(snapshot, issuer->id(), now);
    });
  }

  void note(std::uint32_t parts, std::string_view url) {
    store->write_and_wait([&](storage::Transaction& transaction) {
      ca::note_crl_scheme(transaction, issuer->id(), parts, url, kIssuingTime);
    });
  }
  [[nodiscard]] std::vector<std::string> faults() {
    return store->read([&](const storage::Snapshot& snapshot) {
      return ca::verify_crls(snapshot, {issuer.get()});
    });
  }

  TempStore store;
  std::shared_ptr<ca::Signer> key;
  std::string certificate;
  std::unique_ptr<ca::Issuer> issuer;
  std::set<std::string> serials;
};

/// A certificate that was issued in full: note of its scheme, intent, signature.
inline ca::IssuedCertificate issue(DividedCrls& ca, const ca::PublicKey& key) {
  ca::SystemRandom random;
  ca.note(ca.issuer->urls().crl_parts, ca.issuer->urls().crl);
  auto linted = ca.issuer->prepare({.identifiers = {ca::DnsName::parse("a.example.com").value()},
                                    .public_key = key,
                                    .profile = *ca::find_profile("dv"),
                                    .now = kIssuingTime},
                                   random);
  auto intent = run(ca::Ledger::commit_intent(
      *ca.store, *ca.issuer, std::move(linted).value(), {.order = "order", .account = "account"},
      [](storage::Transaction&) { return true; }, kIssuingTime));
  return run(ca.issuer->sign(std::move(intent).value()));
}

}  // namespace tests

// Where the CRLs of an issuing CA are, when the division changed while certificates are in use.
#include "server/commands/crl_urls.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "ca/certificate.h"
#include "ca/crl_scheme.h"
#include "ca/ledger.h"
#include "storage/lmdb_engine.h"
#include "storage/store.h"
#include "tests/support/run.h"
#include "tests/unit/server/issuers_fixture.h"

namespace server {
namespace {

using testing::ElementsAre;

class CrlUrls : public Issuers {
 protected:
  /// As issued with crl.shards = 1 under that address.
  void issue(const std::string& address) {
    const LoadedIssuers loaded = load_issuers(settings_or_throw(config()), {}, address, now_);
    const ca::Issuer& issuer = *loaded.issuers.front();
    storage::Store store(storage::open_lmdb({.folder = folder() / "store"}));
    const auto key = ca::generate_signer(ca::KeyAlgorithm::ecdsa_p256);
    const ca::IssuanceRequest request{.identifiers = {ca::DnsName::parse("example.com").value()},
                                      .public_key = key->public_key(),
                                      .profile = profile("dv"),
                                      .now = now_};
    auto intent = tests::run(ca::Ledger::commit_intent(
        store, issuer, issuer.prepare(request, random_).value(),
        {.order = "order", .account = "account"}, [](storage::Transaction&) { return true; },
        now_));
    const ca::IssuedCertificate issued = tests::run(issuer.sign(std::move(intent).value()));
    store.write_and_wait([&](storage::Transaction& transaction) {
      ca::Ledger::record_certificate(transaction, issuer, issued, now_);
      ca::note_crl_scheme(transaction, issuer.id(), 2, address + "/crl/" + issuer.id() + ".crl",
                          now_);
    });
  }
  [[nodiscard]] std::vector<std::string> urls(std::vector<std::string> overrides) const {
    CrlUrlsOptions options{.config = config()};
    options.config.overrides = std::move(overrides);
    std::ostringstream out;
    list_crl_urls(options, out);
    return nlohmann::json::parse(out.str()).get<std::vector<std::string>>();
  }

  ca::SystemRandom random_;
};

// S-2
TEST_F(CrlUrls, TellTheWholeCrlWhileUnexpiredCertificatesNameIt) {
  issue("http://crl.example");
  const std::string base = "http://crl.example/crl/" + load().issuers.front()->id();
  const std::vector<std::string> divided{"listen.public_url=http://crl.example", "crl.shards=2"};
  EXPECT_THAT(urls(divided), ElementsAre(base + "/2-0.crl", base + "/2-1.crl", base + ".crl"));
  EXPECT_THAT(urls({"listen.public_url=http://crl.example"}),
              ElementsAre(base + "/2-0.crl", base + "/2-1.crl", base + ".crl"))
      << "once";
  const std::string next = "http://next.example/crl/" + load().issuers.front()->id();
  EXPECT_THAT(urls({"listen.public_url=http://next.example"}),
              ElementsAre(base + "/2-0.crl", base + "/2-1.crl", base + ".crl", next + ".crl"))
      << "and where it was before";
}

}  // namespace
}  // namespace server

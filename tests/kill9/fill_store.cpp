// Fills the store of a CA that `chancery init` made with certificates, or counts what was revoked
// in it; for runs that need more of them than clients could order.
//
//   kill9_fill_store --dir DIR --certificates 100000     prints the serials, one on each line
//   kill9_fill_store --dir DIR --tally revocations       prints a serial for each revocation
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <cstdio>
#include <exception>
#include <stdexcept>
#include <string>

#include "ca/audit_events.h"
#include "ca/audit_log.h"
#include "ca/crypto/encoding.h"
#include "ca/issuance.h"
#include "server/ca_files.h"
#include "server/issuer_files.h"
#include "server/system_clock.h"
#include "storage/lmdb_engine.h"
#include "storage/store.h"
#include "tests/bench/arguments.h"

namespace {

namespace asio = boost::asio;
namespace fs = std::filesystem;

constexpr std::size_t kUnderWay = 64;

class Filling {
 public:
  Filling(storage::Store& store, const fs::path& dir) : store_(store), issuer_(issuer_in(dir)) {}

  void run(std::size_t certificates) {
    left_ = certificates;
    asio::io_context context;
    std::exception_ptr failure;
    for (std::size_t i = 0; i < kUnderWay; ++i) {
      asio::co_spawn(context, issue(), [&](std::exception_ptr fault) {
        if (fault) failure = fault;
      });
    }
    context.run();
    if (failure) std::rethrow_exception(failure);
  }

 private:
  static ca::Issuer issuer_in(const fs::path& dir) {
    std::vector<std::string> chain = server::read_certificates(dir / "issuing.pem");
    auto signer = server::open_issuing_key(dir / "issuing.key", chain.front(), {});
    return {std::move(chain), std::move(signer), {.crl = "http://localhost/issuing.crl"}};
  }

  asio::awaitable<void> issue() {
    while (left_ > 0) {
      const std::size_t number = left_--;
      const ca::Time now = server::SystemClock().seconds();
      auto issuing = ca::issue_certificate(
          {.store = store_,
           .issuer = issuer_,
           .random = random_,
           .clock = [] { return server::SystemClock().seconds(); }},
          {.identifiers = {ca::DnsName::parse("h" + std::to_string(number) + ".fill.test").value()},
           .public_key = key_->public_key(),
           .profile = *ca::find_profile("dv"),
           .now = now,
           .reserved_addresses = ca::ReservedAddresses::allowed_in_lab},
          {.owner = {.order = "", .account = "fill"},
           .note_serial = [](auto&, const std::string&) { return true; },
           .conclude = [](auto&, const ca::IssuedCertificate&) {},
           .store_until = now + std::chrono::minutes(10)});
      const auto issued = co_await std::move(issuing);
      if (!issued) throw std::runtime_error(issued.error().detail());
      std::puts(ca::hex(issued->value().serial).c_str());
    }
  }

  storage::Store& store_;
  ca::Issuer issuer_;
  ca::SystemRandom random_;
  std::unique_ptr<ca::Signer> key_ = ca::generate_signer(ca::KeyAlgorithm::ecdsa_p256);
  std::size_t left_ = 0;
};

void tally(const storage::Snapshot& snapshot) {
  ca::read_audit(snapshot, 1, [](const ca::AuditEntry& entry) {
    if (entry.event == ca::audit_event::kCertificateRevoked) std::puts(entry.subject.c_str());
    return storage::Scan::proceed;
  });
}

}  // namespace

int main(int count, char** words) {
  try {
    tests::Arguments arguments{count, words};
    const fs::path dir = arguments.text("dir");
    const std::string what = arguments.text("tally", "");
    const std::size_t certificates =
        what.empty() ? arguments.number<std::size_t>("certificates") : 0;
    arguments.refuse_others();
    const auto mode =
        what.empty() ? storage::OpenMode::create_if_absent : storage::OpenMode::read_only;
    storage::Store store(storage::open_lmdb({.folder = dir / "store", .mode = mode}));
    if (what.empty()) {
      Filling(store, dir).run(certificates);
    } else {
      store.read([](const storage::Snapshot& snapshot) { tally(snapshot); });
    }
    return 0;
  } catch (const std::exception& fault) {
    std::fprintf(stderr, "kill9_fill_store: %s\n", fault.what());
    return 1;
  }
}

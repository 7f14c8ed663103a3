#include "server/application.h"
#include "policy/applications/applications.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <future>
#include <optional>
#include <sstream>

#include "ca/audit_log.h"
#include "server/commands/commands.h"
#include "server/version.h"
#include "storage/lmdb_engine.h"
#include "storage/store.h"
#include "tests/support/failing_disk.h"
#include "tests/support/jws_client.h"
#include "tests/support/raw_client.h"
#include "tests/support/temp_dir.h"
#include "tests/support/tls_files.h"

namespace server {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;

/// A fresh installation whose listeners take any free port.
class ApplicationTest : public testing::Test {
 protected:
  ApplicationTest() {
    InitOptions options;
    options.folder = temp / "ca";
    std::ostringstream out;
    init(options, out);
  }

  Settings settings(std::vector<std::string> overrides = {}) {
    overrides.insert(overrides.begin(),
                     {"listen.acme=127.0.0.1:0", "listen.public=127.0.0.1:0",
                      "validation.allow_private_addresses=true", "server.threads=2"});
    return load_settings(temp / "ca" / "chancery.toml", overrides).value();
  }

  std::string refusal(const std::vector<std::string>& overrides) {
    Logger log(temp / "log");
    try {
      Application application(settings(overrides), log);
    } catch (const std::exception& error) {
      return error.what();
    }
    return "it started";
  }

  [[nodiscard]] std::string log_text() const {
    std::ifstream stream(temp / "log");
    return {std::istreambuf_iterator<char>(stream), {}};
  }

  /// What the audit log says in entries whose name begins so.
  [[nodiscard]] std::vector<ca::AuditEntry> audited(std::string_view prefix) const {
    storage::Store store(storage::open_lmdb({.folder = temp / "ca" / "store"}));
    return store.read([&](const storage::Snapshot& snapshot) {
      std::vector<ca::AuditEntry> entries;
      ca::read_audit(snapshot, 1, [&](const ca::AuditEntry& entry) {
        if (entry.event.starts_with(prefix)) entries.push_back(entry);
        return storage::Scan::proceed;
      });
      return entries;
    });
  }

  /// Runs it on a thread of its own, and returns when it serves.
  static std::future<void> run(Application& application) {
    std::promise<void> ready;
    std::future<void> serves = ready.get_future();
    auto running =
        std::async(std::launch::async, [&application, ready = std::move(ready)]() mutable {
          application.run(Application::Signals::leave_alone, [&] { ready.set_value(); });
        });
    serves.get();
    return running;
  }

  static std::uint16_t port_in(const std::string& url) {
    const std::size_t colon = url.rfind(':');
    return static_cast<std::uint16_t>(std::stoi(url.substr(colon + 1)));
  }

  tests::TempDir temp;
};

TEST_F(ApplicationTest, ServesUntilItIsStopped) {
  Logger log(temp / "log");
  Application application(settings(), log);
  std::future<void> running = run(application);
  const std::string& url = application.directory_url();
  EXPECT_THAT(url, testing::MatchesRegex("https://localhost:[0-9]+/acme/directory"));
  {
    tests::RawTlsClient client(port_in(url));
    client.send("GET /acme/directory HTTP/1.1\r\nHost: localhost:" + std::to_string(port_in(url)) +
                "\r\nConnection: close\r\n\r\n");
    const tests::RawResponse response = client.read_response();
    EXPECT_EQ(response.status, 200U);
    EXPECT_THAT(response.body, HasSubstr(url.substr(0, url.rfind('/')) + "/new-nonce"));
    tests::RawClient plain(application.public_port());
    plain.send("GET /nowhere HTTP/1.1\r\nHost: localhost:" +
               std::to_string(application.public_port()) + "\r\nConnection: close\r\n\r\n");
    EXPECT_EQ(plain.read_response().status, 404U);
  }
  application.stop();
  application.stop();
  running.get();
  EXPECT_THAT(log_text(), HasSubstr("\"server.ready\""));
  EXPECT_THAT(log_text(), HasSubstr("\"server.stopped\""));
}

// A-5 BR-5.4.1: a start, an end, and one that was no end, each in the audit log.
TEST_F(ApplicationTest, StandsInTheAuditLogWhenItStartsAndStops) {
  Logger log(temp / "log");
  const auto serve_once = [&] {
    Application application(settings(), log);
    std::future<void> running = run(application);
    application.stop();
    running.get();
  };
  serve_once();
  serve_once();
  {
    Application never_stopped(settings(), log);
  }
  serve_once();
  using Fact = std::pair<std::string, std::string>;
  const auto entries = audited("server.");
  ASSERT_EQ(entries.size(), 7U);
  const char* const events[] = {"server.started", "server.stopped", "server.started",
                                "server.stopped", "server.started", "server.started",
                                "server.stopped"};
  for (std::size_t i = 0; i < entries.size(); ++i) {
    EXPECT_EQ(entries[i].event, events[i]) << i;
    EXPECT_EQ(entries[i].actor, "server");
  }
  EXPECT_THAT(entries[0].facts, testing::ElementsAre(Fact("version", version())));
  EXPECT_THAT(entries[2].facts, testing::Contains(Fact("last_run", "stopped")));
  EXPECT_THAT(entries[5].facts, testing::Contains(Fact("last_run", "did not end in order")));
}

// A-1 BR-5.4.1: products come, change and go only with an entry.
TEST_F(ApplicationTest, NotesWhichProductsAreNewChangedOrGone) {
  const fs::path folder = temp / "catalog";
  fs::create_directory(folder);
  Logger log(temp / "log");
  const auto start_with = [&](const std::string& added) {
    std::ofstream(folder / "own.toml") << added;
    Application application(settings({"catalog.folder=" + folder.string()}), log);
  };
  const auto own = [](const std::string& description) {
    return "[[product]]\nname = \"own\"\nfrom = 2026-03-15\nextends = \"dv\"\ndescription = \"" +
           description + "\"\nbrand = \"own\"\nfamily = \"own\"\n";
  };
  start_with("");
  const std::size_t shipped = audited("catalog.").at(0).facts.size();
  EXPECT_GT(shipped, 30U);
  start_with("");
  EXPECT_EQ(audited("catalog.").size(), 1U) << "nothing changed";
  start_with(own("One"));
  start_with(own("Another"));
  start_with("");
  const auto entries = audited("catalog.");
  ASSERT_EQ(entries.size(), 4U);
  const auto only_fact = [&](std::size_t i) {
    EXPECT_EQ(entries[i].facts.size(), 1U);
    return entries[i].facts[0].first + " " + entries[i].facts[0].second;
  };
  EXPECT_THAT(only_fact(1), testing::StartsWith("added own version 1 "));
  EXPECT_THAT(only_fact(2), testing::StartsWith("changed own version 1 "));
  EXPECT_NE(only_fact(1).substr(only_fact(1).rfind(' ')),
            only_fact(2).substr(only_fact(2).rfind(' ')));
  EXPECT_EQ(only_fact(3), "removed own version 1");
}

// Without its product an application could neither go on nor be cancelled.
TEST_F(ApplicationTest, DoesNotStartWithoutAProductThatApplicationsWereMadeUnder) {
  const fs::path folder = temp / "catalog";
  fs::create_directory(folder);
  const std::string with_folder = "catalog.folder=" + folder.string();
  std::ofstream(folder / "own.toml")
      << "[[product]]\nname = \"own\"\nfrom = 2026-03-15\nextends = \"dv\"\n"
         "description = \"Own\"\nbrand = \"own\"\nfamily = \"own\"\n";
  EXPECT_EQ(refusal({with_folder}), "it started");
  const auto store_one = [&](policy::ApplicationState state) {
    storage::Store store(storage::open_lmdb({.folder = temp / "ca" / "store"}));
    store.write_and_wait([&](storage::Transaction& transaction) {
      policy::Application application;
      application.id = policy::ApplicationId::from_octets(std::string(16, 'a'));
      application.tenant = policy::TenantId::from_octets(std::string(16, 't'));
      application.product = "own";
      application.state = state;
      policy::kApplications.put(transaction, application.id.octets(), application);
    });
  };
  store_one(policy::ApplicationState::draft);
  fs::remove(folder / "own.toml");
  EXPECT_THAT(refusal({with_folder}), testing::HasSubstr("own version 1 (1 application)"));
  {
    storage::Store store(storage::open_lmdb({.folder = temp / "ca" / "store"}));
    store.write_and_wait([](storage::Transaction& transaction) {
      const storage::TableName noted{"noted_products"};
      std::vector<std::string> names;
      transaction.scan(noted, "", [&](std::string_view name, std::string_view) {
        names.emplace_back(name);
        return storage::Scan::proceed;
      });
      for (const std::string& each : names) transaction.erase(noted, each);
    });
  }
  EXPECT_THAT(refusal({with_folder}), testing::HasSubstr("own version 1 (1 application)"))
      << "a program that noted nothing was here before";
  store_one(policy::ApplicationState::expired);
  EXPECT_EQ(refusal({with_folder}), "it started");
}

// T-G4: what a failed commit left on the disk is unknown, so no write may follow in this process.
TEST_F(ApplicationTest, EndsWithOneSentenceWhenACommitFails) {
  Logger log(temp / "log");
  Application application(settings(), log);
  std::future<void> running = run(application);
  const std::string& url = application.directory_url();
  const std::string base = url.substr(0, url.rfind('/'));
  const std::string host = " HTTP/1.1\r\nHost: localhost:" + std::to_string(port_in(url)) + "\r\n";
  tests::RawTlsClient client(port_in(url));
  client.send("HEAD /acme/new-nonce" + host + "\r\n");
  const std::string nonce = client.read_response().field("Replay-Nonce");
  const std::string body = tests::JwsClient().request(base + "/new-account", nonce, "{}");
  std::optional<tests::FailingDisk> disk(std::in_place);
  client.send("POST /acme/new-account" + host + "Content-Type: application/jose+json\r\n" +
              "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
  std::string end = "it went on";
  if (running.wait_for(std::chrono::seconds(30)) != std::future_status::ready) application.stop();
  try {
    running.get();
  } catch (const std::runtime_error& error) {
    end = error.what();
  }
  disk.reset();
  EXPECT_THAT(end, testing::StartsWith("the store refuses writes since a commit failed"));
  EXPECT_THAT(end, testing::EndsWith("and restart"));
}

TEST_F(ApplicationTest, AnnouncesEveryLabSettingThatWasChanged) {
  Logger log(temp / "log");
  Application application(settings({"validation.http_port=5002"}), log);
  log.flush();
  EXPECT_THAT(
      log_text(),
      HasSubstr(
          R"("event":"config.lab_setting","setting":"validation.http_port","value":"5002","default":"80")"));
  EXPECT_THAT(
      log_text(),
      HasSubstr(
          R"("setting":"validation.allow_private_addresses","value":"true","default":"false")"));
  EXPECT_THAT(log_text(), Not(HasSubstr("validation.tls_port")));
  EXPECT_THAT(log_text(), HasSubstr("config.dnssec_off"));
}

TEST_F(ApplicationTest, IsQuietAboutTheOrdinary) {
  Logger log(temp / "log");
  Application application(
      settings({"validation.allow_private_addresses=false", "http.connections=100"}), log);
  log.flush();
  std::string shown = log_text();
  // The house catalog is for the public, and nobody else is asked (BR 3.2.2.9), nor are there lists
  // of weak keys (K-3 BR-6.1.1.3).
  for (const std::string event : {"perspectives.too_few", "weak_keys.no_list"}) {
    const std::size_t warning = shown.find("\"level\":\"warning\",\"event\":\"" + event + "\"");
    ASSERT_NE(warning, std::string::npos) << shown;
    shown.erase(warning, shown.find('\n', warning) - warning);
  }
  EXPECT_THAT(shown, Not(HasSubstr("warning")));
}

// K-3 BR-6.1.1.3 E-3 EVG-3.2.2.1.3: what has to be there before anything is issued, and what is
// made public before anything rests on it.
TEST_F(ApplicationTest, StartsWithTheListsThatItGoesBy) {
  EXPECT_THAT(refusal({"ca.weak_key_lists_required=true"}),
              HasSubstr("ca.weak_key_lists: has no list for RSA-2048"));
  EXPECT_THAT(refusal({"catalog.registration_agencies=absent.toml"}),
              HasSubstr("catalog.registration_agencies: "));
  Logger log(temp / "log");
  Application application(settings(), log);
  log.flush();
  EXPECT_THAT(log_text(), HasSubstr("\"event\":\"registration_agencies.disclosed\""));
}

TEST_F(ApplicationTest, UsesTheBaseUrlAsItIsWritten) {
  Logger log(temp / "log");
  Application application(settings({"listen.base_url=https://ca.example:443"}), log);
  EXPECT_EQ(application.directory_url(), "https://ca.example/acme/directory");
}

TEST_F(ApplicationTest, SaysWhichPortIsInUse) {
  Logger log(temp / "log");
  Application first(settings(), log);
  const std::string taken = "127.0.0.1:" + std::to_string(first.public_port());
  EXPECT_THAT(refusal({"listen.acme=" + taken, "storage.path=other"}),
              HasSubstr(taken + " is in use"));
  EXPECT_FALSE(fs::exists(temp / "ca" / "other"));
}

TEST_F(ApplicationTest, RefusesASecondServerOnTheSameStore) {
  Logger log(temp / "log");
  Application first(settings(), log);
  EXPECT_THAT(refusal({}), HasSubstr((temp / "ca" / "store").string()));
}

TEST_F(ApplicationTest, RefusesKeysThatOthersCanRead) {
  fs::permissions(temp / "ca" / "issuing.key", fs::perms::others_read, fs::perm_options::add);
  EXPECT_THAT(refusal({}), HasSubstr("issuing.key"));
  EXPECT_FALSE(fs::exists(temp / "ca" / "store"));
}

// T-B9
TEST_F(ApplicationTest, RefusesAChainThatDoesNotLeadToItsRoot) {
  EXPECT_THAT(refusal({"ca.root=tls-ca.pem"}),
              AllOf(HasSubstr("the issuer \"main\" in " + (temp / "ca").string() + ": "),
                    HasSubstr("the issuing certificate names another issuer than the root")));
  EXPECT_FALSE(fs::exists(temp / "ca" / "store"));
}

TEST_F(ApplicationTest, StartsAgainOnTheSameStore) {
  Logger log(temp / "log");
  for (int start = 0; start < 2; ++start) {
    Application application(settings(), log);
    application.run(Application::Signals::leave_alone, [&] { application.stop(); });
  }
  std::ostringstream out;
  VerifyOptions options;
  options.config.folder = temp / "ca";
  EXPECT_EQ(verify(options, out), ExitCode::ok) << out.str();
  EXPECT_THAT(out.str(), HasSubstr("Everything is as it must be."));
}

TEST_F(ApplicationTest, RefusesAnExpiredListenerCertificate) {
  const tests::TlsFiles expired(-60);
  EXPECT_THAT(refusal({"tls.certificate=" + expired.certificate().string(),
                       "tls.key=" + expired.key().string()}),
              HasSubstr("has expired; replace it and its key"));
}

TEST_F(ApplicationTest, WarnsThirtyDaysBeforeItsCertificateEnds) {
  const tests::TlsFiles ending(20 * 86'400 + 60);
  Logger log(temp / "log");
  const Application application(settings({"tls.certificate=" + ending.certificate().string(),
                                          "tls.key=" + ending.key().string()}),
                                log);
  log.flush();
  EXPECT_THAT(log_text(), HasSubstr(R"("event":"tls.expires_soon")"));
  EXPECT_THAT(log_text(), HasSubstr(R"("days":"20")"));
}

TEST_F(ApplicationTest, IsCheckedForTrustAnchors) {
  std::ostringstream out;
  ConfigChoice choice;
  choice.folder = temp / "ca";
  choice.overrides = {"dns.trust_anchor_file=absent.key"};
  try {
    check_config(choice, out);
    FAIL() << "it cannot start";
  } catch (const BadConfiguration& error) {
    EXPECT_THAT(error.what(), HasSubstr("absent.key cannot be read"));
  }
}

TEST_F(ApplicationTest, IsCheckedWithItsFiles) {
  std::ostringstream out;
  ConfigChoice choice;
  choice.folder = temp / "ca";
  EXPECT_EQ(check_config(choice, out), ExitCode::ok);
  choice.overrides = {"tls.key=absent.key", "ca.root=tls-ca.pem", "ca.key=tls.key"};
  try {
    check_config(choice, out);
    FAIL() << "the files do not fit";
  } catch (const BadConfiguration& error) {
    EXPECT_THAT(error.what(), HasSubstr("tls.certificate, tls.key: "));
    EXPECT_THAT(error.what(), HasSubstr("absent.key"));
    EXPECT_THAT(error.what(),
                HasSubstr("ca.certificate, ca.root: the issuing certificate names another issuer"));
    EXPECT_THAT(error.what(), HasSubstr("ca.certificate, ca.key: "));
    EXPECT_THAT(error.what(), HasSubstr("chancery: 3 faults in the configuration\n"));
  }
}

}  // namespace
}  // namespace server

// Further issuing CAs: made, listed, rotated, retired, loaded.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "ca/audit_log.h"
#include "ca/certificate.h"
#include "ca/crl_scheme.h"
#include "ca/crypto/encoding.h"
#include "ca/crypto/signer.h"
#include "server/ca_files.h"
#include "server/commands/commands.h"
#include "server/commands/crl_urls.h"
#include "server/commands/new_folder.h"
#include "server/issuer_files.h"
#include "server/system_clock.h"
#include "storage/lmdb_engine.h"
#include "storage/record_codec.h"
#include "storage/store.h"
#include "tests/support/temp_dir.h"
#include "tests/unit/server/issuers_fixture.h"

namespace server {
namespace {

using testing::HasSubstr;

TEST_F(Issuers, AreOneAfterInit) {
  EXPECT_EQ(load().set().members().size(), 1U);
  EXPECT_EQ(load().set().choose(profile("gm-dv"), "", now_), nullptr);
}

TEST_F(Issuers, SignForSm2OnceOneIsAdded) {
  add("gm", "sm2");
  const LoadedIssuers loaded = load();
  const ca::Issuer* gm = loaded.set().choose(profile("gm-dv"), "", now_);
  ASSERT_NE(gm, nullptr);
  EXPECT_EQ(gm->signer().algorithm(), ca::SignatureAlgorithm::sm2_sm3);
  EXPECT_NE(loaded.set().choose(profile("dv"), "", now_), gm);
  std::ostringstream list;
  list_issuers(config(), list);
  EXPECT_THAT(list.str(), HasSubstr("main            ecdsa-p256  signs"));
  EXPECT_THAT(list.str(), HasSubstr("gm              sm2         signs"));
  EXPECT_THAT(list.str(), HasSubstr(gm->id()));
}

// P-6 P-25: what the setting says reaches the issuer that signs.
TEST_F(Issuers, NameTheResponderWhereTheSettingsSaySo) {
  using OcspIn = ca::Issuer::Urls::OcspIn;
  const auto urls = [&](const std::string& value) {
    Settings settings = settings_or_throw(config());
    settings.ocsp_urls_in_certificates = value;
    return load_issuers(settings, {}, "http://ca.example", now_).issuers.front()->urls();
  };
  EXPECT_EQ(urls("none").ocsp, "");
  EXPECT_EQ(urls("all").ocsp, "http://ca.example/ocsp");
  EXPECT_EQ(urls("all").ocsp_in, OcspIn::all);
  EXPECT_EQ(urls("long_lived").ocsp, "http://ca.example/ocsp");
  EXPECT_EQ(urls("long_lived").ocsp_in, OcspIn::long_lived);
}

// S-2: what the CCADB takes, for the parts and for the whole.
TEST_F(Issuers, SayWhereTheirCrlsAre) {
  const std::string id = load().issuers.front()->id();
  const auto urls = [&](std::vector<std::string> overrides) {
    CrlUrlsOptions options{.config = config()};
    options.config.overrides = std::move(overrides);
    std::ostringstream out;
    list_crl_urls(options, out);
    return nlohmann::json::parse(out.str()).get<std::vector<std::string>>();
  };
  const std::string address = "listen.public_url=http://crl.example";
  const std::string base = "http://crl.example/crl/" + id;
  const std::filesystem::path store = folder() / "store";
  storage::open_lmdb({.folder = store}).reset();
  EXPECT_THAT(urls({address}), testing::ElementsAre(base + ".crl"));
  EXPECT_THROW(urls({address, "crl.shards=3"}), std::runtime_error) << "no certificate names them";
  EXPECT_THROW(urls({}), std::runtime_error) << "there is no address";
  {
    storage::Store opened(storage::open_lmdb({.folder = store}));
    opened.write_and_wait([&](storage::Transaction& transaction) {
      ca::note_crl_scheme(transaction, id, 3, base + ".crl", now_);
      ca::note_crl_scheme(transaction, "another", 2, base + ".crl", now_);
    });
  }
  EXPECT_THAT(urls({address, "crl.shards=3"}),
              testing::ElementsAre(base + "/3-0.crl", base + "/3-1.crl", base + "/3-2.crl"));
  EXPECT_THAT(urls({address}), testing::Contains(base + ".crl"));
  EXPECT_THAT(urls({address}), testing::SizeIs(4)) << "what older certificates name stays";
  CrlUrlsOptions stranger{.config = config(), .name = "nobody"};
  std::ostringstream out;
  EXPECT_THROW(list_crl_urls(stranger, out), UsageError);
}

// TGM-05
TEST_F(Issuers, OfferOnlyWhatOneOfThemCanSign) {
  const auto offered = [&](std::string_view name) {
    const auto files =
        signable(policy::load_catalog({}).value(), settings_or_throw(config()), now_);
    const policy::Catalog catalog(files.products, now_, std::chrono::hours(24));
    EXPECT_EQ(catalog.find(name) != nullptr, catalog.in_force(name, now_) != nullptr) << name;
    EXPECT_NE(catalog.version(name, 1), nullptr) << "what was begun under it stays readable";
    return catalog.find(name) != nullptr;
  };
  EXPECT_TRUE(offered("ov"));
  EXPECT_FALSE(offered("gm-ov"));
  add("gm", "sm2");
  EXPECT_TRUE(offered("gm-ov"));
}

TEST_F(Issuers, FollowOneAnotherUnderOneRoot) {
  rotate_issuer({.config = config(), .name = "main", .successor = "main-2"}, out_);
  const LoadedIssuers loaded = load();
  ASSERT_EQ(loaded.issuers.size(), 2U);
  const ca::CertificateView& old = loaded.issuers[0]->certificate();
  const ca::CertificateView& next = loaded.issuers[1]->certificate();
  EXPECT_EQ(next.issuer, old.issuer);
  EXPECT_NE(next.subject, old.subject);
  EXPECT_NE(next.spki, old.spki);
  EXPECT_FALSE(std::filesystem::exists(folder() / "issuers" / "main-2" / "root.key"));
}

// P-61 BR-7.1.2.6.1
TEST_F(Issuers, FollowOneAnotherInWhatTheySay) {
  add_issuer({.config = config(),
              .name = "old",
              .algorithm = "ecdsa-p256",
              .names = {.country = "DE", .organization = "Example Trust"},
              .terms = {.policies = {"2.23.140.1.2.2"},
                        .crl_url = "http://crl.example/r.crl",
                        .ca_issuers_url = "http://crl.example/r.cer"}},
             out_);
  rotate_issuer({.config = config(), .name = "old", .successor = "new"}, out_);
  EXPECT_THAT(out_.str(), testing::Not(HasSubstr("Not fit for public trust")));
  const auto view = [&](const std::string& name) {
    return ca::view_certificate(
               read_certificates(folder() / "issuers" / name / "issuing.pem").front())
        .value();
  };
  const auto old = view("old");
  const auto next = view("new");
  for (const char* oid : {"2.5.29.31", "2.5.29.32", "1.3.6.1.5.5.7.1.1"}) {
    EXPECT_EQ(ca::find_extension(next.extensions, oid)->value,
              ca::find_extension(old.extensions, oid)->value);
  }
  EXPECT_THAT(next.subject, HasSubstr("Example Trust"));
  EXPECT_THAT(next.subject, HasSubstr("DE"));
  EXPECT_EQ(load().issuers.size(), 3U);
}

// BR-7.1.2.10.2
TEST_F(Issuers, HaveSubjectsOfTheirOwn) {
  const auto rotate = [&](const std::string& successor, const ca::SuccessorChanges& changes) {
    rotate_issuer({.config = config(), .name = "main", .successor = successor, .changes = changes},
                  out_);
  };
  rotate("two", {.common_name = "Example CA"});
  EXPECT_THROW(rotate("three", {.common_name = "Example CA"}), UsageError);
  EXPECT_THROW(rotate("three", {.country = "ZZ"}), UsageError);
  EXPECT_THROW(rotate("three", {.terms = {.crl_url = "https://a.b/c"}}), UsageError);
  EXPECT_FALSE(std::filesystem::exists(folder() / "issuers" / "three"));
}

// BR-7.1.2.6.1
TEST_F(Issuers, SayWhenPublicTrustCannotRestOnThem) {
  add("p384", "ecdsa-p384");
  EXPECT_THAT(out_.str(), HasSubstr("Not fit for public trust"));
  out_.str("");
  rotate_issuer({.config = config(),
                 .name = "p384",
                 .successor = "p384-2",
                 .changes = {.terms = {.crl_url = "http://crl.example/r.crl"}}},
                out_);
  EXPECT_THAT(out_.str(), testing::Not(HasSubstr("Not fit")));
}

// P-7
TEST_F(Issuers, AreNotCrossSignedBetweenSm2AndTheRest) {
  add("gm", "sm2");
  EXPECT_THROW(
      cross_sign_issuer(
          {.config = config(), .name = "gm", .by = "main", .crl_url = "http://crl.example/r.crl"},
          out_),
      std::invalid_argument);
  EXPECT_FALSE(std::filesystem::exists(folder() / "issuers/gm/main.chain.pem"));
  EXPECT_EQ(load().issuers.size(), 2U);
}

// RFC8555-7.4.2 BR-7.1.2.2
TEST_F(Issuers, OfferAnotherChainOnceTheirRootIsCrossSigned) {
  add("p384", "ecdsa-p384");
  EXPECT_EQ(load().issuers[0]->chains(), 1U);
  const IssuerCrossSignOptions options{
      .config = config(), .name = "main", .by = "p384", .crl_url = "http://crl.example/r.crl"};
  cross_sign_issuer(options, out_);
  const LoadedIssuers loaded = load();
  ASSERT_EQ(loaded.issuers[0]->chains(), 2U);
  EXPECT_EQ(loaded.issuers[1]->chains(), 1U);
  const auto chain = ca::from_pem("CERTIFICATE", loaded.issuers[0]->chain_pem("leaf", 1)).value();
  const auto root = ca::view_certificate(read_root(folder() / "root.pem")).value();
  const auto other = ca::view_certificate(read_root(folder() / "issuers/p384/root.pem")).value();
  const auto cross = ca::view_certificate(chain.back()).value();
  EXPECT_EQ(cross.subject, root.subject);
  EXPECT_EQ(cross.spki, root.spki);
  EXPECT_EQ(cross.issuer, other.subject);
  EXPECT_THROW(cross_sign_issuer(options, out_), std::runtime_error) << "it is there already";
  EXPECT_THROW(cross_sign_issuer({.config = config(), .name = "main", .by = "p384"}, out_),
               UsageError)
      << "BR 7.1.2.2.3: it names no CRL";
  EXPECT_THROW(
      cross_sign_issuer(
          {.config = config(), .name = "main", .by = "main", .crl_url = "http://crl.example/r.crl"},
          out_),
      std::invalid_argument);
  EXPECT_THROW(cross_sign_issuer({.config = config(), .name = "main", .by = "nobody"}, out_),
               UsageError);
}

TEST_F(Issuers, WithAChainThatDoesNotReachItsRootAreNotLoaded) {
  add("p384", "ecdsa-p384");
  cross_sign_issuer(
      {.config = config(), .name = "main", .by = "p384", .crl_url = "http://crl.example/r.crl"},
      out_);
  std::filesystem::copy_file(folder() / "root.pem", folder() / "p384.root.pem",
                             std::filesystem::copy_options::overwrite_existing);
  EXPECT_THROW(static_cast<void>(load()), std::runtime_error);
}

TEST_F(Issuers, SignNoMoreWhenTheyAreRetired) {
  add("rsa", "rsa-2048");
  retire_issuer({.config = config(), .name = "rsa"}, out_);
  const LoadedIssuers loaded = load();
  EXPECT_EQ(loaded.duties.back(), ca::IssuerDuty::retired);
  EXPECT_NE(loaded.set().find(loaded.issuers.back()->id()), nullptr);
  std::ostringstream list;
  list_issuers(config(), list);
  EXPECT_THAT(list.str(), HasSubstr("rsa             rsa-2048    retired"));
}

// the audit log tells of changes, and the date of the first stays.
TEST_F(Issuers, AreRetiredOnce) {
  add("gm", "sm2");
  const auto audited = [&] {
    storage::Store store(storage::open_lmdb({.folder = folder() / "store"}));
    std::vector<std::string> events;
    store.read([&](const storage::Snapshot& snapshot) {
      ca::read_audit(snapshot, 1, [&](const ca::AuditEntry& entry) {
        events.push_back(entry.event);
        return storage::Scan::proceed;
      });
    });
    return events;
  };
  retire_issuer({.config = config(), .name = "gm"}, out_);
  const std::filesystem::path mark = folder() / "issuers/gm" / kRetiredMark;
  EXPECT_THAT(audited(), testing::ElementsAre("ca.added", "ca.retired"));
  std::ofstream(mark) << "2026-11-22T09:30:00Z\n";
  out_.str("");
  retire_issuer({.config = config(), .name = "gm"}, out_);
  EXPECT_THAT(out_.str(), HasSubstr("gm is retired already"));
  EXPECT_THAT(audited(), testing::ElementsAre("ca.added", "ca.retired"));
  std::ifstream kept(mark);
  EXPECT_EQ(std::string(std::istreambuf_iterator<char>(kept), {}), "2026-11-22T09:30:00Z\n");
}

TEST_F(Issuers, HaveNamesThatAreFreeAndPlain) {
  for (const char* const name : {"", "main", "../x", "A", "a b"}) {
    EXPECT_THROW(add(name, "sm2"), UsageError) << name;
  }
  EXPECT_THROW(add("x", "dsa"), UsageError);
  add("gm", "sm2");
  EXPECT_THROW(add("gm", "sm2"), std::runtime_error);
  EXPECT_THROW(retire_issuer({.config = config(), .name = "main"}, out_), UsageError);
  EXPECT_THROW(retire_issuer({.config = config(), .name = "nobody"}, out_), UsageError);
}

//
TEST_F(Issuers, AreInTheAuditLogAndInTheProof) {
  add("gm", "sm2");
  std::ostringstream proof;
  VerifyOptions whole;
  whole.config = config();
  EXPECT_EQ(verify(whole, proof), ExitCode::ok);
  EXPECT_THAT(proof.str(), HasSubstr("1 audit entries"));
}

// The server starts with such an issuer: what tells of the others is not to end at it.
TEST_F(Issuers, AreProvedAndListedWhereARetiredOneIsBroken) {
  put("junk", 30);
  add("later", "ecdsa-p256");
  retire_issuer({.config = config(), .name = "junk"}, out_);
  write_public_file(issuer_folder("junk") / "issuing.pem", "junk");
  std::filesystem::remove(issuer_folder("junk") / "root.pem");
  std::ostringstream proof;
  VerifyOptions whole;
  whole.config = config();
  EXPECT_EQ(verify(whole, proof), ExitCode::failed);
  EXPECT_THAT(proof.str(), HasSubstr("2 audit entries"));
  EXPECT_THAT(proof.str(), HasSubstr((issuer_folder("junk") / "issuing.pem").string()));
  EXPECT_THAT(proof.str(), HasSubstr("1 findings."));
  std::ostringstream list;
  EXPECT_EQ(list_issuers(config(), list), ExitCode::ok);
  EXPECT_THAT(list.str(), HasSubstr("junk            cannot be used: "));
  EXPECT_THAT(list.str(), HasSubstr("later           ecdsa-p256  signs"));
  IssuerRotateOptions next{.config = config(), .name = "main", .successor = "next"};
  next.changes.common_name = "Another CA";
  EXPECT_EQ(rotate_issuer(next, out_), ExitCode::ok);
}

// What cannot be read is a finding, and the proof goes on.
TEST_F(Issuers, AreProvedAlsoWhereARowDoesNotDecode) {
  add("gm", "sm2");
  {
    storage::Store store(storage::open_lmdb({.folder = folder() / "store"}));
    store.write_and_wait([](storage::Transaction& transaction) {
      transaction.put(storage::TableName{"ledger"}, "k", "no entry");
    });
  }
  std::ostringstream proof;
  VerifyOptions whole;
  whole.config = config();
  EXPECT_EQ(verify(whole, proof), ExitCode::failed);
  EXPECT_THAT(proof.str(), HasSubstr("1 ledger entries"));
  EXPECT_THAT(proof.str(), HasSubstr("findings"));
}

// What is in damaged rows is quoted, and steers nobody's terminal.
TEST_F(Issuers, AreProvedWithoutControlCharacters) {
  add("gm", "sm2");
  {
    storage::Store store(storage::open_lmdb({.folder = folder() / "store"}));
    store.write_and_wait([](storage::Transaction& transaction) {
      storage::RecordWriter writer(1);
      writer.number(1, 1);
      transaction.put(storage::TableName{"crl_facts"}, "\x1b[2J\xf7\u202eé",
                      std::move(writer).take());
    });
  }
  std::ostringstream proof;
  VerifyOptions whole;
  whole.config = config();
  EXPECT_EQ(verify(whole, proof), ExitCode::failed);
  EXPECT_THAT(proof.str(), HasSubstr("CRL \\x1b[2J\\xf7\\xe2\\x80\\xaeé: "));
  EXPECT_EQ(proof.str().find('\x1b'), std::string::npos);
  EXPECT_EQ(proof.str().find('\xf7'), std::string::npos);
}

// BR-6.2.7: a key in a device is not followed by one in a file.
TEST_F(Issuers, DoNotLeaveTheirDeviceUnasked) {
  const std::filesystem::path key = folder() / "issuing.key";
  std::ofstream(key) << "pkcs11:token=t;object=o?module-path=/m.so&pin-source=/p\n";
  const auto complaint = [&](const std::string& uri) {
    try {
      rotate_issuer({.config = config(), .name = "main", .successor = "main-2", .pkcs11 = uri},
                    out_);
    } catch (const UsageError& error) {
      return std::string(error.what());
    }
    return std::string("rotated");
  };
  EXPECT_THAT(complaint(""), HasSubstr("is in a device"));
  EXPECT_THAT(complaint("pkcs11:token=t"), HasSubstr("--pkcs11: "));
  EXPECT_FALSE(std::filesystem::exists(folder() / "issuers" / "main-2"));
}

/// A start, or another command, may come in between.
TEST(NewFolder, IsSeenByNobodyWhileItIsMade) {
  const tests::TempDir parent;
  {
    NewFolder folder(parent / "a/b/gm");
    folder.write("issuing.pem", "x", NewFolder::Access::everyone_may_read);
    for (const auto& entry : std::filesystem::directory_iterator(parent / "a/b")) {
      EXPECT_TRUE(entry.path().filename().string().starts_with(".gm.new-"));
    }
    bool was_visible = false;
    folder.publish([&] { was_visible = std::filesystem::exists(parent / "a/b/gm/issuing.pem"); });
    EXPECT_TRUE(was_visible);
  }
  EXPECT_TRUE(std::filesystem::exists(parent / "a/b/gm/issuing.pem"));
}

}  // namespace
}  // namespace server

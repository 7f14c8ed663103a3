#include "server/tls/tls_context.h"

#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/http_service.h"
#include "tests/support/raw_client.h"
#include "tests/support/tls_files.h"
#include "tests/unit/server/framing_vectors.h"

namespace {

using tests::HttpService;
using tests::RawTlsClient;
using tests::TlsFiles;

/// The sentence a context is refused with, or an empty text.
std::string fault_of(const std::filesystem::path& certificate, const std::filesystem::path& key) {
  try {
    const server::TlsContext context(certificate, key);
    return {};
  } catch (const std::runtime_error& error) {
    return error.what();
  }
}

TEST(TlsContext, LoadsACertificateWithItsKey) {
  const TlsFiles files;
  EXPECT_EQ(fault_of(files.certificate(), files.key()), "");
}

TEST(TlsContext, RefusesAMissingKey) {
  const TlsFiles files;
  const auto key = files.folder() / "absent";
  EXPECT_EQ(fault_of(files.certificate(), key),
            "the TLS private key " + key.string() + " cannot be read: No such file or directory");
}

// S24
TEST(TlsContext, RefusesAKeyThatOthersCanRead) {
  const TlsFiles files;
  for (const unsigned mode : {0640U, 0604U, 0660U, 0644U, 0601U}) {
    std::filesystem::permissions(files.key(), std::filesystem::perms(mode));
    EXPECT_EQ(fault_of(files.certificate(), files.key()),
              "the TLS private key " + files.key().string() +
                  " can be read or changed by other users; restrict it with: chmod 600 " +
                  files.key().string());
  }
}

TEST(TlsContext, RefusesAMissingCertificate) {
  const TlsFiles files;
  const auto certificate = files.folder() / "absent";
  EXPECT_EQ(fault_of(certificate, files.key()), "the TLS certificate " + certificate.string() +
                                                    " cannot be read: No such file or directory");
  const auto folder = files.certificate().parent_path();
  EXPECT_EQ(fault_of(folder, files.key()),
            "the TLS certificate " + folder.string() + " cannot be read: it is a folder");
}

TEST(TlsContext, RefusesAKeyOfAnotherCertificate) {
  const TlsFiles files;
  const TlsFiles others;
  EXPECT_EQ(fault_of(files.certificate(), others.key()),
            "the TLS private key " + others.key().string() +
                " does not belong to the certificate " + files.certificate().string());
}

TEST(TlsContext, RefusesFilesThatAreNoPem) {
  const TlsFiles files;
  std::ofstream(files.key()) << "not a key";
  EXPECT_TRUE(
      fault_of(files.certificate(), files.key())
          .starts_with("the TLS private key " + files.key().string() + " cannot be used: "));
  std::ofstream(files.certificate()) << "not a certificate";
  EXPECT_TRUE(fault_of(files.certificate(), files.key())
                  .starts_with("the TLS certificate " + files.certificate().string() +
                               " cannot be used: "));
}

/// What came of one offer: version and suite, or "refused".
std::string outcome_of(const HttpService& service, const RawTlsClient::Offer& offer) {
  try {
    RawTlsClient client(service.port(), offer);
    return SSL_get_version(client.handle());
  } catch (const boost::system::system_error&) {
    return "refused";
  }
}

// S26
TEST(TlsListener, TakesTls12And13WithEcdheAndAeadOnly) {
  const HttpService service({.tls = HttpService::make_tls()});
  struct Case {
    std::string_view name;
    RawTlsClient::Offer offer;
    std::string_view outcome;
  };
  const std::vector<Case> cases{
      {"tls_1_3", {.lowest = TLS1_3_VERSION, .highest = TLS1_3_VERSION}, "TLSv1.3"},
      {"tls_1_2", {.lowest = TLS1_2_VERSION, .highest = TLS1_2_VERSION}, "TLSv1.2"},
      {"tls_1_1", {.lowest = TLS1_VERSION, .highest = TLS1_1_VERSION}, "refused"},
      {"tls_1_0", {.lowest = TLS1_VERSION, .highest = TLS1_VERSION}, "refused"},
      {"cbc", {.highest = TLS1_2_VERSION, .tls12_ciphers = "ECDHE-ECDSA-AES128-SHA256"}, "refused"},
      {"cbc_sha1",
       {.highest = TLS1_2_VERSION, .tls12_ciphers = "ECDHE-ECDSA-AES256-SHA"},
       "refused"},
      {"static_rsa", {.highest = TLS1_2_VERSION, .tls12_ciphers = "AES128-GCM-SHA256"}, "refused"},
      {"dhe", {.highest = TLS1_2_VERSION, .tls12_ciphers = "DHE-RSA-AES128-GCM-SHA256"}, "refused"},
      {"anonymous", {.highest = TLS1_2_VERSION, .tls12_ciphers = "aNULL:eNULL"}, "refused"},
      {"gcm",
       {.highest = TLS1_2_VERSION, .tls12_ciphers = "ECDHE-ECDSA-AES128-GCM-SHA256"},
       "TLSv1.2"},
      {"chacha",
       {.highest = TLS1_2_VERSION, .tls12_ciphers = "ECDHE-ECDSA-CHACHA20-POLY1305"},
       "TLSv1.2"},
  };
  for (const Case& each : cases) {
    SCOPED_TRACE(each.name);
    EXPECT_EQ(outcome_of(service, each.offer), each.outcome);
  }
}

// T-H4
TEST(TlsListener, ChoosesHttp11AndRefusesOffersWithoutIt) {
  const HttpService service({.tls = HttpService::make_tls()});

  RawTlsClient client(service.port(), {.protocols = "\x02h2\x08http/1.1"});
  const unsigned char* chosen = nullptr;
  unsigned length = 0;
  SSL_get0_alpn_selected(client.handle(), &chosen, &length);

  EXPECT_EQ(std::string_view(reinterpret_cast<const char*>(chosen), length), "http/1.1");
  EXPECT_EQ(outcome_of(service, {.protocols = "\x02h2"}), "refused");
  EXPECT_EQ(outcome_of(service, {.protocols = "\x0A"
                                              "acme-tls/1"}),
            "refused");
}

// S26
TEST(TlsListener, GivesOutNoSessionTickets) {
  const HttpService service({.tls = HttpService::make_tls()});
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    RawTlsClient client(service.port(), {.lowest = version, .highest = version});
    client.send(tests::get("/a"));
    EXPECT_EQ(client.read_response().status, 200U);
    EXPECT_EQ(SSL_SESSION_has_ticket(SSL_get0_session(client.handle())), 0);
    EXPECT_EQ(SSL_SESSION_is_resumable(SSL_get0_session(client.handle())), 0);
  }
}

// S26 T-H1
TEST(TlsListener, RefusesRenegotiation) {
  const HttpService service({.tls = HttpService::make_tls()});
  RawTlsClient client(service.port(), {.highest = TLS1_2_VERSION});

  SSL_renegotiate(client.handle());
  client.send(tests::get("/a"));
  char bytes[64];

  EXPECT_EQ(client.read_some(bytes, sizeof bytes), 0U);
}

}  // namespace

#include "server/tls/tls_context.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <sys/stat.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>

#include "server/tls/tls_state.h"
#include "server/whole_file.h"

namespace server {
namespace {

// BR and NetSec name no suites; these are the ECDHE suites with AEAD of RFC 7525 §4.2 and RFC 8446
// §9.1.
constexpr const char* kTls12Ciphers = "ECDHE+AESGCM:ECDHE+CHACHA20";
constexpr const char* kTls13Ciphers =
    "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256";
constexpr const char* kGroups = "X25519:P-256:P-384";
constexpr int kSecurityLevel = 2;
constexpr std::string_view kHttp11 = "http/1.1";
constexpr mode_t kAccessOfOthers = 0077;

std::string last_reason() {
  const unsigned long code = ERR_peek_last_error();
  const char* reason = ERR_reason_error_string(code);
  ERR_clear_error();
  return reason != nullptr ? reason : "unknown error";
}

[[noreturn]] void fail(const std::string& sentence) {
  throw std::runtime_error(sentence);
}

void require(long result, std::string_view what) {
  if (result != 1) fail("TLS cannot be set up: " + std::string(what) + ": " + last_reason());
}

/// RFC 7301 §3.2. A client that offers protocols without ours is told so instead of being
/// misunderstood.
int choose_protocol(SSL*,
                    const unsigned char** chosen,
                    unsigned char* chosen_length,
                    const unsigned char* offered,
                    unsigned int offered_length,
                    void*) {
  for (unsigned int at = 0; at < offered_length;) {
    const unsigned char length = offered[at];
    if (at + 1 + length > offered_length) break;
    const std::string_view name(reinterpret_cast<const char*>(offered) + at + 1, length);
    if (name == kHttp11) {
      *chosen = offered + at + 1;
      *chosen_length = length;
      return SSL_TLSEXT_ERR_OK;
    }
    at += 1U + length;
  }
  return SSL_TLSEXT_ERR_ALERT_FATAL;
}

/// An encrypted key would otherwise stop the start with a question on the terminal.
int no_passphrase(char*, int, int, void*) {
  return -1;
}

void set_protocol(SSL_CTX* context) {
  SSL_CTX_set_security_level(context, kSecurityLevel);
  require(SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION), "lowest version");
  require(SSL_CTX_set_max_proto_version(context, TLS1_3_VERSION), "highest version");
  require(SSL_CTX_set_cipher_list(context, kTls12Ciphers), "TLS 1.2 cipher suites");
  require(SSL_CTX_set_ciphersuites(context, kTls13Ciphers), "TLS 1.3 cipher suites");
  require(SSL_CTX_set1_groups_list(context, kGroups), "groups");
  SSL_CTX_set_options(context, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_TICKET |
                                   SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA);
  // SSL_OP_NO_TICKET alone would leave TLS 1.3 with tickets that name a session in our cache.
  require(SSL_CTX_set_num_tickets(context, 0), "session tickets");
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  // 14 KiB instead of 23 KiB for a connection that waits.
  SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_alpn_select_cb(context, choose_protocol, nullptr);
}

/// OpenSSL would say "system lib", and wait for a pipe.
void require_readable(const std::string& what, const std::filesystem::path& file) {
  const auto why = why_unreadable(file);
  if (why) fail(what + " " + file.string() + " cannot be read: " + *why);
}

void check_key_file(const std::filesystem::path& file) {
  require_readable("the TLS private key", file);
  struct stat status{};
  if (::stat(file.c_str(), &status) != 0) {
    fail("the TLS private key " + file.string() +
         " cannot be read: " + std::generic_category().message(errno));
  }
  if ((status.st_mode & kAccessOfOthers) != 0) {
    fail("the TLS private key " + file.string() +
         " can be read or changed by other users; restrict it with: chmod 600 " + file.string());
  }
}

void load_certificate(SSL_CTX* context, const std::filesystem::path& file) {
  require_readable("the TLS certificate", file);
  if (SSL_CTX_use_certificate_chain_file(context, file.c_str()) != 1) {
    fail("the TLS certificate " + file.string() + " cannot be used: " + last_reason());
  }
}

void load_key(SSL_CTX* context,
              const std::filesystem::path& file,
              const std::filesystem::path& certificate) {
  if (SSL_CTX_use_PrivateKey_file(context, file.c_str(), SSL_FILETYPE_PEM) == 1 &&
      SSL_CTX_check_private_key(context) == 1) {
    return;
  }
  const bool mismatch = ERR_GET_REASON(ERR_peek_last_error()) == X509_R_KEY_VALUES_MISMATCH ||
                        ERR_GET_REASON(ERR_peek_last_error()) == X509_R_KEY_TYPE_MISMATCH;
  const std::string reason = last_reason();
  if (mismatch) {
    fail("the TLS private key " + file.string() + " does not belong to the certificate " +
         certificate.string());
  }
  fail("the TLS private key " + file.string() + " cannot be used: " + reason);
}

/// Clients would refuse every connection, and only they would say why.
std::chrono::system_clock::time_point require_current(SSL_CTX* context,
                                                      const std::filesystem::path& file) {
  const ASN1_TIME* end = X509_get0_notAfter(SSL_CTX_get0_certificate(context));
  int days = 0;
  int seconds = 0;
  require(ASN1_TIME_diff(&days, &seconds, nullptr, end), "the end of the certificate");
  const std::chrono::seconds left = std::chrono::days(days) + std::chrono::seconds(seconds);
  if (left <= std::chrono::seconds(0)) {
    fail("the TLS certificate " + file.string() + " has expired; replace it and its key");
  }
  return std::chrono::system_clock::now() + left;
}

}  // namespace

TlsContext::TlsContext(const std::filesystem::path& certificate_chain,
                       const std::filesystem::path& private_key)
    : state_(std::make_unique<State>()) {
  ERR_clear_error();
  SSL_CTX* const context = state_->context.native_handle();
  SSL_CTX_set_default_passwd_cb(context, no_passphrase);
  set_protocol(context);
  check_key_file(private_key);
  load_certificate(context, certificate_chain);
  load_key(context, private_key, certificate_chain);
  expires_ = require_current(context, certificate_chain);
}

TlsContext::~TlsContext() = default;

}  // namespace server

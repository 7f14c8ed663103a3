#include "server/tls/pinned_peers.h"

#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>

#include <algorithm>
#include <boost/asio/ssl/context.hpp>
#include <stdexcept>

#include "ca/crypto/encoding.h"
#include "ca/crypto/hash.h"
#include "server/tls/tls_state.h"
#include "server/whole_file.h"

namespace server {
namespace {

using Pins = std::vector<Fingerprint>;

int pins_slot() {
  static const int kSlot = SSL_CTX_get_ex_new_index(
      0, nullptr, nullptr, nullptr, [](void*, void* pins, CRYPTO_EX_DATA*, int, long, void*) {
        delete static_cast<Pins*>(pins);
      });
  return kSlot;
}

Fingerprint fingerprint_of(X509* certificate) {
  unsigned char* der = nullptr;
  const int length = i2d_X509(certificate, &der);
  if (length <= 0) return {};
  const std::string octets(reinterpret_cast<const char*>(der), static_cast<std::size_t>(length));
  OPENSSL_free(der);
  return ca::hex(ca::sha256(octets));
}

/// Stands in for the verification of a chain.
int is_pinned(X509_STORE_CTX* store, void*) {
  const auto* const connection =
      static_cast<SSL*>(X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx()));
  const auto* const pins =
      static_cast<const Pins*>(SSL_CTX_get_ex_data(SSL_get_SSL_CTX(connection), pins_slot()));
  X509* const shown = X509_STORE_CTX_get0_cert(store);
  const Fingerprint fingerprint = shown != nullptr ? fingerprint_of(shown) : Fingerprint{};
  if (!fingerprint.empty() && std::ranges::find(*pins, fingerprint) != pins->end()) return 1;
  X509_STORE_CTX_set_error(store, X509_V_ERR_CERT_UNTRUSTED);
  return 0;
}

void pin(SSL_CTX* context, Pins pins) {
  SSL_CTX_set_ex_data(context, pins_slot(), new Pins(std::move(pins)));
  SSL_CTX_set_cert_verify_callback(context, is_pinned, nullptr);
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
}

}  // namespace

bool is_fingerprint(std::string_view text) {
  constexpr std::size_t kDigits = 64;
  return text.size() == kDigits && text.find_first_not_of("0123456789abcdef") == text.npos;
}

void admit_only(TlsContext& context, std::vector<Fingerprint> fingerprints) {
  SSL_CTX* const native = context.state().context.native_handle();
  pin(native, std::move(fingerprints));
  SSL_CTX_set_min_proto_version(native, TLS1_3_VERSION);
}

std::shared_ptr<boost::asio::ssl::context> pinned_client(const std::filesystem::path& certificate,
                                                         const std::filesystem::path& private_key,
                                                         Fingerprint fingerprint) {
  // The checks of a server's files are those of a client's.
  const TlsContext checked(certificate, private_key);
  using boost::asio::ssl::context;
  auto client = std::make_shared<context>(context::tls_client);
  client->use_certificate_chain_file(certificate.string());
  client->use_private_key_file(private_key.string(), context::pem);
  pin(client->native_handle(), {std::move(fingerprint)});
  SSL_CTX_set_min_proto_version(client->native_handle(), TLS1_3_VERSION);
  return client;
}

Fingerprint fingerprint_of(const std::filesystem::path& certificate) {
  constexpr std::size_t kLongestFile = std::size_t{1} << 20;
  const std::string text = whole_file_or_throw(certificate, kLongestFile);
  const auto blocks = ca::from_pem("CERTIFICATE", text);
  if (!blocks || blocks->empty()) {
    throw std::runtime_error("there is no certificate in " + certificate.string());
  }
  return ca::hex(ca::sha256(blocks->front()));
}

}  // namespace server

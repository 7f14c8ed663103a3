#include "tests/bench/tls_floor.h"

#include <openssl/evp.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <array>
#include <memory>
#include <string>

#include "ca/crypto/openssl_error.h"
#include "tests/bench/cpu_cost.h"
#include "tests/support/tls_files.h"

namespace tests {
namespace {

using ca::require;
using Context = std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)>;
using Connection = std::unique_ptr<SSL, decltype(&SSL_free)>;
using Cipher = std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)>;
using FetchedCipher = std::unique_ptr<EVP_CIPHER, decltype(&EVP_CIPHER_free)>;

constexpr std::size_t kTagBytes = 16;
constexpr std::size_t kIvBytes = 12;
constexpr std::size_t kKeyBytes = 32;

/// Runs one handshake and says what the server's side cost.
double handshake(SSL_CTX* server_context, SSL_CTX* client_context) {
  const Connection server{SSL_new(server_context), SSL_free};
  const Connection client{SSL_new(client_context), SSL_free};
  BIO* server_end = nullptr;
  BIO* client_end = nullptr;
  require(BIO_new_bio_pair(&server_end, 0, &client_end, 0) == 1, "BIO_new_bio_pair");
  SSL_set_bio(server.get(), server_end, server_end);
  SSL_set_bio(client.get(), client_end, client_end);
  SSL_set_accept_state(server.get());
  SSL_set_connect_state(client.get());
  double used = 0;
  while (SSL_is_init_finished(server.get()) == 0) {
    SSL_do_handshake(client.get());
    const double begun = thread_cpu_seconds();
    SSL_do_handshake(server.get());
    used += thread_cpu_seconds() - begun;
  }
  SSL_set_quiet_shutdown(server.get(), 1);
  SSL_set_quiet_shutdown(client.get(), 1);
  return used;
}

/// AES-256-GCM with a key that is set once, as a TLS connection has it.
class RecordCipher {
 public:
  enum class Direction { open = 0, seal = 1 };

  explicit RecordCipher(Direction direction) : context_{EVP_CIPHER_CTX_new(), EVP_CIPHER_CTX_free} {
    const FetchedCipher aes{EVP_CIPHER_fetch(nullptr, "AES-256-GCM", nullptr), EVP_CIPHER_free};
    const std::array<unsigned char, kKeyBytes> key{1};
    require(EVP_CipherInit_ex2(context_.get(), aes.get(), key.data(), nullptr,
                               static_cast<int>(direction), nullptr) == 1,
            "EVP_CipherInit_ex2");
  }

  /// Returns whether the record was good.
  bool run(std::string& record, std::array<unsigned char, kTagBytes>& tag, Direction direction) {
    const std::array<unsigned char, kIvBytes> iv{2};
    auto* const bytes = reinterpret_cast<unsigned char*>(record.data());
    int length = 0;
    EVP_CipherInit_ex2(context_.get(), nullptr, nullptr, iv.data(), -1, nullptr);
    EVP_CipherUpdate(context_.get(), nullptr, &length, kHeader.data(), kHeader.size());
    EVP_CipherUpdate(context_.get(), bytes, &length, bytes, static_cast<int>(record.size()));
    if (direction == Direction::open) {
      EVP_CIPHER_CTX_ctrl(context_.get(), EVP_CTRL_AEAD_SET_TAG, kTagBytes, tag.data());
    }
    const bool good = EVP_CipherFinal_ex(context_.get(), bytes, &length) == 1;
    if (direction == Direction::seal) {
      EVP_CIPHER_CTX_ctrl(context_.get(), EVP_CTRL_AEAD_GET_TAG, kTagBytes, tag.data());
    }
    return good;
  }

 private:
  static constexpr std::array<unsigned char, 5> kHeader{23, 3, 3, 1, 0};  // RFC 8446 §5.2
  Cipher context_;
};

}  // namespace

double tls_handshake_microseconds() {
  const TlsFiles files;
  const Context server{SSL_CTX_new(TLS_server_method()), SSL_CTX_free};
  const Context client{SSL_CTX_new(TLS_client_method()), SSL_CTX_free};
  require(SSL_CTX_use_certificate_chain_file(server.get(), files.certificate().c_str()) == 1,
          "SSL_CTX_use_certificate_chain_file");
  require(SSL_CTX_use_PrivateKey_file(server.get(), files.key().c_str(), SSL_FILETYPE_PEM) == 1,
          "SSL_CTX_use_PrivateKey_file");
  require(SSL_CTX_set_num_tickets(server.get(), 0) == 1, "SSL_CTX_set_num_tickets");  // as ours
  constexpr int kSamples = 400;
  std::array<double, kSamples> samples{};
  for (double& sample : samples) sample = handshake(server.get(), client.get()) * 1e6;
  std::ranges::nth_element(samples, samples.begin() + kSamples / 2);
  return samples[kSamples / 2];
}

double tls_records_microseconds(std::size_t request_bytes, std::size_t response_bytes) {
  using Direction = RecordCipher::Direction;
  RecordCipher sealing{Direction::seal};
  RecordCipher opening{Direction::open};
  std::string sealed(request_bytes, 'q');
  std::array<unsigned char, kTagBytes> request_tag{};
  sealing.run(sealed, request_tag, Direction::seal);
  return cpu_microseconds([&] {
    std::string request = sealed;
    require(opening.run(request, request_tag, Direction::open), "EVP_CipherFinal_ex");
    std::string response(response_bytes, 'a');
    std::array<unsigned char, kTagBytes> tag{};
    sealing.run(response, tag, Direction::seal);
  });
}

}  // namespace tests

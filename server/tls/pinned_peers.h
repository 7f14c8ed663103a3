// Connections between machines of one operator: the other side is whoever has exactly this
// certificate. No CA, no names, no validity.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "server/tls/tls_context.h"

namespace boost::asio::ssl {
class context;
}

namespace server {

/// SHA-256 of a certificate in DER, 64 digits of hex in lower case.
using Fingerprint = std::string;
bool is_fingerprint(std::string_view text);

/// Lets nobody in who does not show a certificate with one of `fingerprints` and prove that it has
/// the key. Call it before the first connection.
void admit_only(TlsContext& context, std::vector<Fingerprint> fingerprints);

/// A client that shows `certificate` and accepts only a server with `fingerprint`. TLS 1.3 alone.
/// Throws std::runtime_error with one sentence when a file cannot be used.
std::shared_ptr<boost::asio::ssl::context> pinned_client(const std::filesystem::path& certificate,
                                                         const std::filesystem::path& private_key,
                                                         Fingerprint fingerprint);

/// The fingerprint of the first certificate of a PEM file. Throws std::runtime_error with one
/// sentence.
Fingerprint fingerprint_of(const std::filesystem::path& certificate);

}  // namespace server

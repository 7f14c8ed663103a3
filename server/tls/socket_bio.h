// How OpenSSL reads and writes a socket of Asio's: directly, with one system call for each record.
#pragma once

#include <openssl/bio.h>

#include <boost/asio/ip/tcp.hpp>
#include <memory>

namespace server {

struct FreeBio {
  void operator()(BIO* bio) const { BIO_free(bio); }
};
using OwnedBio = std::unique_ptr<BIO, FreeBio>;

/// A BIO over `socket`, which is non-blocking and outlives it. An operation that would block asks
/// for a retry; a failure leaves the system's error in errno; the peer's end reads as 0 bytes.
/// Throws ca::OpenSslError if there is no memory.
OwnedBio make_socket_bio(boost::asio::ip::tcp::socket& socket);

}  // namespace server

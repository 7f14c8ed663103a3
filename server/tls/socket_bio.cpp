#include "server/tls/socket_bio.h"

#include <sys/socket.h>

#include <cerrno>

#include "ca/crypto/openssl_error.h"

namespace server {
namespace {

using Socket = boost::asio::ip::tcp::socket;

int descriptor_of(BIO* bio) {
  return static_cast<Socket*>(BIO_get_data(bio))->native_handle();  // -1 once it is closed
}

bool would_block() {
  return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
}

int receive(BIO* bio, char* space, std::size_t size, std::size_t* count) {
  BIO_clear_retry_flags(bio);
  const ssize_t received = ::recv(descriptor_of(bio), space, size, 0);
  *count = received > 0 ? static_cast<std::size_t>(received) : 0;
  if (received == 0) BIO_set_flags(bio, BIO_FLAGS_IN_EOF);
  if (received < 0 && would_block()) BIO_set_retry_read(bio);
  return received > 0 ? 1 : 0;
}

int send(BIO* bio, const char* bytes, std::size_t size, std::size_t* count) {
  BIO_clear_retry_flags(bio);
  // A peer that is gone must not end the process.
  const ssize_t sent = ::send(descriptor_of(bio), bytes, size, MSG_NOSIGNAL);
  *count = sent > 0 ? static_cast<std::size_t>(sent) : 0;
  if (sent < 0 && would_block()) BIO_set_retry_write(bio);
  return sent > 0 ? 1 : 0;
}

long control(BIO* bio, int command, long, void*) {
  switch (command) {
    case BIO_CTRL_FLUSH:
      return 1;
    case BIO_CTRL_EOF:
      return BIO_test_flags(bio, BIO_FLAGS_IN_EOF) != 0 ? 1 : 0;
    default:
      return 0;
  }
}

/// Made once, and kept to the end of the process like all of OpenSSL's own.
const BIO_METHOD* socket_method() {
  static BIO_METHOD* const method = [] {
    BIO_METHOD* made = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "asio socket");
    ca::require(made != nullptr && BIO_meth_set_read_ex(made, receive) == 1 &&
                    BIO_meth_set_write_ex(made, send) == 1 && BIO_meth_set_ctrl(made, control) == 1,
                "BIO_meth_new");
    return made;
  }();
  return method;
}

}  // namespace

OwnedBio make_socket_bio(Socket& socket) {
  OwnedBio bio{BIO_new(socket_method())};
  ca::require(bio != nullptr, "BIO_new");
  BIO_set_data(bio.get(), &socket);
  BIO_set_init(bio.get(), 1);
  return bio;
}

}  // namespace server

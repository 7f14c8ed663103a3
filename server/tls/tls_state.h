// What is behind a TlsContext; for the files that make TLS streams.
#pragma once

#include <boost/asio/ssl/context.hpp>

#include "server/tls/tls_context.h"

namespace server {

struct TlsContext::State {
  boost::asio::ssl::context context{boost::asio::ssl::context::tls_server};
};

}  // namespace server

// A DNS for tests that look up addresses and nothing else.
#pragma once

#include <stdexcept>
#include <string>

#include "acme/validation/ports.h"

namespace tests {

/// Throws when TXT or CAA records are looked up.
class AddressesOnly : public acme::DnsClient {
 public:
  boost::asio::awaitable<acme::Result<acme::DnsRecords<std::string>>> txt(
      std::string owner) override {
    throw std::logic_error("TXT of " + owner + " was looked up");
  }
  boost::asio::awaitable<acme::Result<acme::DnsRecords<acme::CaaRecord>>> caa(
      std::string owner) override {
    throw std::logic_error("CAA of " + owner + " was looked up");
  }
};

}  // namespace tests

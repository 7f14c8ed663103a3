// policy/'s question about CAA, answered by what ACME has for it.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <expected>
#include <string>
#include <vector>

#include "acme/validation/ports.h"
#include "policy/domain_control/ports.h"

namespace server {

/// The real policy::CaaReader. Safe from any thread.
class CaaPermission final : public policy::CaaReader {
 public:
  /// `dns` outlives this object. `identities` are our issuer-domain-names.
  CaaPermission(acme::DnsClient& dns, std::vector<std::string> identities)
      : dns_(dns), identities_(std::move(identities)) {}
  boost::asio::awaitable<std::expected<std::string, policy::CaaDenial>> permission(
      ca::DnsName name, policy::CaaAsker asker) override;

 private:
  acme::DnsClient& dns_;
  std::vector<std::string> identities_;
};

}  // namespace server

// policy/'s question about CAA, answered by what ACME has for it.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <expected>
#include <string>
#include <utility>
#include <vector>

#include "acme/clock.h"
#include "acme/validation/corroboration.h"
#include "acme/validation/ports.h"
#include "policy/domain_control/ports.h"

namespace server {

/// The real policy::CaaReader. Safe from any thread.
class CaaPermission final : public policy::CaaReader {
 public:
  /// `dns`, `clock` and `perspectives` outlive this object. `identities` are our
  /// issuer-domain-names. What permits is corroborated by `perspectives` unless that is null, or
  /// the asker needs nobody (BR 3.2.2.9); without a quorum it is as unreadable as it is without an
  /// answer.
  CaaPermission(acme::DnsClient& dns,
                std::vector<std::string> identities,
                const acme::Clock& clock,
                acme::Perspectives* perspectives)
      : dns_(dns), identities_(std::move(identities)), clock_(clock), perspectives_(perspectives) {}
  boost::asio::awaitable<std::expected<std::string, policy::CaaDenial>> permission(
      ca::DnsName name, policy::CaaAsker asker) override;

 private:
  acme::DnsClient& dns_;
  std::vector<std::string> identities_;
  const acme::Clock& clock_;
  acme::Perspectives* perspectives_;
};

}  // namespace server

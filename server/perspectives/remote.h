// Asking the perspectives, over HTTPS with both sides' certificates pinned.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "acme/validation/corroboration.h"
#include "ca/crypto/random.h"
#include "ca/names/ip_address.h"
#include "policy/domain_control/control.h"
#include "policy/domain_control/ports.h"
#include "server/tls/pinned_peers.h"

namespace server {

/// One perspective, as a setting names it: `NAME REGION https://ADDRESS:PORT SHA-256`.
struct RemotePerspective {
  std::string name;    // letters, digits and hyphens
  std::string region;  // policy::is_registry_region
  ca::IpAddress address;
  std::uint16_t port;
  Fingerprint certificate;

  /// Nothing for any other spelling. The address is a literal: nobody's DNS stands in between.
  static std::optional<RemotePerspective> parse(std::string_view text);
  /// Address and port as they stand in a URL.
  [[nodiscard]] std::string place() const;
};

struct PerspectiveOptions {
  std::vector<RemotePerspective> remotes;
  std::filesystem::path certificate;  // what we show them
  std::filesystem::path private_key;
  std::chrono::milliseconds timeout{10'000};  // for one answer, with everything before it
};

/// All of them at once, each over a connection of its own. Whoever is late, unreachable, or
/// somebody else does not agree; the reason says which. Throws boost::system::system_error when
/// this machine lacks descriptors, memory or ports to ask with: then nobody has voted.
class RemotePerspectives final : public acme::Perspectives, public policy::ControlPerspectives {
 public:
  /// Throws std::runtime_error with one sentence when a file cannot be used.
  RemotePerspectives(PerspectiveOptions options, ca::RandomSource& random);
  ~RemotePerspectives() override;
  boost::asio::awaitable<std::vector<policy::Vote>> control(
      acme::ValidationSubject subject) override;
  boost::asio::awaitable<std::vector<policy::Vote>> control(policy::ControlItem item,
                                                            policy::ControlHouse house,
                                                            policy::TenantId tenant) override;
  boost::asio::awaitable<std::vector<policy::Vote>> caa(ca::DnsName name,
                                                        acme::CaaApplicant applicant) override;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace server

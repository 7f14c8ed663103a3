#include "server/outbound/caa_permission.h"

#include <utility>

#include "acme/validation/caa_check.h"

namespace server {

namespace {

/// Passes questions on, and remembers whether one of them had no answer.
class NotingDns final : public acme::DnsClient {
 public:
  explicit NotingDns(acme::DnsClient& dns) : dns_(dns) {}
  [[nodiscard]] bool has_failed() const { return has_failed_; }

  boost::asio::awaitable<acme::Result<std::vector<ca::IpAddress>>> addresses(
      ca::DnsName name) override {
    return dns_.addresses(std::move(name));
  }
  boost::asio::awaitable<acme::Result<acme::DnsRecords<std::string>>> txt(
      std::string owner) override {
    return dns_.txt(std::move(owner));
  }
  boost::asio::awaitable<acme::Result<acme::DnsRecords<acme::CaaRecord>>> caa(
      std::string owner) override {
    auto asking = dns_.caa(std::move(owner));
    auto found = co_await std::move(asking);
    has_failed_ = has_failed_ || !found;
    co_return found;
  }

 private:
  acme::DnsClient& dns_;
  bool has_failed_ = false;
};

}  // namespace

boost::asio::awaitable<std::expected<std::string, policy::CaaDenial>> CaaPermission::permission(
    ca::DnsName name, policy::CaaAsker asker) {
  acme::CaaApplicant applicant{identities_, std::move(asker.account_uri),
                               acme::CaaMethod(asker.method, asker.tbr_label)};
  using Cause = policy::CaaDenial::Cause;
  NotingDns dns(dns_);
  auto checking = acme::check_caa(dns, name, applicant);
  acme::Result<std::string> found = co_await std::move(checking);
  if (!found) {
    co_return std::unexpected(policy::CaaDenial{
        dns.has_failed() ? Cause::unreadable : Cause::forbidden, found.error().detail()});
  }
  const bool asks_others =
      perspectives_ != nullptr && asker.corroborators == policy::Corroborators::perspectives;
  if (!asks_others) co_return *std::move(found);
  auto asking = acme::corroborate_caa(*perspectives_, clock_.seconds(), std::move(name),
                                      std::move(applicant), *std::move(found));
  acme::CaaFinding corroborated = co_await std::move(asking);
  if (corroborated) co_return *std::move(corroborated);
  acme::CaaRefusal& refusal = corroborated.error();
  co_return std::unexpected(
      policy::CaaDenial{Cause::unreadable, refusal.problem.detail(), std::move(refusal.votes)});
}

}  // namespace server

// Zones, sites and CAA records as a test prepares them, for domain control of applications.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <expected>
#include <map>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "policy/domain_control/ports.h"

namespace tests {

/// A web in which nothing is there until it is prepared: every domain has name servers, no zone has
/// records, no site answers, and CAA permits.
class FakeZones final : public policy::ZoneReader,
                        public policy::CaaReader,
                        public policy::SiteReader {
 public:
  void set_text(const std::string& owner, std::vector<std::string> values) {
    const std::lock_guard lock(mutex_);
    text_[owner] = std::move(values);
  }
  void set_alias(const std::string& owner, std::vector<std::string> values) {
    const std::lock_guard lock(mutex_);
    aliases_[owner] = std::move(values);
  }
  void set_name_servers(const std::string& domain, std::vector<std::string> values) {
    const std::lock_guard lock(mutex_);
    name_servers_[domain] = std::move(values);
  }
  /// Every look-up of `owner` fails so.
  void fail(const std::string& owner, policy::LookupFailure failure) {
    const std::lock_guard lock(mutex_);
    failures_[owner] = failure;
  }
  void set_page(const std::string& host,
                const std::string& path,
                std::expected<policy::Fetched, policy::FetchFault> page) {
    const std::lock_guard lock(mutex_);
    pages_.insert_or_assign(host + path, std::move(page));
  }
  void forbid(const std::string& name,
              policy::CaaDenial::Cause cause = policy::CaaDenial::Cause::forbidden,
              std::vector<std::string> votes = {}) {
    const std::lock_guard lock(mutex_);
    forbidden_[name] = cause;
    votes_ = std::move(votes);
  }
  void permit(const std::string& name) {
    const std::lock_guard lock(mutex_);
    forbidden_.erase(name);
  }
  /// Everything asked for, in order: "TXT name", "CNAME name", "NS name", "CAA name as account
  /// method", "GET host path".
  [[nodiscard]] std::vector<std::string> questions() const {
    const std::lock_guard lock(mutex_);
    return questions_;
  }
  [[nodiscard]] policy::ControlPorts ports() { return {*this, *this, *this}; }

  boost::asio::awaitable<policy::LookupResult<policy::LookedUp>> text_records(
      std::string owner) override {
    co_return answer("TXT", owner, text_, {});
  }
  boost::asio::awaitable<policy::LookupResult<policy::LookedUp>> alias(std::string owner) override {
    co_return answer("CNAME", owner, aliases_, {});
  }
  boost::asio::awaitable<policy::LookupResult<policy::LookedUp>> name_servers(
      std::string domain) override {
    co_return answer("NS", domain, name_servers_, {"ns1.provider.example"});
  }
  boost::asio::awaitable<std::expected<std::string, policy::CaaDenial>> permission(
      ca::DnsName name, policy::CaaAsker asker) override {
    const std::lock_guard lock(mutex_);
    questions_.push_back("CAA " + name.text() + " as " + asker.account_uri + " " +
                         std::string(asker.tbr_label));
    if (forbidden_.contains(name.text())) {
      co_return std::unexpected(policy::CaaDenial{
          forbidden_.at(name.text()),
          "the CAA records of \"" + name.text() + "\" do not permit this", votes_});
    }
    co_return "no CAA up to " + name.text() + "; not signed";
  }
  boost::asio::awaitable<std::expected<policy::Fetched, policy::FetchFault>> page(
      ca::Identifier host, std::string path) override {
    const std::lock_guard lock(mutex_);
    questions_.push_back("GET " + ca::value_of(host) + path);
    const auto found = pages_.find(ca::value_of(host) + path);
    if (found != pages_.end()) co_return found->second;
    co_return std::unexpected(policy::FetchFault{
        policy::FetchFailure::unreachable, 0,
        "fetching http://" + ca::value_of(host) + path + ": the server refused the connection"});
  }

 private:
  policy::LookupResult<policy::LookedUp> answer(
      const std::string& type,
      const std::string& owner,
      const std::map<std::string, std::vector<std::string>>& records,
      std::vector<std::string> otherwise) {
    const std::lock_guard lock(mutex_);
    questions_.push_back(type + " " + owner);
    if (const auto failure = failures_.find(owner); failure != failures_.end()) {
      return std::unexpected(
          policy::LookupFault{failure->second, "looking up " + type + " of " + owner + ": failed"});
    }
    const auto found = records.find(owner);
    return policy::LookedUp{found == records.end() ? std::move(otherwise) : found->second};
  }

  mutable std::mutex mutex_;
  std::map<std::string, std::vector<std::string>> text_;
  std::map<std::string, std::vector<std::string>> aliases_;
  std::map<std::string, std::vector<std::string>> name_servers_;
  std::map<std::string, policy::LookupFailure> failures_;
  std::map<std::string, std::expected<policy::Fetched, policy::FetchFault>> pages_;
  std::map<std::string, policy::CaaDenial::Cause> forbidden_;
  std::vector<std::string> votes_;  // on whatever was forbidden last
  std::vector<std::string> questions_;
};

}  // namespace tests

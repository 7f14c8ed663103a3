#include "server/outbound/ct_client.h"

#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "ca/crypto/encoding.h"
#include "server/outbound/service_request.h"

namespace server {
namespace {

namespace asio = boost::asio;
using ca::ct::SctAnswer;
using Json = nlohmann::json;
using Fault = std::unexpected<std::string>;

constexpr std::string_view kNotAnSct = "sent something that is not an SCT in JSON (RFC 6962 4.1)";
constexpr std::size_t kLongestHeader = 8 * 1024;
constexpr std::size_t kLongestBody = 8 * 1024;

std::optional<std::string> octets_of(const Json& object, const char* name) {
  const auto found = object.find(name);
  if (found == object.end() || !found->is_string()) return std::nullopt;
  return ca::from_base64(found->get_ref<const std::string&>());
}

std::optional<std::uint64_t> number_of(const Json& object, const char* name) {
  const auto found = object.find(name);
  if (found == object.end() || !found->is_number_unsigned()) return std::nullopt;
  return found->get<std::uint64_t>();
}

}  // namespace

std::string ct_submission(const std::vector<std::string>& chain) {
  Json body{{"chain", Json::array()}};
  for (const std::string& each : chain) body["chain"].push_back(ca::base64(each));
  return body.dump();
}

std::expected<SctAnswer, std::string> parse_ct_answer(std::string_view body) {
  const Json parsed = Json::parse(body, nullptr, false);
  if (!parsed.is_object()) return Fault(std::string(kNotAnSct));
  const auto version = number_of(parsed, "sct_version");
  const auto timestamp = number_of(parsed, "timestamp");
  auto id = octets_of(parsed, "id");
  auto extensions = octets_of(parsed, "extensions");
  auto signature = octets_of(parsed, "signature");
  if (!version || !timestamp || !id || !extensions || !signature) {
    return Fault(std::string(kNotAnSct));
  }
  return SctAnswer{.version = *version,
                   .log_id = *std::move(id),
                   .timestamp = *timestamp,
                   .extensions = *std::move(extensions),
                   .signature = *std::move(signature)};
}

asio::awaitable<std::expected<SctAnswer, std::string>> CtClient::add_pre_chain(
    const ca::ct::Log& log, const std::vector<std::string>& chain) {
  return submit(log.url + "ct/v1/add-pre-chain", chain);
}

asio::awaitable<std::expected<SctAnswer, std::string>> CtClient::add_chain(
    const ca::ct::Log& log, const std::vector<std::string>& chain) {
  return submit(log.url + "ct/v1/add-chain", chain);
}

asio::awaitable<std::expected<SctAnswer, std::string>> CtClient::submit(
    std::string url, std::vector<std::string> chain) {
  const auto deadline = std::chrono::steady_clock::now() + options_.timeout;
  const ExchangeLimits limits{.connect_by = deadline,
                              .answer_by = deadline,
                              .header_bytes = kLongestHeader,
                              .body_bytes = kLongestBody,
                              .total_bytes = 4 * kLongestBody};
  auto asking = ask_service(dns_, std::move(url), options_.special_addresses, deadline,
                            [&](const ca::IpAddress& address, const LogUrl& log) {
                              return exchange_.post_json(address, log.port, log.url,
                                                         ct_submission(chain), limits);
                            });
  const auto answer = co_await std::move(asking);
  if (!answer) co_return Fault(answer.error());
  if (answer->status != 200) {
    co_return Fault("answered with status " + std::to_string(answer->status));
  }
  co_return parse_ct_answer(answer->body);
}

}  // namespace server

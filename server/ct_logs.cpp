#include "server/ct_logs.h"

#include <array>
#include <nlohmann/json.hpp>
#include <optional>
#include <stdexcept>
#include <string>

#include "ca/crypto/encoding.h"
#include "ca/crypto/frequent_key.h"
#include "ca/crypto/hash.h"
#include "server/outbound/log_url.h"
#include "server/whole_file.h"

namespace server {
namespace {

using ca::ct::Log;
using ca::ct::LogKind;
using Json = nlohmann::json;

constexpr std::size_t kLongestList = std::size_t{4} << 20;

std::string text_of(const Json& object, const char* name) {
  const auto found = object.find(name);
  if (found == object.end() || !found->is_string()) {
    throw std::runtime_error("there is no text \"" + std::string(name) + "\" where one must be");
  }
  return found->get<std::string>();
}

/// Chrome counts SCTs of logs in these states as of today; only they take new certificates.
bool takes_submissions(const Json& log) {
  const auto state = log.find("state");
  return state != log.end() && state->is_object() &&
         (state->contains("usable") || state->contains("qualified"));
}

ca::Time time_of(const Json& object, const char* name) {
  const auto time = ca::parse_rfc3339(text_of(object, name));
  if (!time) throw std::runtime_error("\"" + std::string(name) + "\" is not a time");
  return *time;
}

Log log_of(const Json& row, const std::string& operator_name, LogKind kind) {
  const auto spki = ca::from_base64(text_of(row, "key"));
  auto key = ca::PublicKey::from_spki(spki.value_or(""));
  if (!key) throw std::runtime_error("a key cannot be used: " + key.error().detail());
  ca::expect_many_signatures(*key);
  const auto id = ca::from_base64(text_of(row, "log_id"));
  if (id != ca::sha256(*spki)) throw std::runtime_error("a log_id is not that of its key");
  Log log{.id = *id,
          .name = text_of(row, "description"),
          .operator_name = operator_name,
          .url = text_of(row, kind == LogKind::static_ct ? "submission_url" : "url"),
          .kind = kind,
          .key = *std::move(key),
          .not_after_from = {},
          .not_after_until = {}};
  if (!log.url.ends_with('/')) log.url += '/';
  if (!parse_log_url(log.url)) throw std::runtime_error("the URL " + log.url + " cannot be used");
  if (const auto interval = row.find("temporal_interval"); interval != row.end()) {
    log.not_after_from = time_of(*interval, "start_inclusive");
    log.not_after_until = time_of(*interval, "end_exclusive");
  }
  return log;
}

}  // namespace

std::vector<Log> parse_ct_logs(std::string_view json) {
  struct Member {
    const char* name;
    LogKind kind;
  };
  constexpr std::array<Member, 2> kMembers = {
      {{"logs", LogKind::rfc6962}, {"tiled_logs", LogKind::static_ct}}};
  const Json list = Json::parse(json, nullptr, false);
  if (!list.is_object() || !list.contains("operators") || !list["operators"].is_array()) {
    throw std::runtime_error("there is no list of operators");
  }
  std::vector<Log> logs;
  for (const Json& each : list["operators"]) {
    if (!each.is_object()) throw std::runtime_error("an operator is not an object");
    const std::string operator_name = text_of(each, "name");
    for (const Member& member : kMembers) {
      const auto rows = each.find(member.name);
      if (rows == each.end()) continue;
      for (const Json& row : *rows) {
        if (row.is_object() && takes_submissions(row)) {
          logs.push_back(log_of(row, operator_name, member.kind));
        }
      }
    }
  }
  return logs;
}

std::vector<Log> read_ct_logs(const std::filesystem::path& file) {
  const auto text = read_whole_file(file, kLongestList);
  if (!text) {
    throw std::runtime_error("The list of logs " + file.string() +
                             " cannot be read: " + text.error());
  }
  try {
    return parse_ct_logs(*text);
  } catch (const std::runtime_error& fault) {
    throw std::runtime_error("The list of logs " + file.string() + ": " + fault.what());
  }
}

}  // namespace server

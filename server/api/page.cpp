#include "server/api/page.h"

#include <nlohmann/json.hpp>

#include "server/api/cursor.h"
#include "storage/key_codec.h"

namespace server::api {

using storage::Scan;

Scan Page::add(const nlohmann::json& item, std::string_view place) {
  if (count_ == limit_) {
    has_more_ = true;
    return Scan::stop;
  }
  if (count_++ != 0) items_ += ',';
  items_ += item.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  last_place_ = place;
  return Scan::proceed;
}

void Page::stop_at(std::string_view place) {
  last_place_ = place;
  has_more_ = true;
}

Answer Page::answer() const {
  Answer answer{.body = R"({"items":[)" + items_ + "]"};
  if (has_more_) answer.body += R"(,"next":")" + cursor_text(list_, last_place_) + "\"";
  answer.body += "}";
  return answer;
}

policy::Allowed<std::uint64_t> number_behind(const Call& call) {
  if (!call.query.cursor()) return 0;
  if (call.query.cursor()->size() == sizeof(std::uint64_t)) {
    return storage::KeyReader(*call.query.cursor()).number();
  }
  const std::string detail = "The cursor is not one that a page gave out.";
  return policy::Refused(
      policy::Fault{policy::FaultCode::validation,
                    detail,
                    {{query_pointer(kCursor.name), policy::FaultCode::validation, detail}}});
}

void visit_rows(const storage::Snapshot& snapshot,
                storage::TableName of_tenant,
                storage::TableName all,
                const Call& call,
                const std::function<Scan(std::string_view id)>& visit) {
  const std::string prefix = call.actor.tenant ? call.actor.tenant->octets() : std::string();
  const std::string behind = call.query.cursor().value_or(std::string());
  snapshot.scan(call.actor.tenant ? of_tenant : all, prefix + behind,
                [&](std::string_view key, std::string_view) {
                  if (!key.starts_with(prefix)) return Scan::stop;
                  const std::string_view id = key.substr(prefix.size());
                  if (!behind.empty() && id == behind) return Scan::proceed;
                  return visit(id);
                });
}

}  // namespace server::api

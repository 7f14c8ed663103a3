#include "server/api/operations/filters.h"

#include <chrono>

#include "acme/in_quotes.h"
#include "policy/plain_text.h"
#include "server/api/schema.h"

namespace server::api {

using policy::Allowed;

policy::Refused no_such_thing(const QueryParameter& filter, const std::string& value) {
  const std::string detail =
      std::string(filter.name) + ": there is no such thing as " + acme::in_quotes(value) + ".";
  return policy::Refused(
      policy::Fault{policy::FaultCode::validation,
                    detail,
                    {{query_pointer(filter.name), policy::FaultCode::validation, detail}}});
}

Allowed<std::optional<ca::Identifier>> name_filter(const Call& call, const QueryParameter& filter) {
  const auto text = call.query.find(filter.name);
  if (!text) return std::nullopt;
  if (auto name = ca::DnsName::parse(*text)) return ca::Identifier(*std::move(name));
  if (auto address = ca::IpAddress::parse(*text)) return ca::Identifier(*std::move(address));
  return no_such_thing(filter, *text);
}

Allowed<std::optional<std::string>> line_filter(const Call& call,
                                                const QueryParameter& filter,
                                                std::size_t most) {
  auto text = call.query.find(filter.name);
  if (text && policy::fault_of_line(*text, most)) return no_such_thing(filter, *text);
  return text;
}

Allowed<std::optional<ca::Time>> time_filter(const Call& call, const QueryParameter& filter) {
  const auto text = call.query.find(filter.name);
  if (!text) return std::nullopt;
  const auto seconds = seconds_of_time(*text);
  if (!seconds) return no_such_thing(filter, *text);
  return ca::Time(std::chrono::seconds(*seconds));
}

}  // namespace server::api

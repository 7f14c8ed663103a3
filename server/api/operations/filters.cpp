#include "server/api/operations/filters.h"

#include "acme/in_quotes.h"

namespace server::api {

policy::Refused no_such_thing(const QueryParameter& filter, const std::string& value) {
  const std::string detail =
      std::string(filter.name) + ": there is no such thing as " + acme::in_quotes(value) + ".";
  return policy::Refused(
      policy::Fault{policy::FaultCode::validation,
                    detail,
                    {{query_pointer(filter.name), policy::FaultCode::validation, detail}}});
}

}  // namespace server::api

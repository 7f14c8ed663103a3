// Filters of lists: values in the query that several lists take.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "ca/names/identifier.h"
#include "ca/time.h"
#include "policy/fault.h"
#include "server/api/call.h"
#include "server/api/query.h"

namespace server::api {

/// The refusal of a value that stands for nothing: validation, with its place in the query.
policy::Refused no_such_thing(const QueryParameter& filter, const std::string& value);

// The value of a filter, or nothing where it is not sent. Each refuses as no_such_thing does.

/// An id as the API spells it; nothing is looked up.
template <class Id>
policy::Allowed<std::optional<Id>> id_filter(const Call& call, const QueryParameter& filter) {
  const auto text = call.query.find(filter.name);
  if (!text) return std::optional<Id>();
  auto id = Id::parse(*text);
  if (!id) return no_such_thing(filter, *text);
  return id;
}
/// A DNS name or an address.
policy::Allowed<std::optional<ca::Identifier>> name_filter(const Call& call,
                                                           const QueryParameter& filter);
/// A line of text as people type it, of `most` characters at most.
policy::Allowed<std::optional<std::string>> line_filter(const Call& call,
                                                        const QueryParameter& filter,
                                                        std::size_t most);
/// A time as the API spells it.
policy::Allowed<std::optional<ca::Time>> time_filter(const Call& call,
                                                     const QueryParameter& filter);

}  // namespace server::api

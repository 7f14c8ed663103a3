// The strict parser behind parse_json_object and the JSON API: text to a tree, or a sentence.
#pragma once

#include <expected>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

namespace acme {

/// The tree of `text`, or what is wrong with it and where, without the subject. Limits:
/// strict_json.h.
std::expected<std::shared_ptr<const nlohmann::json>, std::string> parse_json_document(
    std::string_view text);

/// One reference token of a JSON pointer with its `/` (RFC 6901 §3: `~` and `/` are escaped).
std::string pointer_step(std::string_view name);

}  // namespace acme

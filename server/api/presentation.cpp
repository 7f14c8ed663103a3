#include "server/api/presentation.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "server/api/wording.h"

namespace server::api {
namespace {

using nlohmann::json;

void put_words(json& value, const Shape& shape, Language language);

void put_words_into_member(json& member, const Shape& shape, Language language) {
  if (!member.is_array()) return put_words(member, shape, language);
  for (json& each : member) put_words(each, shape, language);
}

void put_words(json& value, const Shape& shape, Language language) {
  if (!value.is_object()) return;
  for (const Field& field : shape.fields) {
    if (field.vocabulary != Vocabulary::none) {
      const auto word = value.find(field.tells);
      if (word == value.end() || !word->is_string()) continue;
      const std::string_view told =
          wording(field.vocabulary, word->get_ref<const std::string&>(), language);
      if (!told.empty()) value[field.name] = told;
    } else if (field.shape != nullptr) {
      const auto member = value.find(field.name);
      if (member != value.end()) put_words_into_member(*member, *field.shape, language);
    }
  }
}

/// Whether there is anything to tell somewhere in it.
bool has_words(const Shape& shape) {
  return std::ranges::any_of(shape.fields, [](const Field& field) {
    return field.vocabulary != Vocabulary::none ||
           (field.shape != nullptr && has_words(*field.shape));
  });
}

void keep_only(json& value, const std::vector<std::string>& members) {
  for (auto member = value.begin(); member != value.end();) {
    member = std::ranges::find(members, member.key()) == members.end() ? value.erase(member)
                                                                       : std::next(member);
  }
}

}  // namespace

std::vector<std::string> named_members(std::string_view fields) {
  std::vector<std::string> members;
  while (true) {
    const std::string_view one = fields.substr(0, fields.find(','));
    members.emplace_back(one);
    if (one.size() == fields.size()) return members;
    fields.remove_prefix(one.size() + 1);
  }
}

void present(Answer& answer, const Route& route, const std::string& fields, Language language) {
  if (route.response == nullptr || answer.body.empty()) return;
  answer.headers.emplace_back("Content-Language", tag_of(language));
  if (fields.empty() && !has_words(*route.response)) return;
  json document = json::parse(answer.body);
  const auto shown = [&](json& value) {
    put_words(value, *route.response, language);
    if (!fields.empty()) keep_only(value, named_members(fields));
  };
  if (route.is_page) {
    for (json& each : document.at("items")) shown(each);
  } else {
    shown(document);
  }
  answer.body = document.dump(-1, ' ', false, json::error_handler_t::replace);
}

}  // namespace server::api

// How an answer goes out: with the members that were asked for, and words in the caller's language.
// The one place for both; operations answer in whole and say words for programs.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "server/api/call.h"
#include "server/api/language.h"
#include "server/api/route.h"

namespace server::api {

/// The members that a list such as `id,state` names.
std::vector<std::string> named_members(std::string_view fields);

/// Turns the body of `answer`, which `route` has given, into what is sent: every told() member is
/// put in, and if `fields` is not empty all others than those are taken away; on pages that of each
/// item. Answers without a shape stay as they are. Says the language in Content-Language.
void present(Answer& answer, const Route& route, const std::string& fields, Language language);

}  // namespace server::api

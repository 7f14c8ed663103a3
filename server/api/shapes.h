// Shapes that several groups of routes share.
#pragma once

#include <array>

#include "server/api/schema.h"

namespace server::api {

/// Of a path with the id of its request: a header has 8 KiB at most.
inline constexpr std::size_t kLongestPath = 8'400;
/// In which what people get is written.
inline std::vector<std::string_view> languages() {
  return {"en", "zh"};
}
/// Of a switch in a query.
inline std::vector<std::string_view> yes_or_no() {
  return {"true", "false"};
}

inline constexpr std::array kProblemErrorFields{
    text("pointer",
         "Where, as a JSON pointer (RFC 6901) into what was sent; /?name is a parameter of the "
         "query",
         kLongText)
        .required(),
    text("code", "What is wrong there, for programs").required(),
    text("detail", "The same for people", kLongText).required(),
};
inline constexpr Shape kProblemError{"ProblemError", "One fault of several.", kProblemErrorFields};

inline constexpr std::array kProblemFields{
    text("type", "A URL that lists all codes; the code stands behind the #").required(),
    text("title", "A sentence that fits every occurrence").required(),
    whole("status", "The HTTP status").required(),
    text("detail", "What happened, with the value that was at fault", kLongText).required(),
    text("instance", "The path and, behind the #, the id of the request in the log", kLongestPath),
    text("code", "What happened, for programs; never changes its meaning").required(),
    object("errors", "Every fault with its place", kProblemError).list(),
};
inline constexpr Shape kProblem{"Problem", "Why a request was refused (RFC 9457).", kProblemFields};

inline constexpr Shape kNothing{"Nothing", "An empty object; the body may be left out.", {}};

}  // namespace server::api

#include "server/acme_http/routes.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "acme/resource_urls.h"
#include "server/http/target.h"

namespace {

namespace paths = acme::paths;
using server::acme_routes;
using server::find_route;
using server::Route;

/// The template with every parameter filled in.
std::string example_of(std::string_view pattern) {
  std::string path(pattern);
  for (const auto& [parameter, value] : {std::pair<std::string, std::string>{"{id}", "AZXq_-9"},
                                         {"{method}", "http-01"},
                                         {"{profile}", "dv"},
                                         {"{chain}", "1"},
                                         {"{reference}", "AZX-_.AIdl"}}) {
    if (const auto at = path.find(parameter); at != path.npos) {
      path.replace(at, parameter.size(), value);
    }
  }
  return path;
}

TEST(Routes, HoldEveryResourceOfTheProtocol) {
  const std::vector<std::string_view> wanted{paths::kDirectory,
                                             paths::kNewNonce,
                                             paths::kNewAccount,
                                             paths::kNewOrder,
                                             paths::kNewAuthz,
                                             paths::kRevokeCert,
                                             paths::kKeyChange,
                                             paths::kCertificateRenewalInfo,
                                             paths::kProfileDirectory,
                                             paths::kProfileNewOrder,
                                             paths::kAccount,
                                             paths::kAccountOrders,
                                             paths::kOrder,
                                             paths::kFinalize,
                                             paths::kAuthorization,
                                             paths::kChallenge,
                                             paths::kCertificate,
                                             paths::kAlternateChain,
                                             paths::kStarCertificate,
                                             paths::kNewApplication,
                                             paths::kApplications,
                                             paths::kApplication,
                                             "/",
                                             "/health",
                                             "/directory"};
  std::set<std::string_view> held;
  for (const Route& route : acme_routes()) held.insert(route.path);

  EXPECT_EQ(held, std::set<std::string_view>(wanted.begin(), wanted.end()));
  EXPECT_EQ(acme_routes().size(), wanted.size()) << "a path stands twice";
}

// S7
TEST(Routes, AreEachReadByAnybodyOrAnAuthenticatedOperation) {
  for (const Route& route : acme_routes()) {
    SCOPED_TRACE(route.path);
    EXPECT_TRUE(route.is_readable() || route.operation != nullptr);
    EXPECT_FALSE(route.page.has_value() && route.reading != nullptr);
    EXPECT_TRUE(route.operation == nullptr || route.authentication.has_value())
        << "an operation without authentication";
    EXPECT_EQ(route.is_readable() && route.operation != nullptr, route.permission != nullptr);
  }
}

// RFC8555-6.2
TEST(Routes, AskForTheKeyKindOfRfc8555) {
  using acme::Authentication;
  for (const Route& route : acme_routes()) {
    SCOPED_TRACE(route.path);
    if (!route.authentication) continue;
    const Authentication wanted = route.path == paths::kNewAccount   ? Authentication::jwk
                                  : route.path == paths::kRevokeCert ? Authentication::jwk_or_kid
                                                                     : Authentication::kid;
    EXPECT_EQ(*route.authentication, wanted);
  }
}

TEST(FindRoute, FindsEachTemplateByItsOwnPath) {
  for (const Route& route : acme_routes()) {
    SCOPED_TRACE(route.path);
    const auto match = find_route(acme_routes(), example_of(route.path));
    ASSERT_TRUE(match);
    EXPECT_EQ(match->route, &route);
    EXPECT_EQ(match->parameters.id, route.path.contains("{id}")          ? "AZXq_-9"
                                    : route.path.contains("{reference}") ? "AZX-_.AIdl"
                                                                         : "");
    EXPECT_EQ(match->parameters.profile, route.path.contains("{profile}") ? "dv" : "");
    EXPECT_EQ(match->parameters.method, route.path.contains("{method}") ? "http-01" : "");
    EXPECT_EQ(match->parameters.query, "");
  }
}

/// Other spellings that some server somewhere would take for `path`.
std::vector<std::string> spellings_of(const std::string& path) {
  const std::size_t letter = path.find_first_of("abcdefghijklmnopqrstuvwxyz");
  std::vector<std::string> all{
      path + "/",
      path + "//",
      path + "/.",
      path + "/..",
      path + "/./",
      path + "/x",
      path + "/x/..",
      path + "%2f",
      path + "%2F",
      path + "%00",
      path + ";x",
      path + ";",
      path + ".json",
      path + "%20",
      path + " ",
      path + "%3Fa",
      path + "#a",
      path + "\\",
      path + std::string(1, '\0'),
      "/" + path,
      "//" + path,
      "/." + path,
      "/x/.." + path,
      "/%2e" + path,
      "/%2E%2e" + path,
      "%2f" + path.substr(1),
      path.substr(1),
      "http://ca.test" + path,
      "*",
      path + "\t",
      path + "\xC3\xA9",
      "/acme/acme" + path,
  };
  if (letter != path.npos) {
    std::string upper = path;
    upper[letter] = static_cast<char>(upper[letter] - 'a' + 'A');
    all.push_back(upper);
    std::string escaped = path;
    const char* const digits = "0123456789abcdef";
    const auto code = static_cast<unsigned char>(path[letter]);
    escaped.replace(letter, 1, {'%', digits[code >> 4U], digits[code & 0xFU]});
    all.push_back(escaped);
    std::string full_width = path;
    full_width.replace(letter, 1, "\xEF\xBD\x81");
    all.push_back(full_width);
  }
  for (const std::string_view slash : {"%2f", "%2F", "//", "/./", "\\", "%5c"}) {
    const std::size_t at = path.rfind('/');
    if (at == 0) continue;
    std::string other = path;
    other.replace(at, 1, slash);
    all.push_back(other);
  }
  return all;
}

// S8 T-D4
TEST(FindRoute, GivesNoOtherSpellingOfAPathToARoute) {
  std::size_t tried = 0;
  for (const Route& route : acme_routes()) {
    for (const std::string& spelling : spellings_of(example_of(route.path))) {
      SCOPED_TRACE(spelling);
      ++tried;
      const auto target = server::parse_target(spelling);
      if (!target) continue;  // 400
      const auto match = find_route(acme_routes(), target->path);
      if (!match) continue;  // 404
      // The letter that was changed may be part of an id, where another letter is another object.
      EXPECT_EQ(match->route, &route);
      EXPECT_EQ(example_of(match->route->path).substr(0, 6), spelling.substr(0, 6));
      EXPECT_NE(match->parameters.id, "AZXq_-9") << "the same object under another name";
    }
  }
  EXPECT_GE(tried, 20 * acme_routes().size());
}

// T-D5
TEST(FindRoute, TakesOnlyBase64urlForAParameter) {
  for (const std::string_view id :
       {"", "a.b", "a%41", "a+b", "a=", "a~", "a;b", "a,b", "a*", "a:b", "a@b", "a!b", "{id}"}) {
    SCOPED_TRACE(id);
    EXPECT_FALSE(find_route(acme_routes(), "/acme/order/" + std::string(id)));
    EXPECT_FALSE(find_route(acme_routes(), "/acme/order/" + std::string(id) + "/finalize"));
  }
  EXPECT_FALSE(find_route(acme_routes(), ""));
  EXPECT_FALSE(find_route(acme_routes(), "/acme/order"));
  EXPECT_FALSE(find_route(acme_routes(), "/acme/order/a/b"));
  EXPECT_FALSE(find_route(acme_routes(), "/acme/order/a/finalize/"));
}

// RFC9773-4.1
TEST(FindRoute, TakesTwoTextsAndADotForTheNameOfACertificate) {
  for (const std::string_view reference :
       {"a", ".", "..", "a.", ".a", "a..b", "a.b.c", "a.b=", "a%2Eb", "a.b/", "a.b.json"}) {
    EXPECT_FALSE(find_route(acme_routes(), "/acme/renewal-info/" + std::string(reference)))
        << reference;
  }
  EXPECT_FALSE(find_route(acme_routes(), "/acme/renewal-info"));
  EXPECT_FALSE(find_route(acme_routes(), "/acme/p//directory"));
}

TEST(AllowedMethods, FollowTheRow) {
  const auto allowed = [](std::string_view path) {
    return server::allowed_methods(*find_route(acme_routes(), path)->route);
  };
  EXPECT_EQ(allowed("/acme/directory"), "GET, HEAD, POST, OPTIONS");
  EXPECT_EQ(allowed("/acme/new-order"), "POST, OPTIONS");
  EXPECT_EQ(allowed("/health"), "GET, HEAD, OPTIONS");
  EXPECT_EQ(allowed("/acme/renewal-info/a.b"), "GET, HEAD, OPTIONS");
  EXPECT_EQ(allowed("/acme/p/dv/directory"), "GET, HEAD, POST, OPTIONS");
}

struct TargetCase {
  std::string_view text;
  std::string_view path;
  std::string_view query;
};

// RFC9112-3.2.1
TEST(Target, IsCutAtItsFirstQuestionMarkAndNothingElse) {
  for (const TargetCase& each : std::vector<TargetCase>{{"/", "/", ""},
                                                        {"/a/b", "/a/b", ""},
                                                        {"/a/", "/a/", ""},
                                                        {"/a?b", "/a", "b"},
                                                        {"/a?b?c", "/a", "b?c"},
                                                        {"/a?/../b", "/a", "/../b"},
                                                        {"/a?b[c]=d", "/a", "b[c]=d"},
                                                        {"/%41%2f", "/%41%2f", ""},
                                                        {"/...", "/...", ""},
                                                        {"/a..b/.c", "/a..b/.c", ""},
                                                        {"/a;b=c,d", "/a;b=c,d", ""}}) {
    SCOPED_TRACE(each.text);
    const auto target = server::parse_target(each.text);
    ASSERT_TRUE(target) << target.error();
    EXPECT_EQ(target->path, each.path);
    EXPECT_EQ(target->query, each.query);
  }
}

// T-F1
TEST(Target, OfAnyOtherFormIsRefused) {
  using namespace std::string_literals;
  const std::vector<std::string> refused{
      "",        "*",         "a",       "http://a/", "//",      "//a",   "/a//b",
      "/.",      "/..",       "/./a",    "/../a",     "/a/.",    "/a/..", "/a/./b",
      "/a/../b", "/%2e",      "/%2E%2e", "/.%2e/a",   "/%2e./a", "/a?",   "/a#",
      "/a#b",    "/a b",      "/a\t",    "/a\r",      "/a\n",    "/a\0"s, "/\x7F",
      "/\x80",   "/\xC3\xA9", "/\\",     "/a\\b",     "/\"",     "/<",    "/>",
      "/^",      "/`",        "/{",      "/|",        "/}",      "/%",    "/%4",
      "/%zz",    "/a?%",      "/a?\xFF", "/a?b#c",    "/a?\\",   "/[",    "/a?b c"};
  for (const std::string& text : refused) {
    SCOPED_TRACE(text);
    EXPECT_FALSE(server::parse_target(text));
  }
}

}  // namespace

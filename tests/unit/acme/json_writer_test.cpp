// JSON that is written: what a string may hold, and where the commas go.
#include "acme/wire/json_writer.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "acme/wire/json_text.h"

namespace {

using namespace std::string_literals;

struct Injection {
  std::string_view name;
  std::string text;
  std::string_view json;
};

// T-J7
TEST(JsonText, LetsNoValueEndItsLineOrDriveATerminal) {
  const std::vector<Injection> cases{
      {"plain", "abc", R"("abc")"},
      {"empty", "", R"("")"},
      {"quote", R"(a"b)", R"("a\"b")"},
      {"backslash", R"(a\b)", R"("a\\b")"},
      {"new_line", "a\nb", R"("a\u000ab")"},
      {"carriage_return", "a\rb", R"("a\u000db")"},
      {"nul", "a\0b"s, R"("a\u0000b")"},
      {"ansi", "\x1B[31mred", R"("\u001b[31mred")"},
      {"bell", "\a", R"("\u0007")"},
      {"delete", "\x7F", R"("\u007f")"},
      {"c1_csi", "\xC2\x9B", R"("\u009b")"},
      {"line_separator", "\xE2\x80\xA8", R"("\u2028")"},
      {"paragraph_separator", "\xE2\x80\xA9", R"("\u2029")"},
      {"two_bytes", "\xC3\xA9", "\"\xC3\xA9\""},
      {"three_bytes", "\xE2\x82\xAC", "\"\xE2\x82\xAC\""},
      {"four_bytes", "\xF0\x9F\x94\x92", "\"\xF0\x9F\x94\x92\""},
      {"raw_c1", "\x9B", "\"\xEF\xBF\xBD\""},
      {"cut_sequence", "\xE2\x82", "\"\xEF\xBF\xBD\xEF\xBF\xBD\""},
      {"lone_continuation", "a\x80z", "\"a\xEF\xBF\xBDz\""},
      {"overlong_slash", "\xC0\xAF", "\"\xEF\xBF\xBD\xEF\xBF\xBD\""},
      {"overlong_three", "\xE0\x80\xAF", "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\""},
      {"surrogate", "\xED\xA0\x80", "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\""},
      {"beyond_unicode", "\xF4\x90\x80\x80",
       "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\""},
      {"not_utf8_at_all", "\xFF\xFE", "\"\xEF\xBF\xBD\xEF\xBF\xBD\""},
      {"lead_before_quote", "\xC3\"", "\"\xEF\xBF\xBD\\\"\""},
  };
  for (const Injection& each : cases) {
    SCOPED_TRACE(each.name);
    EXPECT_EQ(acme::json_text(each.text), each.json);
  }
}

TEST(JsonWriter, PutsCommasBetweenMembersAndElements) {
  acme::JsonWriter out;
  out.open_object().member("a", "x\"y").name("b").open_array().close_array();
  out.name("c").texts({"1", "2"}).name("d").open_array();
  out.open_object().close_object().open_object().name("e").number(7).close_object().close_array();
  out.name("f").yes().name("g").json("[null]").close_object();
  EXPECT_EQ(std::move(out).take(),
            R"({"a":"x\"y","b":[],"c":["1","2"],"d":[{},{"e":7}],"f":true,"g":[null]})");
}

TEST(JsonWriter, TakesAnyValueAsAWholeText) {
  acme::JsonWriter out;
  out.text("alone");
  EXPECT_EQ(std::move(out).take(), R"("alone")");
}

}  // namespace

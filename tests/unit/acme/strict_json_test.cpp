#include "acme/wire/strict_json.h"

#include <gtest/gtest.h>

#include <string>

#include "acme/in_quotes.h"

namespace acme {
namespace {

using namespace std::string_literals;

JsonObject parsed(std::string_view text) {
  auto object = parse_json_object("payload", text);
  if (!object) throw std::runtime_error(object.error().detail());
  return *std::move(object);
}

template <class Value>
std::string detail_of(const Result<Value>& result) {
  if (result) return "accepted";
  EXPECT_EQ(result.error().type(), ProblemType::malformed);
  return result.error().detail();
}

struct Row {
  std::string text;
  std::string detail;
};

// RFC8259-2 T-D8 T-D14
TEST(StrictJson, RefusesWhatIsNotOneJsonObject) {
  const std::string too_deep = "{\"a\":" + std::string(15, '[') + "1" + std::string(15, ']') + "}";
  const std::string deeper = "{\"a\":" + std::string(16, '[') + "1" + std::string(16, ']') + "}";
  ASSERT_TRUE(parse_json_object("payload", too_deep));
  const std::string syntax = "payload: not a JSON text (RFC 8259): ";
  const Row rows[] = {
      {"", syntax + "fault at octet 1"},
      {" ", syntax + "fault at octet 2"},
      {"null", "payload: expected an object, found null"},
      {"true", "payload: expected an object, found a boolean"},
      {"17", "payload: expected an object, found a number"},
      {"\"{}\"", "payload: expected an object, found a string"},
      {"[]", "payload: expected an object, found an array"},
      {"{", syntax + "fault at octet 2"},
      {"{}}", syntax + "fault at octet 3"},
      {"{} x", syntax + "fault at octet 4"},
      {"{\"a\":\"b\"} x", syntax + "fault at octet 11"},
      {"{\"a\":\"b\",}", syntax + "fault at octet 10"},
      {"{,\"a\":\"b\"}", syntax + "fault at octet 2"},
      {"{\"a\" \"b\"}", syntax + "fault at octet 8"},
      {"{\"a\":\"b", syntax + "fault at octet 8"},
      {"{\"a\":\"b\",\"a\":\"b\"}", "payload: the text has the member \"a\" twice"},
      {"{}{}", syntax + "fault at octet 3"},
      {"{\"a\":1,}", syntax + "fault at octet 8"},
      {"{a:1}", syntax + "fault at octet 2"},
      {"{'a':1}", syntax + "fault at octet 2"},
      {"{\"a\":01}", syntax + "fault at octet 7"},
      {"{\"a\":.5}", syntax + "fault at octet 6"},
      {"{\"a\":+1}", syntax + "fault at octet 6"},
      {"{\"a\":NaN}", syntax + "fault at octet 6"},
      {"{\"a\":1e999}", syntax + "fault at octet 10"},
      {"{\"a\":tru}", syntax + "fault at octet 9"},
      {"{\"a\":1 /* b */}", syntax + "fault at octet 8"},
      {"{\"a\":\"\n\"}", syntax + "fault at octet 7"},
      {"{\"a\":\"\\x\"}", syntax + "fault at octet 8"},
      {"{\"a\":\"\xFF\"}", syntax + "fault at octet 7"},
      {"{\"a\":\"\xC0\xAF\"}", syntax + "fault at octet 7"},
      {"{\"a\":\"\xED\xA0\x80\"}", syntax + "fault at octet 8"},
      {"{\"a\":\"\\ud800\"}", syntax + "fault at octet 13"},
      {"{\"a\":[{\"b\":x}]}", syntax + "fault at octet 12, inside /a/0"},
      {"{}\0"s, syntax + "holds a NUL octet"},
      {"{\"a\":1}\0{\"b\":2}"s, syntax + "holds a NUL octet"},
      {"\xEF\xBB\xBF{}", syntax + "starts with a byte order mark"},
      {"{\"a\":1,\"a\":1}", "payload: the text has the member \"a\" twice"},
      {"{\"a\":1,\"\\u0061\":1}", "payload: the text has the member \"a\" twice"},
      {"{\"x\":[{},{\"b\":1,\"b\":2}]}", "payload: /x/1 has the member \"b\" twice"},
      {"{\"x\":{\"y\":{\"b\":1,\"b\":2}}}", "payload: /x/y has the member \"b\" twice"},
      {deeper, "payload: /a/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0 is nested deeper than 16 levels"},
      {std::string(40'000, '['),
       "payload: /0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0 is nested deeper than 16 levels"},
      {"{\"a\":\"" + std::string(50'000, 'x') + "\"}",
       "payload: 50008 octets, expected at most 50000"},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(in_quotes(row.text));
    EXPECT_EQ(detail_of(parse_json_object("payload", row.text)), row.detail);
  }
}

// WIR-22: clients sign pretty-printed payloads.
TEST(StrictJson, AcceptsAnyWhiteSpaceAndIgnoresUnknownMembers) {
  const JsonObject object =
      parsed(" {\r\n\t\"a\" : \"b\" ,\n \"extra\": {\"x\": [1, 2.5e3, null]}\n}\n ");
  EXPECT_EQ(object.string("a"), "b");
  EXPECT_EQ(object.names(), (std::vector<std::string>{"a", "extra"}));
}

TEST(StrictJson, TakesTextUpToTheLimit) {
  const std::string text = "{\"a\":\"" + std::string(kMaxJsonOctets - 8, 'x') + "\"}";
  ASSERT_EQ(text.size(), 50'000U);
  EXPECT_EQ(parsed(text).string("a")->size(), 49'992U);
}

// T-D8: many members cost no more than their number.
TEST(StrictJson, TakesManyMembers) {
  std::string text = "{\"m0\":0";
  for (int i = 1; i < 3'000; ++i) text += ",\"m" + std::to_string(i) + "\":0";
  EXPECT_EQ(parsed(text + "}").names().size(), 3'000U);
}

TEST(StrictJson, DecodesEscapes) {
  EXPECT_EQ(parsed("{\"a\":\"\\u0000\\u00e9\\ud83d\\ude00\\/\"}").string("a"),
            "\0\xC3\xA9\xF0\x9F\x98\x80/"s);
}

TEST(JsonObject, ReadsMembersByType) {
  const JsonObject object = parsed(
      R"({"s":"text","t":true,"i":-7,"l":["a","b"],"none":null,"o":{"x":"y"},"os":[{"n":"1"},{}],"b":"AQID"})");
  EXPECT_EQ(object.string("s"), "text");
  EXPECT_EQ(object.optional_string("s").value(), std::optional<std::string>("text"));
  EXPECT_EQ(object.optional_boolean("t").value(), std::optional<bool>(true));
  EXPECT_EQ(object.optional_integer("i").value(), std::optional<std::int64_t>(-7));
  EXPECT_EQ(object.optional_strings("l").value(),
            std::optional(std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(object.base64url("b"), "\x01\x02\x03");
  EXPECT_EQ(object.object("o")->string("x"), "y");
  EXPECT_EQ(object.object("o")->text(), R"({"x":"y"})");
  ASSERT_EQ(object.objects("os")->size(), 2U);
  EXPECT_EQ(object.objects("os")->front().string("n"), "1");
  EXPECT_TRUE(object.objects("os")->back().is_empty());
  EXPECT_TRUE(object.has("s"));
}

TEST(JsonObject, TakesNullAndAbsenceForTheSame) {
  const JsonObject object = parsed(R"({"none":null})");
  for (const std::string_view name : {"none", "absent"}) {
    SCOPED_TRACE(name);
    EXPECT_FALSE(object.has(name));
    EXPECT_EQ(object.optional_string(name).value(), std::optional<std::string>());
    EXPECT_EQ(object.optional_boolean(name).value(), std::optional<bool>());
    EXPECT_EQ(object.optional_integer(name).value(), std::optional<std::int64_t>());
    EXPECT_EQ(object.optional_strings(name).value(), std::optional<std::vector<std::string>>());
    EXPECT_EQ(detail_of(object.string(name)),
              "payload: /" + std::string(name) + " expected a string, found nothing");
  }
}

TEST(JsonObject, SaysWhereAMemberHasTheWrongType) {
  const JsonObject object = parsed(
      R"({"a":{"l":["x",1],"os":[{},[]],"n":1,"f":1.5,"big":9223372036854775808,"t":"true","s":"AQ=="}})");
  const JsonObject a = object.object("a").value();
  EXPECT_EQ(detail_of(object.string("a")), "payload: /a expected a string, found an object");
  EXPECT_EQ(detail_of(a.string("n")), "payload: /a/n expected a string, found a number");
  EXPECT_EQ(detail_of(a.optional_string("n")), "payload: /a/n expected a string, found a number");
  EXPECT_EQ(detail_of(a.optional_boolean("t")),
            "payload: /a/t expected true or false, found a string");
  EXPECT_EQ(detail_of(a.optional_integer("t")),
            "payload: /a/t expected an integer, found a string");
  EXPECT_EQ(detail_of(a.optional_integer("f")),
            "payload: /a/f expected an integer, found a number");
  EXPECT_EQ(detail_of(a.optional_integer("big")),
            "payload: /a/big is too large: \"9223372036854775808\"");
  EXPECT_EQ(detail_of(a.optional_strings("n")),
            "payload: /a/n expected an array of strings, found a number");
  EXPECT_EQ(detail_of(a.optional_strings("l")),
            "payload: /a/l/1 expected a string, found a number");
  EXPECT_EQ(detail_of(a.objects("l")), "payload: /a/l/0 expected an object, found a string");
  EXPECT_EQ(detail_of(a.objects("os")), "payload: /a/os/1 expected an object, found an array");
  EXPECT_EQ(detail_of(a.objects("absent")),
            "payload: /a/absent expected an array of objects, found nothing");
  EXPECT_EQ(detail_of(a.object("l")), "payload: /a/l expected an object, found an array");
  EXPECT_EQ(detail_of(a.base64url("s")),
            "payload: /a/s expected base64url without padding (RFC 7515 §2), found \"AQ==\"");
}

// RFC6901-3
TEST(JsonObject, EscapesNamesInPointers) {
  const JsonObject object = parsed("{\"a/b~c\\n\":{}}");
  EXPECT_EQ(detail_of(object.string("a/b~c\n")),
            "payload: /a~1b~0c? expected a string, found an object");
}

TEST(InQuotes, ShowsPrintableTextAndEscapesTheRest) {
  EXPECT_EQ(in_quotes("plain"), "\"plain\"");
  EXPECT_EQ(in_quotes("a\"b\\c"), "\"a\\\"b\\\\c\"");
  EXPECT_EQ(in_quotes("\x1B[31m\n\x7F\xC3\xA9"), "\"\\x1b[31m\\x0a\\x7f\\xc3\\xa9\"");
  EXPECT_EQ(in_quotes(std::string(81, 'x')), "\"" + std::string(80, 'x') + "…\"");
}

}  // namespace
}  // namespace acme

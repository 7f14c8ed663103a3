// The form of each product.
#include "policy/products/form.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "policy/catalog/catalog.h"

namespace policy {
namespace {

nlohmann::ordered_json form(const std::string& name) {
  for (const Product& each : shipped_catalog()) {
    if (each.name == name) return form_schema(each);
  }
  throw std::invalid_argument("no product " + name);
}

/// The fields in the order of the form, those that are needed with an asterisk.
std::string fields(const std::string& name) {
  const nlohmann::ordered_json schema = form(name);
  std::string text;
  for (const auto& field : schema["x-order"]) {
    const auto& required = schema["required"];
    const bool needed = std::ranges::find(required, field) != required.end();
    text += (text.empty() ? "" : " ") + field.get<std::string>() + (needed ? "*" : "");
  }
  EXPECT_EQ(schema["x-order"].size(), schema["properties"].size()) << name;
  return text;
}

// ALI-13 TCG-07 TCG-21 TCG-22 TCG-25 TCG-26 TCD-06 TGM-06 ALO-04 ALO-05 TFR-42 TFR-60
TEST(Forms, AskForWhatTheProductNeeds) {
  const std::string labels = " terms* signatureHash alias project tags";
  const std::string company =
      "identifiers* csr* applicantType organizationId* adminContactId* contactId ";
  const std::pair<std::string, std::string> rows[] = {
      {"trustasia-free", "identifiers* csr* mail* methods" + labels},
      {"alibaba-dv", "identifiers* csr* mail* methods" + labels},
      {"tencent-dv", "identifiers* csr* mail* methods*" + labels},
      {"alibaba-older-standard",
       "identifiers* csr* applicantType adminContactId contactId methods" + labels},
      {"alibaba-older-professional", company + "methods" + labels},
      {"alibaba-ov", company + "methods" + labels},
      {"tencent-ov", company + "methods*" + labels},
      {"tencent-ev", company + "approverId* signerId* methods*" + labels},
      {"wotrus-ov", company + "methods*" + labels},
      {"dnspod-gm-ov", company + "methods*" + labels},
      {"dnspod-gm-ev", company + "approverId* signerId* methods*" + labels},
  };
  for (const auto& [name, expected] : rows) EXPECT_EQ(fields(name), expected) << name;
}

// TFR-05 TFR-06 TFR-43 TFR-50 TFR-53 TCG-18
TEST(Forms, SayTheLimitsOfTheProduct) {
  const auto free = form("trustasia-free");
  EXPECT_FALSE(free["additionalProperties"].get<bool>());
  const auto& names = free["properties"]["identifiers"];
  EXPECT_EQ(names["minItems"], 1);
  EXPECT_EQ(names["maxItems"], 2) << "with its www";
  EXPECT_EQ(names["items"]["properties"]["type"]["enum"].dump(), R"(["dns"])");
  EXPECT_EQ(free["properties"]["methods"]["items"]["properties"]["method"]["enum"].dump(),
            R"(["dns-txt","auto-dns","file","http-01","dns-01"])");
  EXPECT_EQ(free["properties"]["alias"]["maxLength"], 200);
  EXPECT_EQ(free["properties"]["tags"]["maxItems"], 50);
  const auto gm = form("gm-ov");
  EXPECT_EQ(gm["properties"]["identifiers"]["items"]["properties"]["type"]["enum"].dump(),
            R"(["dns","ip"])");
  EXPECT_EQ(gm["properties"]["applicantType"]["enum"].dump(), R"(["organization"])");
}

TEST(Forms, ExistForEveryProduct) {
  for (const Product& each : shipped_catalog()) {
    const auto schema = form_schema(each);
    EXPECT_EQ(schema["title"], each.name);
    EXPECT_EQ(schema["type"], "object");
  }
}

}  // namespace
}  // namespace policy

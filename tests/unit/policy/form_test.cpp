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
  const std::string named = "identifiers* csr* ";
  const std::string paired = "identifiers* wwwPairing csr* ";
  const std::string anybody = "applicantType organizationId mail adminContactId contactId ";
  const std::string company = "applicantType organizationId* adminContactId* contactId mail ";
  const std::string people = "approverId* signerId* ";
  const std::pair<std::string, std::string> rows[] = {
      {"trustasia-free", paired + anybody + "methods" + labels},
      {"alibaba-dv", named + anybody + "methods" + labels},
      {"tencent-dv", paired + anybody + "methods*" + labels},
      {"alibaba-older-standard",
       named + "applicantType organizationId adminContactId* contactId mail methods" + labels},
      {"alibaba-older-professional", named + company + "methods" + labels},
      {"alibaba-ov", named + company + "methods" + labels},
      {"tencent-ov", paired + company + "methods*" + labels},
      {"tencent-ev", paired + company + people + "methods*" + labels},
      {"wotrus-ov", paired + company + "methods*" + labels},
      {"dnspod-gm-ov", paired + company + "methods*" + labels},
      {"dnspod-gm-ev", paired + company + people + "methods*" + labels},
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
  EXPECT_EQ(free["properties"]["project"]["maxLength"], 127);
  const auto& tags = free["properties"]["tags"];
  EXPECT_EQ(tags["maxItems"], 50);
  EXPECT_EQ(tags["items"]["properties"]["key"]["maxLength"], 127);
  EXPECT_EQ(tags["items"]["properties"]["value"]["maxLength"], 127);
  const auto gm = form("gm-ov");
  EXPECT_EQ(gm["properties"]["identifiers"]["items"]["properties"]["type"]["enum"].dump(),
            R"(["dns","ip"])");
  EXPECT_EQ(gm["properties"]["applicantType"]["enum"].dump(), R"(["organization"])");
}

// TCG-18: a choice only where the product leaves one.
TEST(Forms, AskForTheWwwWhereThereIsAChoice) {
  Product product = shipped_catalog().front();
  const auto asks = [&](WwwPairing pairing) {
    product.www_pairing = pairing;
    return form_schema(product)["properties"].contains("wwwPairing");
  };
  EXPECT_FALSE(asks(WwwPairing::never));
  EXPECT_TRUE(asks(WwwPairing::unless_declined));
  EXPECT_FALSE(asks(WwwPairing::always));
  EXPECT_TRUE(form("tencent-dv")["properties"]["wwwPairing"]["default"].get<bool>());
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

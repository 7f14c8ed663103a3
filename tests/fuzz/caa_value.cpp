// A CAA property value that matches the grammar reads the same when it is written plainly, and one
// that does not permits nothing.
#include <cstddef>
#include <cstdint>
#include <string>

#include "acme/validation/caa.h"
#include "tests/fuzz/check.h"

using tests::check;

namespace {

std::string written(const acme::CaaIssueValue& value) {
  std::string text = value.issuer;
  for (const auto& [tag, content] : value.parameters) text += ";" + tag + "=" + content;
  return text;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto value = acme::parse_caa_issue_value(text);
  if (value) check(acme::parse_caa_issue_value(written(*value)) == value);
  const acme::CaaApplicant applicant{
      {"ca.example"}, "https://ca.example/1", policy::ValidationMethod::dns_01};
  const auto objection =
      acme::caa_objection({{0, "issue", text}}, acme::CaaScope::single_name, applicant);
  check(objection || (value && value->issuer == "ca.example"));
  check(!objection || objection->size() < 1'000);
  return 0;
}

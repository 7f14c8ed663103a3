#include "policy/applications/labels.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>

#include "policy/plain_text.h"

namespace policy {

std::vector<FaultAt> faults_of(const Labels& labels) {
  std::vector<FaultAt> faults;
  const auto complain = [&](std::string pointer, std::string detail) {
    faults.push_back({std::move(pointer), FaultCode::validation, std::move(detail)});
  };
  if (!labels.alias.empty()) {
    if (auto fault = fault_of_line(labels.alias, kMaxAlias)) complain("/alias", *fault);
  }
  if (!labels.project.empty()) {
    if (auto fault = fault_of_line(labels.project, kMaxTagText)) complain("/project", *fault);
  }
  if (labels.tags.size() > kMaxTags) {
    complain("/tags", "expected at most " + std::to_string(kMaxTags) + " tags");
  }
  std::set<std::string> keys;
  for (std::size_t place = 0; place < labels.tags.size(); ++place) {
    const std::string at = "/tags/" + std::to_string(place);
    const Tag& tag = labels.tags[place];
    if (auto fault = fault_of_line(tag.key, kMaxTagText)) complain(at + "/key", *fault);
    if (!tag.value.empty()) {
      if (auto fault = fault_of_line(tag.value, kMaxTagText)) complain(at + "/value", *fault);
    }
    if (!keys.insert(tag.key).second) complain(at + "/key", "the key stands there twice");
  }
  return faults;
}

bool has_tag(const Labels& labels, std::string_view tag) {
  return std::ranges::any_of(labels.tags, [&](const Tag& each) {
    return each.key == tag || each.key + "=" + each.value == tag;
  });
}

}  // namespace policy

// How rows of the table of settings are written. For the tables only.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "server/config/setting.h"

namespace server {

using S = Settings;

/// Both ends belong to it.
struct Range {
  std::uint64_t least, greatest;
};

using Text = std::string_view;

inline Setting text(Text key, std::string S::* member, Text standard, TextRule rule, Text doc) {
  return {key, Form::text, member, standard, 0, 0, rule, Audience::ordinary, doc};
}
inline Setting text_list(
    Text key, std::vector<std::string> S::* member, Text standard, TextRule rule, Text doc) {
  return {key, Form::text_list, member, standard, 0, 0, rule, Audience::ordinary, doc};
}
inline Setting path(
    Text key, std::filesystem::path S::* member, Text standard, TextRule rule, Text doc) {
  return {key, Form::path, member, standard, 0, 0, rule, Audience::ordinary, doc};
}
inline Setting boolean(Text key, bool S::* member, Text standard, Text doc) {
  return {key, Form::boolean, member, standard, 0, 0, nullptr, Audience::ordinary, doc};
}
inline Setting number(Text key, std::uint64_t S::* member, Text standard, Range range, Text doc) {
  return {key,     Form::number,       member, standard, range.least, range.greatest,
          nullptr, Audience::ordinary, doc};
}
inline Setting size(Text key, std::uint64_t S::* member, Text standard, Range range, Text doc) {
  return {key,     Form::size,         member, standard, range.least, range.greatest,
          nullptr, Audience::ordinary, doc};
}
inline Setting duration(
    Text key, std::chrono::seconds S::* member, Text standard, Range range, Text doc) {
  return {key,     Form::duration,     member, standard, range.least, range.greatest,
          nullptr, Audience::ordinary, doc};
}
/// Rows of the table that stand in files of their own: orders that renew themselves, the CA's
/// certificates and keys, and where messages to people go.
std::vector<Setting> auto_renewal_settings();
std::vector<Setting> ca_settings();
std::vector<Setting> message_settings();
/// Remote perspectives, as the CA and as they themselves are told of them.
std::vector<Setting> perspective_settings();

}  // namespace server

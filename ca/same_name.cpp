#include "ca/same_name.h"

namespace ca {
namespace {

bool is_space(char octet) {
  return octet == ' ' || (octet >= '\t' && octet <= '\r');
}

}  // namespace

std::string same_name(std::string_view name) {
  std::string same;
  bool is_gap = false;
  for (const char octet : name) {
    if (is_space(octet)) {
      is_gap = !same.empty();
      continue;
    }
    if (is_gap) same += ' ';
    is_gap = false;
    same += octet >= 'A' && octet <= 'Z' ? static_cast<char>(octet - 'A' + 'a') : octet;
  }
  return same;
}

}  // namespace ca

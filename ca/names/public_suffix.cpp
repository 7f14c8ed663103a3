#include "ca/names/public_suffix.h"

#include <libpsl.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

namespace ca {

namespace {

using List = std::unique_ptr<psl_ctx_t, decltype(&psl_free)>;

List load() {
  List list(psl_latest(nullptr), psl_free);
  if (list == nullptr) {
    throw std::runtime_error(
        "there is no Public Suffix List, neither of the system nor in libpsl; install the package "
        "publicsuffix");
  }
  return list;
}

const psl_ctx_t* list() {
  static const List kList = load();
  return kList.get();
}

int type_of(SuffixDivision division) {
  switch (division) {
    case SuffixDivision::icann:
      return PSL_TYPE_ICANN;
    case SuffixDivision::all:
      return PSL_TYPE_ANY;
  }
  std::unreachable();
}

}  // namespace

bool is_public_suffix(std::string_view name, SuffixDivision division) {
  if (name.find('.') == std::string_view::npos) return true;
  return psl_is_public_suffix2(list(), std::string(name).c_str(), type_of(division)) != 0;
}

bool is_under_top_level_domain(std::string_view name) {
  const std::string last(name.substr(name.rfind('.') + 1));  // npos + 1 is 0
  // Without the rule that takes every single label for a suffix.
  return psl_is_public_suffix2(list(), last.c_str(), PSL_TYPE_ICANN | PSL_TYPE_NO_STAR_RULE) != 0;
}

std::string registered_domain(std::string_view name) {
  const std::string text(name);
  const char* found = psl_registrable_domain(list(), text.c_str());
  return found == nullptr ? text : std::string(found);
}

}  // namespace ca

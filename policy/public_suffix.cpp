#include "policy/public_suffix.h"

#include <libpsl.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

namespace policy {

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
  static const List kList = load();
  if (name.find('.') == std::string_view::npos) return true;
  return psl_is_public_suffix2(kList.get(), std::string(name).c_str(), type_of(division)) != 0;
}

}  // namespace policy

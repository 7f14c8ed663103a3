#include "policy/public_suffix.h"

#include <libpsl.h>

#include <memory>
#include <stdexcept>
#include <string>

namespace policy {

namespace {

using List = std::unique_ptr<psl_ctx_t, decltype(&psl_free)>;

List load() {
  List list(psl_latest(nullptr), psl_free);
  if (list == nullptr) throw std::runtime_error("there is no public suffix list to be read");
  return list;
}

}  // namespace

bool is_public_suffix(std::string_view name) {
  static const List kList = load();
  if (name.find('.') == std::string_view::npos) return true;
  return psl_is_public_suffix2(kList.get(), std::string(name).c_str(), PSL_TYPE_ICANN) != 0;
}

}  // namespace policy

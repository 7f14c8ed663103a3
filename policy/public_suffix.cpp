#include "policy/public_suffix.h"

#include <libpsl.h>

#include <stdexcept>

namespace policy {

namespace {

/// The newer of the system's list and the one built into the library. Lives as long as the process.
const psl_ctx_t& list() {
  static const psl_ctx_t* const loaded = [] {
    const psl_ctx_t* found = psl_latest(nullptr);
    if (found == nullptr) {
      throw std::runtime_error(
          "there is no Public Suffix List, neither of the system nor in libpsl; install the "
          "package publicsuffix");
    }
    return found;
  }();
  return *loaded;
}

}  // namespace

bool is_public_suffix(const ca::DnsName& name) {
  return psl_is_public_suffix(&list(), name.text().c_str()) != 0;
}

}  // namespace policy

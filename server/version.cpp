#include "server/version.h"

namespace server {

std::string_view version() {
  return CHANCERY_VERSION;
}

}  // namespace server

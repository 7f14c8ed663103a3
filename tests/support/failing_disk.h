// A disk that takes no more bytes.
#pragma once

#include <sys/resource.h>

#include <csignal>

namespace tests {

/// Makes every growth of a file fail, as a failing disk would, while it lives.
class FailingDisk {
 public:
  FailingDisk() : handler_{std::signal(SIGXFSZ, SIG_IGN)} {
    ::getrlimit(RLIMIT_FSIZE, &limit_);
    rlimit none = limit_;
    none.rlim_cur = 0;
    ::setrlimit(RLIMIT_FSIZE, &none);
  }
  ~FailingDisk() {
    ::setrlimit(RLIMIT_FSIZE, &limit_);
    std::signal(SIGXFSZ, handler_);
  }
  FailingDisk(const FailingDisk&) = delete;
  FailingDisk& operator=(const FailingDisk&) = delete;

 private:
  void (*handler_)(int);
  rlimit limit_{};
};

}  // namespace tests

// Signals that would end the program wait.
#pragma once

#include <csignal>

namespace server {

/// As long as it lives, SIGINT, SIGTERM and SIGHUP wait for this thread and for those that it
/// starts: in between, one would leave half-made folders or keys behind. They are obeyed
/// afterwards.
class SignalsHeldBack {
 public:
  SignalsHeldBack() {
    sigset_t ending;
    ::sigemptyset(&ending);
    ::sigaddset(&ending, SIGINT);
    ::sigaddset(&ending, SIGTERM);
    ::sigaddset(&ending, SIGHUP);
    ::pthread_sigmask(SIG_BLOCK, &ending, &before_);
  }
  ~SignalsHeldBack() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  SignalsHeldBack(const SignalsHeldBack&) = delete;
  SignalsHeldBack& operator=(const SignalsHeldBack&) = delete;

 private:
  sigset_t before_{};
};

}  // namespace server

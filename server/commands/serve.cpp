#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <csignal>

#include "server/application.h"
#include "server/commands/commands.h"
#include "server/commands/log_level.h"

namespace server {
namespace {

/// Nothing of this process may reach a disk or another user by accident: no core dumps, no
/// attaching, private files.
void harden() {
  const rlimit none{0, 0};
  ::setrlimit(RLIMIT_CORE, &none);
  ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
  ::umask(077);
  std::signal(SIGPIPE, SIG_IGN);
}

/// One descriptor per connection: take what the system allows.
void raise_descriptor_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

}  // namespace

ExitCode serve(const ConfigChoice& choice, std::ostream& out) {
  harden();
  raise_descriptor_limit();
  Settings settings = settings_or_throw(choice);
  Logger log(settings.log_file, severity_of(settings.log_level));
  Application application(std::move(settings), log);
  application.run(Application::Signals::watch, [&] {
    out << "Chancery is ready: directory " << application.directory_url() << std::endl;
  });
  return ExitCode::ok;
}

}  // namespace server

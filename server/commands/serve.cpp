#include "server/application.h"
#include "server/application_options.h"
#include "server/commands/commands.h"
#include "server/commands/harden.h"
#include "server/commands/log_level.h"

namespace server {
namespace {

/// On standard output, where no log.level hides it.
void print_lab_settings(const Settings& settings, std::ostream& out) {
  std::string list;
  for (const LabSetting& setting : lab_settings(settings)) {
    list += (list.empty() ? "" : ", ") + std::string(setting.key) + " = " + setting.value;
  }
  if (!list.empty())
    out << "For a laboratory only, never for a CA that others trust: " << list << std::endl;
}

}  // namespace

ExitCode serve(const ConfigChoice& choice, std::ostream& out) {
  harden();
  const Settings settings = settings_or_throw(choice);
  Logger log(settings.log_file, severity_of(settings.log_level));
  Application application(settings, log);
  application.run(Application::Signals::watch, [&] {
    out << "Chancery is ready: directory " << application.directory_url() << std::endl;
    print_lab_settings(settings, out);
  });
  return ExitCode::ok;
}

}  // namespace server

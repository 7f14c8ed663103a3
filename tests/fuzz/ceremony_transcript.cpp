// A transcript that anybody may have written, under a digest that fits, beside the files of a real
// ceremony: it is checked to the end.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "ca/crypto/encoding.h"
#include "ca/crypto/hash.h"
#include "server/ceremony/transcript.h"
#include "server/commands/ceremony.h"
#include "tests/support/temp_dir.h"

namespace {

namespace fs = std::filesystem;

constexpr const char* kPlan = R"(title = "First ceremony"
participants = ["Ada", "Grace"]
[ca.root]
country = "XX"
organization = "Example Trust"
common_name = "Example Root R1"
algorithm = "ecdsa-p384"
days = 7300
passphrase_file = "PASSPHRASE"
[ca.issuing]
issuer = "root"
country = "XX"
organization = "Example Trust"
common_name = "Example TLS CA 1"
algorithm = "ecdsa-p256"
days = 2920
path_length = 0
policies = ["2.5.29.32.0"]
crl_url = "http://ca.example/root.crl"
passphrase_file = "PASSPHRASE"
)";

/// The folder of a ceremony.
fs::path held_in(const tests::TempDir& folder) {
  const fs::path secret = folder / "passphrase";
  std::ofstream(secret) << "correct horse battery\n";
  fs::permissions(secret, fs::perms::owner_read | fs::perms::owner_write);
  std::string plan = kPlan;
  for (std::size_t at = plan.find("PASSPHRASE"); at != plan.npos; at = plan.find("PASSPHRASE")) {
    plan.replace(at, 10, secret.string());
  }
  std::ofstream(folder / "plan.toml") << plan;
  std::ostringstream said;
  server::hold_ceremony({.plan = folder / "plan.toml", .folder = folder / "made"}, said);
  return folder / "made" / server::kTranscriptName;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const tests::TempDir folder;
  static const fs::path file = held_in(folder);
  std::string text(reinterpret_cast<const char*>(data), size);
  text.resize(text.find("transcript-sha256") == text.npos ? text.size()
                                                          : text.rfind("transcript-sha256"));
  if (!text.ends_with('\n')) text += '\n';
  text += "transcript-sha256: " + ca::hex(ca::sha256(text)) + "\n";
  std::ofstream(file, std::ios::binary) << text;
  const server::TranscriptCheck check = server::check_transcript(file);
  if (check.facts.empty() && check.absent.empty() && check.faults.empty()) std::abort();
  return 0;
}

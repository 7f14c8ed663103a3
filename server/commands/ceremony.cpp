#include "server/commands/ceremony.h"

#include <algorithm>
#include <map>
#include <optional>
#include <stdexcept>

#include "ca/crypto/encoding.h"
#include "ca/crypto/openssl_error.h"
#include "ca/custody/private_file.h"
#include "ca/custody/shares.h"
#include "server/ceremony/plan_file.h"
#include "server/ceremony/transcript.h"
#include "server/commands/new_folder.h"
#include "server/commands/signals_held_back.h"
#include "server/commands/written_key.h"
#include "server/system_clock.h"
#include "server/whole_file.h"

namespace server {
namespace {

namespace fs = std::filesystem;
using Access = NewFolder::Access;

std::string text_of_plan(const fs::path& file) {
  constexpr std::size_t kLongestPlan = std::size_t{1} << 20;
  return whole_file_or_throw(file, kLongestPlan);
}

/// Throws UsageError that names every fault.
ca::CeremonyPlan plan_or_throw(const fs::path& file, const std::string& text) {
  auto plan = parse_plan(text);
  std::string faults;
  if (!plan) {
    for (const std::string& each : plan.error()) faults += "\n  " + each;
  } else {
    for (const ca::PlanFault& each : ca::plan_faults(*plan)) {
      faults += "\n  " + (each.ca.empty() ? "" : "ca." + each.ca + ": ") + each.sentence + " (" +
                each.rule + ", " + each.source + ")";
    }
  }
  if (!faults.empty()) throw UsageError(file.string() + " cannot be carried out:" + faults);
  return *std::move(plan);
}

using Passphrases = std::map<std::string, ca::SecretText>;  // by the name of the CA

/// Read before any key is made.
Passphrases passphrases_of(const ca::CeremonyPlan& plan) {
  Passphrases all;
  for (const ca::PlannedCa& each : plan.cas) {
    if (each.passphrase_file.empty()) continue;
    all.emplace(each.name, read_new_passphrase(each.passphrase_file, "ca." + each.name));
  }
  return all;
}

/// The certificates of a CA and of those above it, without the root unless it is the root.
std::string chain_of(const ca::CeremonyPlan& plan,
                     const std::vector<ca::MadeCa>& made,
                     std::size_t which) {
  std::string text = ca::pem("CERTIFICATE", made[which].der);
  std::string above = plan.cas[which].issuer;
  while (!above.empty()) {
    const auto issuer = std::ranges::find(plan.cas, above, &ca::PlannedCa::name);
    if (issuer->issuer.empty()) break;
    text += ca::pem("CERTIFICATE", made[static_cast<std::size_t>(issuer - plan.cas.begin())].der);
    above = issuer->issuer;
  }
  return text;
}

std::vector<CeremonyFile> files_of(const ca::CeremonyPlan& plan,
                                   const std::string& plan_text,
                                   const std::vector<ca::MadeCa>& made,
                                   const Passphrases& passphrases) {
  std::vector<CeremonyFile> files = {{kPlanCopyName, plan_text}};
  for (std::size_t i = 0; i < made.size(); ++i) {
    const ca::PlannedCa& planned = plan.cas[i];
    files.push_back({planned.name + ".pem", chain_of(plan, made, i)});
    // Encrypted, or only where the key is: neither is a secret to be wiped.
    files.push_back(
        {planned.name + ".key",
         planned.pkcs11.empty()
             ? ca::encrypted_private_key_pem(*made[i].signer, passphrases.at(planned.name).text())
             : planned.pkcs11 + "\n"});
  }
  return files;
}

}  // namespace

ExitCode hold_ceremony(const CeremonyOptions& options, std::ostream& out) {
  ca::require_safe_openssl();
  const std::string text = text_of_plan(options.plan);
  const ca::CeremonyPlan plan = plan_or_throw(options.plan, text);
  const Passphrases passphrases = passphrases_of(plan);
  const bool is_held = options.kind == ca::Ceremony::held;
  if (is_held) NewFolder::require_free(options.folder);
  // A signal would leave keys in devices whose certificates nobody has.
  std::optional<SignalsHeldBack> held_back;
  if (is_held) held_back.emplace();
  ca::SystemRandom random;
  const ca::Time now = SystemClock().seconds();
  std::vector<ca::MadeCa> made = ca::hold_ceremony(plan, options.kind, random, now);
  const std::vector<CeremonyFile> files = files_of(plan, text, made, passphrases);
  const std::string transcript = transcript_of({plan, made, files, options.kind, now});
  if (!is_held) {
    out << transcript << "Rehearsed: nothing was kept." << std::endl;
    return ExitCode::ok;
  }
  NewFolder folder(options.folder);
  for (const CeremonyFile& each : files) {
    folder.write(each.name, each.text,
                 each.name.ends_with(".key") ? Access::owner_only : Access::everyone_may_read);
  }
  folder.write(kTranscriptName, transcript, Access::everyone_may_read);
  folder.publish([&made] {
    for (ca::MadeCa& each : made) {
      if (each.device_key) each.device_key->keep();
    }
  });
  out << transcript << "Held: everything is in " << options.folder.string() << "." << std::endl;
  return ExitCode::ok;
}

ExitCode check_ceremony(const fs::path& transcript, std::ostream& out) {
  const TranscriptCheck check = check_transcript(transcript);
  for (const std::string& each : check.facts) out << "holds: " << each << "\n";
  for (const std::string& each : check.absent) out << "absent: " << each << "\n";
  for (const std::string& each : check.faults) out << "FAULT: " << each << "\n";
  out.flush();
  return check.faults.empty() ? ExitCode::ok : ExitCode::failed;
}

ExitCode split_key(const SplitOptions& options, std::ostream& out) {
  const ca::SecretText secret = ca::read_private_file(options.file, "file");
  if (options.needed < 2 || options.needed > options.shares || options.shares > ca::kMostShares) {
    throw UsageError("2 <= --needed <= --shares <= 255 does not hold");
  }
  if (secret.text().empty()) throw UsageError(options.file.string() + " is empty");
  ca::SystemRandom random;
  NewFolder folder(options.folder);
  for (const ca::KeyShare& share :
       ca::split_secret(secret, options.needed, options.shares, random)) {
    const ca::SecretText text(ca::share_text(share));
    folder.write("share-" + std::to_string(share.number) + ".txt", text.text(), Access::owner_only);
  }
  folder.publish();
  out << options.shares << " shares are in " << options.folder.string() << "; any "
      << options.needed << " of them give " << options.file.string()
      << " back. Hand them out, then remove the folder." << std::endl;
  return ExitCode::ok;
}

ExitCode join_key(const JoinOptions& options, std::ostream& out) {
  std::vector<ca::KeyShare> shares;
  for (const fs::path& file : options.shares) {
    const ca::SecretText text = ca::read_private_file(file, "share", ca::kLargestShare);
    auto share = ca::parse_share(text.text());
    if (!share) throw std::runtime_error(file.string() + " " + share.error());
    shares.push_back(*std::move(share));
  }
  const auto secret = ca::join_shares(shares);
  if (!secret) throw std::runtime_error("The shares cannot be joined: " + secret.error());
  write_private_file(options.file, secret->text());
  out << "Joined: " << options.file.string() << std::endl;
  return ExitCode::ok;
}

}  // namespace server

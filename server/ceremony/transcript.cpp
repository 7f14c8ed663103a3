#include "server/ceremony/transcript.h"

#include <algorithm>
#include <map>
#include <optional>
#include <stdexcept>

#include "ca/certificate.h"
#include "ca/crypto/encoding.h"
#include "ca/crypto/hash.h"
#include "server/ca_files.h"
#include "server/ceremony/plan_file.h"
#include "server/version.h"
#include "server/whole_file.h"

namespace server {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kTitle = "Chancery ceremony transcript, version 1\n";
constexpr std::string_view kDigest = "transcript-sha256";
constexpr std::string_view kHeld = "held";
constexpr std::string_view kRehearsed = "rehearsed: no key and no certificate of it was kept";

std::string line(std::string_view key, std::string_view value) {
  return std::string(key) + ": " + std::string(value) + "\n";
}

std::string listed(const std::vector<std::string>& values) {
  std::string text;
  for (const std::string& each : values) text += (text.empty() ? "" : ", ") + each;
  return text.empty() ? "none" : text;
}

std::string key_place(const ca::PlannedCa& planned) {
  if (planned.pkcs11.empty()) return "encrypted file " + planned.name + ".key";
  return "device " + planned.pkcs11;
}

std::string lines_of(const ca::PlannedCa& planned, const std::string& der) {
  const ca::CertificateView view = ca::view_certificate(der).value();
  std::string text = "\n";
  text += line("ca", planned.name);
  text += line("issuer", planned.issuer.empty() ? "itself" : planned.issuer);
  text += line("subject", "C=" + planned.country + ", O=" + planned.organization +
                              ", CN=" + planned.common_name);
  text += line("algorithm", planned.algorithm);
  text += line("path-length",
               planned.path_length ? std::to_string(*planned.path_length) : std::string("any"));
  text += line("policies", listed(planned.policies));
  text += line("permitted-dns", listed(planned.permitted_dns));
  text += line("excluded-dns", listed(planned.excluded_dns));
  text += line("key-place", key_place(planned));
  text += line("serial", ca::hex(view.serial));
  text += line("not-before", ca::rfc3339(view.not_before));
  text += line("not-after", ca::rfc3339(view.not_after));
  text += line("key-sha256", ca::hex(ca::sha256(view.spki)));
  text += line("certificate-sha256", ca::hex(ca::sha256(der)));
  return text;
}

/// Whatever a ceremony leaves: plan, certificates, key files, transcript.
std::string read_file(const fs::path& file) {
  constexpr std::size_t kLongestFile = std::size_t{4} << 20;
  return whole_file_or_throw(file, kLongestFile);
}

/// The claims of one CA, in their order of appearance.
struct ClaimedCa {
  std::map<std::string, std::string> lines;
  [[nodiscard]] std::string at(const std::string& key) const {
    const auto found = lines.find(key);
    return found == lines.end() ? std::string() : found->second;
  }
};

using Lines = std::vector<std::pair<std::string, std::string>>;

struct Claims {
  Lines heading;  // before the first CA
  Lines files;    // name, SHA-256
  std::vector<ClaimedCa> cas;
};

/// A name of a file beside the transcript and nowhere else.
bool is_plain(std::string_view name) {
  return !name.empty() && name.find('/') == std::string_view::npos && !name.starts_with('.');
}

std::optional<Claims> read_claims(std::string_view text) {
  if (!text.starts_with(kTitle)) return std::nullopt;
  text.remove_prefix(kTitle.size());
  Claims claims;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    if (end == std::string_view::npos) return std::nullopt;
    const std::string_view each = text.substr(0, end);
    text.remove_prefix(end + 1);
    if (each.empty()) continue;
    const std::size_t colon = each.find(": ");
    if (colon == std::string_view::npos) return std::nullopt;
    const std::string key(each.substr(0, colon));
    const std::string value(each.substr(colon + 2));
    if (key == "file") {
      const std::size_t blank = value.rfind(' ');
      if (blank == std::string::npos || !is_plain(value.substr(0, blank))) return std::nullopt;
      claims.files.emplace_back(value.substr(0, blank), value.substr(blank + 1));
    } else if (key != kDigest) {
      if (key == "ca") claims.cas.emplace_back();
      if (claims.cas.empty()) {
        claims.heading.emplace_back(key, value);
      } else if (!claims.cas.back().lines.emplace(key, value).second) {
        return std::nullopt;  // nobody could say which of the two counts
      }
    }
  }
  return claims;
}

bool has_its_digest(std::string_view text) {
  const std::string mark = "\n" + std::string(kDigest) + ": ";
  const std::size_t at = text.rfind(mark);
  if (at == std::string_view::npos) return false;
  return text.substr(at + mark.size()) == ca::hex(ca::sha256(text.substr(0, at + 1))) + "\n";
}

class Checking {
 public:
  Checking(fs::path folder, TranscriptCheck& check) : folder_(std::move(folder)), check_(check) {
    if (is_there(kPlanCopyName)) plan_ = parse_plan(read_file(folder_ / kPlanCopyName));
  }

  /// What is not about one CA or one file, and whether all of these are there.
  void whole(const Claims& claims) {
    if (!plan_) {
      check_.faults.emplace_back("there is no plan beside it that can be read");
      return;
    }
    tell(claims.heading == expected_heading(claims.heading), "the heading",
         "has the title and the participants of the plan",
         "is not that of a ceremony of the plan: title, participants, kind, software and time");
    std::vector<std::string> cas;
    std::vector<std::string> files = {kPlanCopyName};
    for (const ca::PlannedCa& each : plan_->cas) {
      cas.push_back(each.name);
      files.insert(files.end(), {each.name + ".pem", each.name + ".key"});
    }
    std::vector<std::string> claimed;
    for (const ClaimedCa& each : claims.cas) claimed.push_back(each.at("ca"));
    tell(claimed == cas, "the list of CAs", "is that of the plan", "is not that of the plan");
    claimed.clear();
    for (const auto& [name, digest] : claims.files) claimed.push_back(name);
    tell(claimed == files, "the list of files", "has all that the plan makes",
         "is not the list of what the plan makes");
  }

  void file(const std::string& name, const std::string& digest) {
    if (!is_there(name)) return check_.absent.push_back(name);
    tell(ca::hex(ca::sha256(read_file(folder_ / name))) == digest, name,
         "is the file of the ceremony", "is not the file of the ceremony: its SHA-256 differs");
  }

  void certificate(const ClaimedCa& claimed, const std::vector<ClaimedCa>& all) {
    const std::string name = claimed.at("ca");
    if (!is_plain(name)) {
      check_.faults.emplace_back("a CA has no valid name");
      return;
    }
    const fs::path pem = folder_ / (name + ".pem");
    if (!is_there(name + ".pem")) return;  // told as a file
    try {
      const std::vector<std::string> chain = read_certificates(pem);
      const auto view = ca::view_certificate(chain.front());
      if (!view) throw std::runtime_error(view.error().detail());
      const std::string above = issuer_of(claimed, chain.front());
      // The chain is proved below; it has to go through that certificate.
      const bool is_above = chain.size() < 2 || chain[1] == above;
      tell(is_above && agrees(claimed, chain.front(), above), name,
           "agrees with its certificate and the plan",
           "has a certificate that says something else than transcript and plan");
      tell(time_ == view->not_before + ca::kCeremonyBackdate, name, "was made at that time",
           "was not made at the time of the ceremony, or in a rehearsal");
      prove_chain(claimed, all, chain, view->not_before);
    } catch (const std::exception& error) {
      check_.faults.push_back(name + ": " + error.what());
    }
  }

 private:
  /// The heading that the plan gives, with what only the ceremony knows as it was found: the
  /// software, of which nothing else tells, and the time, which has to be that of the certificates.
  /// Rehearsals leave nothing that could be checked.
  Lines expected_heading(const Lines& found) {
    const auto at = [&](std::string_view key) {
      const auto each = std::ranges::find(found, key, &Lines::value_type::first);
      return each == found.end() ? std::string() : each->second;
    };
    if (at("kind") == kHeld) time_ = ca::parse_rfc3339(at("time"));
    Lines expected = {{"title", plan_->title},
                      {"kind", std::string(time_ ? kHeld : kRehearsed)},
                      {"software", at("software")},
                      {"time", at("time")}};
    for (const std::string& each : plan_->participants) expected.emplace_back("participant", each);
    return expected;
  }

  /// A name that no file can have is one of no file.
  [[nodiscard]] bool is_there(const std::string& name) const {
    std::error_code fault;
    return fs::exists(folder_ / name, fault);
  }

  void tell(bool succeeded, const std::string& what, const char* good, const char* bad) {
    (succeeded ? check_.facts : check_.faults).push_back(what + " " + (succeeded ? good : bad));
  }

  /// The certificate above `der`, which is `der` itself for a root.
  std::string issuer_of(const ClaimedCa& claimed, const std::string& der) const {
    const std::string name = claimed.at("issuer");
    if (name == "itself") return der;
    if (!is_plain(name)) throw std::runtime_error("its issuer has no valid name");
    return read_certificates(folder_ / (name + ".pem")).front();
  }

  /// Every line is what the plan and the certificate give, and the certificate is the planned one.
  bool agrees(const ClaimedCa& claimed, const std::string& der, const std::string& above) const {
    if (!plan_) throw std::runtime_error("there is no plan beside it that can be read");
    const auto planned = std::ranges::find(plan_->cas, claimed.at("ca"), &ca::PlannedCa::name);
    if (planned == plan_->cas.end()) return false;
    const auto expected = read_claims(std::string(kTitle) + lines_of(*planned, der));
    return expected->cas.front().lines == claimed.lines && ca::is_as_planned(*planned, der, above);
  }

  /// Up to the root that the transcript names.
  void prove_chain(const ClaimedCa& claimed,
                   const std::vector<ClaimedCa>& all,
                   std::vector<std::string> chain,
                   ca::Time when) {
    const ClaimedCa* root = &claimed;
    for (std::size_t step = 0; root->at("issuer") != "itself"; ++step) {
      const auto above = std::ranges::find_if(
          all, [&](const ClaimedCa& each) { return each.at("ca") == root->at("issuer"); });
      if (above == all.end() || step > all.size()) {
        throw std::runtime_error("the transcript names no root above it");
      }
      root = &*above;
    }
    if (root == &claimed) chain.clear();
    require_chain(chain, read_root(folder_ / (root->at("ca") + ".pem")), when);
    check_.facts.push_back(claimed.at("ca") + " is signed by " + claimed.at("issuer"));
  }

  fs::path folder_;
  TranscriptCheck& check_;
  std::optional<ca::Time> time_;  // of the ceremony
  std::expected<ca::CeremonyPlan, std::vector<std::string>> plan_ =
      std::unexpected(std::vector<std::string>());
};

}  // namespace

std::string transcript_of(const CeremonyReport& report) {
  std::string text(kTitle);
  text += line("title", report.plan.title);
  text += line("kind", report.kind == ca::Ceremony::held ? kHeld : kRehearsed);
  text +=
      line("software", "chancery " + std::string(version()) + ", " + ca::cryptographic_library());
  text += line("time", ca::rfc3339(report.now));
  for (const std::string& each : report.plan.participants) text += line("participant", each);
  for (std::size_t i = 0; i < report.plan.cas.size(); ++i) {
    text += lines_of(report.plan.cas[i], report.made[i].der);
  }
  text += "\n";
  for (const CeremonyFile& each : report.files) {
    text += line("file", each.name + " " + ca::hex(ca::sha256(each.text)));
  }
  return text + line(kDigest, ca::hex(ca::sha256(text)));
}

TranscriptCheck check_transcript(const fs::path& file) {
  const std::string text = read_file(file);
  TranscriptCheck check;
  const auto claims = read_claims(text);
  if (!claims) {
    check.faults.emplace_back("it is no transcript of a ceremony");
    return check;
  }
  if (!has_its_digest(text)) {
    check.faults.emplace_back("the transcript was changed: its SHA-256 does not fit");
    return check;
  }
  check.facts.emplace_back("the transcript is whole");
  Checking checking(file.parent_path(), check);
  checking.whole(*claims);
  for (const auto& [name, digest] : claims->files) checking.file(name, digest);
  for (const ClaimedCa& each : claims->cas) checking.certificate(each, claims->cas);
  return check;
}

}  // namespace server

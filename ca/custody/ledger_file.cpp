#include "ca/custody/ledger_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <stdexcept>
#include <system_error>
#include <utility>

#include "ca/crypto/encoding.h"
#include "ca/crypto/hash.h"
#include "ca/custody/signer_ledger_line.h"
#include "storage/store_folder.h"

namespace ca {
namespace {

constexpr std::uint64_t kTail = std::uint64_t{64} << 10;
constexpr std::string_view kHead =
    "# What issuing keys signed, written by the signer: docs/verify.md\n";

std::string reason_of(int error) {
  return std::generic_category().message(error);
}

bool write_all(int descriptor, std::string_view octets) {
  while (!octets.empty()) {
    const ssize_t written = ::write(descriptor, octets.data(), octets.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    octets.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

/// Where in `tail` the end of the machine left half of a write: a line without an end, or one with
/// the zeros of a page that was never written.
std::size_t torn_from(std::string_view tail) {
  const auto line_of = [&](std::size_t at) {
    const std::size_t end = at == 0 ? tail.npos : tail.rfind('\n', at - 1);
    return end == tail.npos ? 0 : end + 1;
  };
  const std::size_t zero = tail.find('\0');
  return line_of(zero == tail.npos ? tail.size() : zero);
}

bool is_line(std::string_view line) {
  return line.empty() || line.front() == '#' || parse_begin_line(line) ||
         SignerLedgerLine::parse(line);
}

}  // namespace

LedgerFile::LedgerFile(std::filesystem::path file, Time now) : file_(std::move(file)) {
  try {
    take_over();
    mend(now);
  } catch (...) {
    if (descriptor_ >= 0) ::close(descriptor_);
    throw;
  }
}

LedgerFile::~LedgerFile() {
  ::close(descriptor_);
}

void LedgerFile::fail(const std::string& what) const {
  throw std::runtime_error("The signer's ledger " + file_.string() + " " + what);
}

void LedgerFile::take_over() {
  constexpr mode_t kOwnerOnly = 0600;
  constexpr mode_t kOthers = 0077;
  descriptor_ =
      ::open(file_.c_str(), O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, kOwnerOnly);
  if (descriptor_ < 0) fail("cannot be opened: " + reason_of(errno));
  struct stat found{};
  if (::fstat(descriptor_, &found) != 0) fail("cannot be looked at: " + reason_of(errno));
  if (!S_ISREG(found.st_mode)) fail("is not a file");
  if ((found.st_mode & kOthers) != 0) fail("is open to others; its mode must be 0600");
  if (::flock(descriptor_, LOCK_EX | LOCK_NB) != 0) fail("is in use by another process");
  durable_ = static_cast<std::uint64_t>(found.st_size);
  const std::uint64_t from = durable_ - std::min(durable_, kTail);
  tail_.resize(durable_ - from);
  const ssize_t got = ::pread(descriptor_, tail_.data(), tail_.size(), static_cast<off_t>(from));
  if (got != static_cast<ssize_t>(tail_.size())) fail("cannot be read");
  if (from == 0) return;
  // It may begin in the middle of a line.
  const std::size_t first_end = tail_.find('\n');
  if (first_end == tail_.npos) fail("ends in what no signer wrote; look at it, and put it away");
  tail_.erase(0, first_end + 1);
}

/// Lines behind zeros are no half of a write: the disk has lost something that was durable.
void LedgerFile::require_nothing_whole(std::string_view torn) const {
  for (std::size_t end = torn.find('\n'); end != torn.npos; end = torn.find('\n')) {
    const std::string_view line = torn.substr(0, end);
    torn.remove_prefix(end + 1);
    if (!line.empty() && line.front() != '\0' && is_line(line)) {
      fail("has whole lines behind octets that were lost; look at it, and put it away");
    }
  }
}

void LedgerFile::mend(Time now) {
  const std::string tail = std::exchange(tail_, {});
  const std::size_t whole = torn_from(tail);
  bool has_begun = durable_ > kTail;
  for (std::string_view rest = std::string_view(tail).substr(0, whole); !rest.empty();) {
    const std::size_t end = rest.find('\n');
    const std::string_view line = rest.substr(0, end);
    if (!is_line(line)) {
      fail("has a line near its end that no signer wrote; look at it, and put the file away");
    }
    has_begun |= !line.empty() && line.front() != '#';
    rest.remove_prefix(end + 1);
  }
  std::string news;
  if (const std::string torn = tail.substr(whole); !torn.empty()) {
    require_nothing_whole(torn);
    durable_ -= torn.size();
    has_more_behind_ = true;
    news = "# " + rfc3339(now) + " cut off: " + std::to_string(torn.size()) +
           " octets of lines that were never whole, SHA-256 " + hex(sha256(torn)) + "\n";
  }
  if (!has_begun) news += (durable_ == 0 ? std::string(kHead) : "") + begin_line(now) + "\n";
  // Also without news: whoever cannot write is to know at once.
  const auto why = news.empty() ? try_again(now) : append(news);
  if (why) fail("cannot be written: " + *why);
  storage::sync_folder(file_.has_parent_path() ? file_.parent_path() : ".");
}

std::optional<std::string> LedgerFile::try_again(Time now) {
  return append("# " + rfc3339(now) + " can be written\n");
}

std::optional<std::string> LedgerFile::append(std::string_view lines) {
  const auto failure = [](const char* what) { return what + (": " + reason_of(errno)); };
  if (has_more_behind_) {
    struct stat found{};
    if (::fstat(descriptor_, &found) != 0) return failure("it cannot be looked at");
    // What can only grow (chattr +a) need not shrink if nothing was written.
    const bool has_any = static_cast<std::uint64_t>(found.st_size) != durable_;
    if (has_any && ::ftruncate(descriptor_, static_cast<off_t>(durable_)) != 0) {
      return failure("what is behind its last line cannot be taken away");
    }
  }
  has_more_behind_ = true;
  if (!write_all(descriptor_, lines)) return failure("write");
  if (::fdatasync(descriptor_) != 0) return failure("fdatasync");
  has_more_behind_ = false;
  durable_ += lines.size();
  return std::nullopt;
}

}  // namespace ca

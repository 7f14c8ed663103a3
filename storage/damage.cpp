#include "storage/damage.h"

#include <fcntl.h>
#include <lmdb.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <charconv>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <string_view>

// Everything that a handler of a signal calls here is on the list of signal-safety(7): open, read,
// write, close, _exit, and functions over memory of its own.

namespace storage {
namespace {

constexpr int kFailed = 1;
constexpr std::string_view kAdvice =
    "\nPut a backup of the store in its place; if there is none, keep the file as it is.\n";

std::atomic<bool> any_address_is_suspect = false;
std::atomic<struct sigaction*> former_bus = nullptr;
std::atomic<struct sigaction*> former_fault = nullptr;

void say(std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(STDERR_FILENO, text.data(), text.size());
    if (written <= 0) return;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
}

/// The lines of /proc/self/maps, without a byte of the heap.
class Mappings {
 public:
  Mappings() : descriptor_(::open("/proc/self/maps", O_RDONLY | O_CLOEXEC)) {}
  ~Mappings() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  Mappings(const Mappings&) = delete;
  Mappings& operator=(const Mappings&) = delete;

  /// The next line without its end; nothing after the last. A line that is too long is cut.
  std::optional<std::string_view> next() {
    std::size_t length = 0;
    char each = 0;
    while (::read(descriptor_, &each, 1) == 1) {
      if (each == '\n') return std::string_view(line_.data(), length);
      if (length < line_.size()) line_.at(length++) = each;
    }
    return std::nullopt;
  }

 private:
  int descriptor_;
  std::array<char, 4096 + 128> line_{};  // a path and what precedes it (proc(5))
};

/// `7f12a000-7f12c000 r--s 00000000 fe:00 4711   /srv/ca/store/data.mdb`
bool covers(std::string_view line, std::uintptr_t address) {
  constexpr int kHex = 16;
  std::uintptr_t begin = 0;
  std::uintptr_t end = 0;
  const char* last = line.data() + line.size();
  const auto first = std::from_chars(line.data(), last, begin, kHex);
  if (first.ec != std::errc() || first.ptr == last || *first.ptr != '-') return false;
  const auto second = std::from_chars(first.ptr + 1, last, end, kHex);
  return second.ec == std::errc() && begin <= address && address < end;
}

/// The file of a store that is mapped at `address`; empty if none is.
std::string_view store_at(Mappings& mappings, std::uintptr_t address) {
  while (const std::optional<std::string_view> line = mappings.next()) {
    if (!covers(*line, address)) continue;
    const std::size_t path = line->find('/');
    if (path == std::string_view::npos) return {};
    const std::string_view file = line->substr(path);
    return file.ends_with("/data.mdb") || file.ends_with("/lock.mdb") ? file : std::string_view();
  }
  return {};
}

/// SIGBUS is a page that cannot be had. SIGSEGV there would be a write, and a fault of ours.
void explain_missing_page(const void* address) {
  Mappings mappings;
  const std::string_view file = store_at(mappings, reinterpret_cast<std::uintptr_t>(address));
  if (file.empty()) return;
  say("chancery: a page of ");
  say(file);
  if (file.ends_with("/lock.mdb")) {
    say(" cannot be had: its disk fails or is full. The store itself is as it was.\n");
  } else {
    say(" cannot be read: the file was cut short or damaged, or its disk fails or is full.");
    say(kAdvice);
  }
  ::_exit(kFailed);
}

void on_fault(int signal, siginfo_t* what, void* context) {
  const struct sigaction* former = (signal == SIGBUS ? former_bus : former_fault).load();
  if (what->si_code <= 0) {  // somebody sent it
    ::sigaction(signal, former, nullptr);
    ::raise(signal);
    return;
  }
  if (signal == SIGBUS) explain_missing_page(what->si_addr);
  if (any_address_is_suspect) {
    say("chancery: a page of the store leads nowhere: its file is damaged.");
    say(kAdvice);
    ::_exit(kFailed);
  }
  if ((former->sa_flags & SA_SIGINFO) != 0) return former->sa_sigaction(signal, what, context);
  // What failed is tried again when this returns, and then does what it would have done.
  ::sigaction(signal, former, nullptr);
}

void take_over(int signal, std::atomic<struct sigaction*>& former, struct sigaction& kept) {
  struct sigaction action{};
  action.sa_sigaction = on_fault;
  action.sa_flags = SA_SIGINFO | SA_ONSTACK;
  sigemptyset(&action.sa_mask);
  ::sigaction(signal, nullptr, &kept);
  former = &kept;
  ::sigaction(signal, &action, nullptr);
}

void on_failed_assertion(MDB_env* environment, const char* message) {
  const char* folder = nullptr;
  if (mdb_env_get_path(environment, &folder) != 0 || folder == nullptr) folder = "the store";
  say("chancery: ");
  say(folder);
  say("/data.mdb is damaged: a page is not what it must be (");
  say(message);
  say(").");
  say(kAdvice);
  ::_exit(kFailed);
}

}  // namespace

void explain_unreadable_pages() {
  static struct sigaction bus;
  static struct sigaction fault;
  if (former_bus.load() != nullptr) return;
  take_over(SIGBUS, former_bus, bus);
  take_over(SIGSEGV, former_fault, fault);
}

ReadingADoubtfulStore::ReadingADoubtfulStore() {
  any_address_is_suspect = true;
}

ReadingADoubtfulStore::~ReadingADoubtfulStore() {
  any_address_is_suspect = false;
}

void explain_failed_assertions(MDB_env* environment) {
  mdb_env_set_assert(environment, on_failed_assertion);
}

}  // namespace storage

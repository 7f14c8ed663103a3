#include "ca/custody/private_file.h"

#include <fcntl.h>
#include <openssl/crypto.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <stdexcept>
#include <system_error>
#include <utility>

namespace ca {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kLongestSecret = 1024;
constexpr mode_t kOwner = 0600;
constexpr mode_t kOwnerAndGroupReads = 0640;

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  [[nodiscard]] int get() const { return fd_; }

 private:
  int fd_;
};

[[noreturn]] void refuse(std::string_view what, const fs::path& file, const std::string& why) {
  throw std::runtime_error("The " + std::string(what) + " " + file.string() + " " + why);
}

/// The mode is read from the open descriptor: a check by path could see another file than the read.
SecretText read(const fs::path& file,
                std::string_view what,
                mode_t allowed,
                std::size_t largest = kLargestPrivateFile) {
  const Descriptor descriptor(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  struct stat status{};
  if (descriptor.get() < 0 || ::fstat(descriptor.get(), &status) != 0) {
    refuse(what, file, "cannot be read: " + std::generic_category().message(errno));
  }
  if (!S_ISREG(status.st_mode)) refuse(what, file, "is not a regular file");
  if ((status.st_mode & 07777U & ~allowed) != 0) {
    refuse(what, file, "must not be open to others; run: chmod 600 " + file.string());
  }
  if (static_cast<std::size_t>(status.st_size) > largest)
    refuse(what, file, "is larger than it can be");
  std::string text(static_cast<std::size_t>(status.st_size), '\0');
  for (std::size_t at = 0; at < text.size();) {
    const ssize_t count = ::read(descriptor.get(), text.data() + at, text.size() - at);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) {
      OPENSSL_cleanse(text.data(), text.size());
      refuse(what, file, "could not be read to its end");
    }
    at += static_cast<std::size_t>(count);
  }
  return SecretText(std::move(text));
}

/// Where a secret is, and who may read it there.
struct Place {
  fs::path file;
  mode_t allowed = kOwner;
};

Place place_of(std::string_view source, std::string_view what) {
  constexpr std::string_view kFile = "file:";
  constexpr std::string_view kCredential = "credential:";
  if (source.starts_with(kFile)) return {.file = source.substr(kFile.size())};
  if (!source.starts_with(kCredential)) return {.file = source};
  const std::string name(source.substr(kCredential.size()));
  // Read once at the start, before there are threads.
  const char* const folder = std::getenv("CREDENTIALS_DIRECTORY");  // NOLINT(concurrency-mt-unsafe)
  if (folder == nullptr || *folder == '\0') {
    throw std::runtime_error("The " + std::string(what) + " is the credential \"" + name +
                             "\", but this process was started without credentials "
                             "($CREDENTIALS_DIRECTORY is not set)");
  }
  if (name.empty() || name.starts_with('.') || name.contains('/')) {
    throw std::runtime_error("The " + std::string(what) + " has no valid name of a credential: \"" +
                             name + "\"");
  }
  return {.file = fs::path(folder) / name, .allowed = kOwnerAndGroupReads};
}

}  // namespace

SecretText::SecretText(std::string&& text) : text_(text) {
  OPENSSL_cleanse(text.data(), text.size());
}

SecretText::~SecretText() {
  // A short string that was moved from still holds its octets, and says that it is empty.
  text_.resize(text_.capacity());
  OPENSSL_cleanse(text_.data(), text_.size());
}

SecretText::SecretText(SecretText&& other) noexcept {
  text_.swap(other.text_);
}

SecretText& SecretText::operator=(SecretText&& other) noexcept {
  text_.swap(other.text_);
  return *this;
}

SecretText read_private_file(const fs::path& file, std::string_view what, std::size_t largest) {
  return read(file, what, kOwner, largest);
}

SecretText read_secret(std::string_view source, std::string_view what) {
  const Place place = place_of(source, what);
  const SecretText whole = read(place.file, what, place.allowed);
  std::string_view line = whole.text();
  if (line.ends_with('\n')) line.remove_suffix(1);
  const auto is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; };
  if (line.empty() || line.size() > kLongestSecret || std::ranges::any_of(line, is_control)) {
    refuse(what, place.file, "must hold one line of 1 to 1024 octets and nothing else");
  }
  return SecretText(std::string(line));
}

}  // namespace ca

// Files that nobody else may read, and what is in them while it is in memory.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace ca {

/// Overwrites what it holds before the memory goes back.
class SecretText {
 public:
  SecretText() = default;
  /// Overwrites `text` where it was: a short string is not moved, but copied.
  explicit SecretText(std::string&& text);
  ~SecretText();
  SecretText(const SecretText&) = delete;
  SecretText& operator=(const SecretText&) = delete;
  SecretText(SecretText&& other) noexcept;
  SecretText& operator=(SecretText&& other) noexcept;
  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  std::string text_;
};

inline constexpr std::size_t kLargestPrivateFile = 64UL * 1024;
/// A share of such a file, in base64 with what stands around it.
inline constexpr std::size_t kLargestShare = 2 * kLargestPrivateFile;

/// The content of `file`, at most `largest` octets. `what` names it in the sentence of the
/// std::runtime_error that is thrown when it cannot be read, is no regular file, or is open to
/// others (mode 0600 or stricter).
SecretText read_private_file(const std::filesystem::path& file,
                             std::string_view what,
                             std::size_t largest = kLargestPrivateFile);

/// A passphrase or a PIN: the one line of a private file. `source` is a path, "file:" and a path,
/// or "credential:NAME", which is a file of that name in $CREDENTIALS_DIRECTORY, where the service
/// supervisor leaves it (there the group may read it too: the folder is closed to others). Throws
/// std::runtime_error with one sentence; an empty line, a second line, control characters and more
/// than 1024 octets are refused.
SecretText read_secret(std::string_view source, std::string_view what);

}  // namespace ca

#include "server/whole_file.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <stdexcept>
#include <system_error>

namespace server {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kPiece = 16UL * 1024;
constexpr std::size_t kMebibyte = std::size_t{1} << 20;

std::string too_long(std::size_t longest) {
  return "it is longer than " + (longest % kMebibyte == 0
                                     ? std::to_string(longest / kMebibyte) + " MiB"
                                     : std::to_string(longest) + " octets");
}

}  // namespace

std::optional<std::string> why_unreadable(const fs::path& file) {
  std::error_code ignored;
  const fs::file_status status = fs::status(file, ignored);
  if (fs::is_directory(status)) return "it is a folder";
  if (fs::exists(status) && !fs::is_regular_file(status)) return "it is not a regular file";
  errno = 0;
  if (!std::ifstream(file, std::ios::binary)) return std::strerror(errno);
  return std::nullopt;
}

std::expected<std::string, std::string> read_whole_file(const fs::path& file, std::size_t longest) {
  if (auto why = why_unreadable(file)) return std::unexpected(*std::move(why));
  errno = 0;
  std::ifstream stream(file, std::ios::binary);
  std::string text;
  std::array<char, kPiece> piece{};
  while (stream && text.size() <= longest) {
    const std::size_t wanted = std::min(piece.size(), longest + 1 - text.size());
    stream.read(piece.data(), static_cast<std::streamsize>(wanted));
    text.append(piece.data(), static_cast<std::size_t>(stream.gcount()));
  }
  if (stream.bad()) return std::unexpected(std::strerror(errno));
  if (text.size() > longest) return std::unexpected(too_long(longest));
  return text;
}

std::string whole_file_or_throw(const fs::path& file, std::size_t longest) {
  auto text = read_whole_file(file, longest);
  if (!text) throw std::runtime_error(file.string() + " cannot be read: " + text.error());
  return *std::move(text);
}

}  // namespace server

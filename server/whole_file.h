// Files of the operator's that are read at once: settings, products, certificates.
#pragma once

#include <cstddef>
#include <expected>
#include <filesystem>
#include <optional>
#include <string>

namespace server {

/// Why `file` is not one that can be read, to stand behind "cannot be read: ". Nothing if it is a
/// regular file that opens. Pipes and devices are never opened: they could be waited for for ever.
std::optional<std::string> why_unreadable(const std::filesystem::path& file);

/// The content of `file`, or why there is none, as why_unreadable() says it. Of a file that is
/// longer than `longest` octets no more than one octet beyond them is read.
std::expected<std::string, std::string> read_whole_file(const std::filesystem::path& file,
                                                        std::size_t longest);

/// The same. Throws std::runtime_error "FILE cannot be read: why".
std::string whole_file_or_throw(const std::filesystem::path& file, std::size_t longest);

}  // namespace server

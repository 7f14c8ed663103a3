// The list of Certificate Transparency logs that the server may submit to.
#pragma once

#include <filesystem>
#include <string_view>
#include <vector>

#include "ca/ct/sct.h"
#include "ca/time.h"

namespace server {

/// Logs of a list in Chrome's format, version 3 (operators with `logs` of RFC 6962 and `tiled_logs`
/// of the static-ct API): those whose state is qualified or usable. Throws std::runtime_error with
/// one sentence for what is not such a list, or for a log whose id is not the SHA-256 of its key.
std::vector<ca::ct::Log> parse_ct_logs(std::string_view json);
/// The same from a file, named in the sentence.
std::vector<ca::ct::Log> read_ct_logs(const std::filesystem::path& file);

}  // namespace server

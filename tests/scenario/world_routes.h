// Where the requests of a test arrive, by the template of the path.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace tests {

/// The templates of all resources at which an account signs requests, newAccount aside.
std::vector<std::string_view> paths_of_accounts();
/// Whether `url` of a World is of the resource with this template.
bool is_of(const std::string& url, std::string_view path);

}  // namespace tests

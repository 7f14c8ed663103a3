// Domains under which strangers register names (publicsuffix.org).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace ca {

/// Which part of the Public Suffix List counts.
enum class SuffixDivision : std::uint8_t {
  icann,  // where registries sell names, which BR 3.2.2.6 recommends for wildcards
  all,    // and where anybody else gives names away: "github.io"
};

/// Whether `name`, lower-case A-labels without a last dot, is a public suffix by that part of the
/// list: "com", "co.uk". A single label always is. The list is the newer of the distribution's file
/// and the one built into libpsl. Safe from any thread.
bool is_public_suffix(std::string_view name, SuffixDivision division);

/// Whether the last label of `name` is a top-level domain of the DNS, as far as the list knows: its
/// ICANN division names all that are delegated. Safe from any thread.
bool is_under_top_level_domain(std::string_view name);

/// The public suffix of `name` by the whole list with one more label: what one registrant holds,
/// "example.co.uk" for "a.b.example.co.uk". `name` itself if it is a public suffix. Safe from any
/// thread.
std::string registered_domain(std::string_view name);

}  // namespace ca

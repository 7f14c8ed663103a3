// How an issuer's CRLs are divided, and which divisions certificates still point at.
//
// A scheme of N parts gives every serial one part, whenever it was issued. The URL of a part holds
// N, so a certificate's URL stays right when another N is chosen; a scheme is served until the last
// certificate that may point at it has expired.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ca/time.h"
#include "storage/transaction.h"

namespace ca {

/// The part of `serial` among `parts`: its last four octets, which are random, as a number.
std::uint32_t crl_part(std::string_view serial, std::uint32_t parts);

/// What a CRL is stored and served as: "{issuer}" for the one over everything, "{issuer}/8-3" for
/// part 3 of 8.
std::string crl_name(std::string_view issuer_id, std::uint32_t parts, std::uint32_t part);
/// True for every text that crl_name can make of this issuer.
bool is_crl_name(std::string_view name, std::string_view issuer_id);

/// The URL of a part, from that of the CRL over everything: "….crl" becomes "…/8-3.crl".
std::string crl_part_url(std::string_view full_url, std::uint32_t parts, std::uint32_t part);

/// Which part of how many a URL that crl_part_url made is of; nothing for every other URL.
struct CrlPlace {
  std::uint32_t parts = 0, part = 0;
};
std::optional<CrlPlace> crl_place_of(std::string_view url);

/// A scheme with more than one part that certificates point at.
struct CrlScheme {
  std::uint32_t parts = 1;
  /// URLs of the CRL over everything, of which the parts' URLs were made: more than one if the
  /// server's address changed.
  std::vector<std::string> full_urls;
};

/// Notes that certificates issued from `now` on may point at parts of that URL. To be durable
/// before the first of them is signed, and repeated with every CRL as long as that is so. One part
/// is no scheme and needs no note. True if the scheme or its URL is a new one, so that there is no
/// CRL for it yet.
bool note_crl_scheme(storage::Transaction& transaction,
                     std::string_view issuer_id,
                     std::uint32_t parts,
                     std::string_view full_url,
                     Time now);

/// The schemes that unexpired certificates may point at.
std::vector<CrlScheme> live_crl_schemes(const storage::Snapshot& snapshot,
                                        std::string_view issuer_id,
                                        Time now);

}  // namespace ca

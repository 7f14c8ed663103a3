#include "ca/crypto/weak_keys.h"

#include <algorithm>
#include <iterator>
#include <mutex>
#include <utility>

#include "ca/broken_rule.h"
#include "ca/crypto/encoding.h"
#include "ca/crypto/hash.h"
#include "ca/der/reader.h"

namespace ca {
namespace {

constexpr std::size_t kModulusDigits = 20;
constexpr std::size_t kKeyDigits = 64;
/// What `sha256sum` prints where the command before it printed nothing.
constexpr std::string_view kOfNothing =
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

/// The end, or the beginning, of `octets` that an array has room for.
template <class Digest>
Digest last_of(std::string_view octets) {
  Digest digest{};
  std::ranges::copy(octets.substr(octets.size() - digest.size()), digest.begin());
  return digest;
}
template <class Digest>
Digest first_of(std::string_view octets) {
  Digest digest{};
  std::ranges::copy(octets.substr(0, digest.size()), digest.begin());
  return digest;
}

template <class Digest>
void sort_each_once(std::vector<Digest>& digests) {
  std::ranges::sort(digests);
  digests.erase(std::ranges::unique(digests).begin(), digests.end());
  digests.shrink_to_fit();
}

/// Big-endian octets of the modulus of an RSA key.
std::string_view modulus_of(const PublicKey& key) {
  der::Reader spki(der::only(key.spki(), der::Tag::sequence).value().content);
  spki.next(der::Tag::sequence);
  const std::string_view content =
      der::octets_of_bit_string(spki.next(der::Tag::bit_string).value()).value();
  der::Reader numbers(der::only(content, der::Tag::sequence).value().content);
  return der::unsigned_integer(numbers.next(der::Tag::integer).value()).value();
}

/// What `openssl rsa -noout -modulus` prints.
std::string printed_modulus(const PublicKey& key) {
  std::string digits = hex(modulus_of(key));
  std::ranges::transform(digits, digits.begin(), [](char c) {
    return c >= 'a' && c <= 'f' ? static_cast<char>(c - 'a' + 'A') : c;
  });
  return "Modulus=" + digits + "\n";
}

/// The digits of a line: without the name that `sha256sum` writes behind two blanks, or behind a
/// blank and an asterisk.
std::string_view digits_in(std::string_view line) {
  if (line.size() <= kKeyDigits) return line;
  const std::string_view behind = line.substr(kKeyDigits);
  const bool is_name = behind.starts_with("  ") || behind.starts_with(" *");
  return is_name ? line.substr(0, kKeyDigits) : line;
}

struct Lists {
  std::mutex guard;
  std::shared_ptr<const WeakKeys> now;
};

/// Never freed, like what is fetched from OpenSSL.
Lists& lists_of_process() {
  static auto& lists = *new Lists;
  return lists;
}

}  // namespace

std::expected<void, std::string> WeakKeys::add(std::string_view name, std::string_view text) {
  const std::size_t before = size();
  std::size_t number = 0;
  for (std::string_view rest = text; !rest.empty();) {
    ++number;
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    std::string_view line = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty() || line.starts_with('#')) continue;
    const std::string_view digits = digits_in(line);
    const auto octets = from_hex(digits);
    if (octets && digits.size() == kModulusDigits) {
      moduli_.push_back(last_of<ModulusDigest>(*octets));
    } else if (digits == kOfNothing) {
      return std::unexpected("line " + std::to_string(number) +
                             " is the SHA-256 of nothing: what made the list could not read a key");
    } else if (octets && digits.size() == kKeyDigits) {
      keys_.push_back(first_of<KeyDigest>(*octets));
    } else {
      return std::unexpected("line " + std::to_string(number) +
                             " is neither 20 hex digits, of the SHA-1 of a modulus, nor 64, of the "
                             "SHA-256 of a key");
    }
    if (size() > kMost) {
      return std::unexpected("with it there are more than " + std::to_string(kMost) + " keys");
    }
  }
  if (size() == before) return std::unexpected("there is no key in it");
  sort_each_once(moduli_);
  sort_each_once(keys_);
  for (const std::string_view each : kKeysWithLists) {
    if (name.find(each) != name.npos) listed_.insert(each);
  }
  return {};
}

bool WeakKeys::has(const PublicKey& key) const {
  if (std::ranges::binary_search(keys_, first_of<KeyDigest>(key.spki_sha256()))) return true;
  return key.kind() == KeyKind::rsa && !moduli_.empty() &&
         std::ranges::binary_search(moduli_, last_of<ModulusDigest>(sha1(printed_modulus(key))));
}

std::vector<std::string_view> WeakKeys::without_list() const {
  std::vector<std::string_view> missing;
  std::ranges::copy_if(kKeysWithLists, std::back_inserter(missing),
                       [&](std::string_view each) { return !listed_.contains(each); });
  return missing;
}

void hold_keys_against(std::shared_ptr<const WeakKeys> lists) {
  Lists& process = lists_of_process();
  const std::scoped_lock lock(process.guard);
  process.now = std::move(lists);
}

Judged<void> judge_against_lists(const PublicKey& key) {
  Lists& process = lists_of_process();
  std::unique_lock lock(process.guard);
  const std::shared_ptr<const WeakKeys> lists = process.now;
  lock.unlock();
  if (!lists || !lists->has(key)) return {};
  return reject(RejectionKind::bad_public_key,
                under(BrokenRule::weak_key_list,
                      "The key is one of those that a broken generator made, and everybody has its "
                      "private key; make another one with other software"));
}

}  // namespace ca

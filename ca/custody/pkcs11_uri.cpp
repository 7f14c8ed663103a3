#include "ca/custody/pkcs11_uri.h"

#include <algorithm>
#include <array>
#include <optional>
#include <set>

#include "ca/crypto/encoding.h"
#include "ca/names/quoted.h"

namespace ca {
namespace {

constexpr std::string_view kScheme = "pkcs11:";
constexpr std::size_t kLongest = 4096;

/// Where an attribute stands: RFC 7512 §2.3 separates those of the path by semicolons, those of the
/// query by ampersands.
enum class Part { path, query };

struct Attribute {
  std::string_view name;
  Part part;
  std::string Pkcs11Uri::* member;
};

constexpr std::array<Attribute, 6> kAttributes = {{
    {"token", Part::path, &Pkcs11Uri::token},
    {"serial", Part::path, &Pkcs11Uri::serial},
    {"object", Part::path, &Pkcs11Uri::object},
    {"id", Part::path, &Pkcs11Uri::id},
    {"module-path", Part::query, &Pkcs11Uri::module_path},
    {"pin-source", Part::query, &Pkcs11Uri::pin_source},
}};

bool is_unreserved(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view("-._~").contains(c);
}

/// Characters a value may hold as they are (RFC 7512 §2.3, pk11-res-avail and what each part adds).
bool stands_for_itself(char c, Part part) {
  const std::string_view more = part == Part::path ? "&" : "/?|";
  return is_unreserved(c) || std::string_view(":[]@!$'()*+,=").contains(c) || more.contains(c);
}

std::optional<std::string> decoded(std::string_view text, Part part) {
  std::string value;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%') {
      const auto octet = from_hex(text.substr(i + 1, 2));
      if (!octet || octet->size() != 1) return std::nullopt;
      value += *octet;
      i += 2;
    } else if (stands_for_itself(text[i], part)) {
      value += text[i];
    } else {
      return std::nullopt;
    }
  }
  return value;
}

std::string encoded(std::string_view value) {
  std::string text;
  for (const char c : value) {
    text += is_unreserved(c) || c == '/' || c == ':' ? std::string(1, c)
                                                     : "%" + hex(std::string_view(&c, 1));
  }
  return text;
}

/// A path part may not hold the slash that encoded() leaves.
std::string encoded_in_path(std::string_view value) {
  std::string text;
  for (const char c : encoded(value)) text += c == '/' ? "%2f" : std::string(1, c);
  return text;
}

class Parsing {
 public:
  /// Takes the attributes of one part; false after a fault.
  bool take(std::string_view text, Part part) {
    const char separator = part == Part::path ? ';' : '&';
    while (!text.empty()) {
      const std::size_t end = std::min(text.find(separator), text.size());
      if (!take_one(text.substr(0, end), part)) return false;
      if (end + 1 == text.size()) return fail("ends in a separator");
      text.remove_prefix(std::min(end + 1, text.size()));
    }
    return true;
  }

  std::expected<Pkcs11Uri, std::string> finish() {
    if (!fault_.empty()) return std::unexpected(fault_);
    if (uri_.token.empty())
      fail("names no token");
    else if (uri_.object.empty() && uri_.id.empty())
      fail("names no key (object or id)");
    else if (!uri_.module_path.starts_with('/'))
      fail("has no absolute module-path");
    else if (uri_.pin_source.empty())
      fail("has no pin-source");
    if (!fault_.empty()) return std::unexpected(fault_);
    return uri_;
  }

  bool fail(const std::string& why) {
    fault_ = "The pkcs11 URI " + why + " (RFC 7512)";
    return false;
  }

 private:
  bool take_one(std::string_view text, Part part) {
    const std::size_t equals = text.find('=');
    if (equals == std::string_view::npos) return fail("has an attribute without a value");
    const std::string_view name = text.substr(0, equals);
    const auto value = decoded(text.substr(equals + 1), part);
    if (!seen_.insert(std::string(name)).second) return fail("repeats " + quoted(name));
    if (!value || value->empty() || value->contains('\0')) {
      // An id is octets, not text.
      if (!value || value->empty() || name != "id")
        return fail("has no valid value for " + quoted(name));
    }
    if (name == "type" && part == Part::path) {
      return *value == "private" || fail("is not of a private key: type is " + quoted(*value));
    }
    if (name == "pin-value")
      return fail("holds a PIN; write it into a file and name that by pin-source");
    const auto* const row = std::ranges::find_if(
        kAttributes, [&](const Attribute& each) { return each.name == name && each.part == part; });
    if (row == kAttributes.end())
      return fail("has an attribute that is not known here: " + quoted(name));
    uri_.*(row->member) = *value;
    return true;
  }

  Pkcs11Uri uri_;
  std::set<std::string> seen_;
  std::string fault_;
};

}  // namespace

std::expected<Pkcs11Uri, std::string> parse_pkcs11_uri(std::string_view text) {
  Parsing parsing;
  if (text.size() > kLongest) {
    parsing.fail("is longer than 4096 octets");
  } else if (!text.starts_with(kScheme)) {
    parsing.fail("does not begin with pkcs11:");
  } else {
    text.remove_prefix(kScheme.size());
    const std::size_t mark = std::min(text.find('?'), text.size());
    const std::string_view query = text.substr(std::min(mark + 1, text.size()));
    if (parsing.take(text.substr(0, mark), Part::path)) parsing.take(query, Part::query);
  }
  return parsing.finish();
}

std::string text_of(const Pkcs11Uri& uri) {
  std::string text(kScheme);
  std::string separator;
  for (const Attribute& each : kAttributes) {
    const std::string& value = uri.*(each.member);
    if (value.empty()) continue;
    const bool begins_query = each.part == Part::query && !text.contains('?');
    text += (begins_query ? "?" : separator) + std::string(each.name) + "=";
    text += each.part == Part::path ? encoded_in_path(value) : encoded(value);
    separator = each.part == Part::path ? ";" : "&";
  }
  return text;
}

}  // namespace ca

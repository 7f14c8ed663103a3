#include "ca/extension_list.h"

#include <algorithm>

#include "ca/der/reader.h"

namespace ca {
namespace {

// Each extension is compared with all before it, so their number has to stay small: a request body
// has room for thousands. Certificates in use have about ten.
constexpr std::size_t kMaxExtensions = 32;

std::optional<Extension> read_extension(der::Reader& list) {
  const auto sequence = list.next(der::Tag::sequence);
  if (!sequence) return std::nullopt;
  der::Reader reader(sequence->content);
  const auto type = reader.next(der::Tag::object_identifier);
  const auto oid = type ? der::object_identifier(*type) : std::nullopt;
  der::Criticality criticality = der::Criticality::non_critical;
  if (reader.peek() == der::Tag::boolean) {
    const auto flag = reader.next(der::Tag::boolean);
    if (!flag || der::boolean(*flag) != true) return std::nullopt;
    criticality = der::Criticality::critical;
  }
  const auto value = reader.next(der::Tag::octet_string);
  if (!oid || !value || !reader.at_end()) return std::nullopt;
  return Extension{*oid, criticality, std::string(value->content)};
}

}  // namespace

std::expected<std::vector<Extension>, std::string> read_extension_list(std::string_view der) {
  const auto sequence = der::only(der, der::Tag::sequence);
  if (!sequence || sequence->content.empty()) {
    return std::unexpected("The extensions are not one DER sequence of at least one extension");
  }
  std::vector<Extension> extensions;
  for (der::Reader reader(sequence->content); !reader.at_end();) {
    if (extensions.size() == kMaxExtensions) {
      return std::unexpected("There are more than " + std::to_string(kMaxExtensions) +
                             " extensions; at most that many are accepted");
    }
    auto extension = read_extension(reader);
    if (!extension) {
      return std::unexpected(
          "Extension " + std::to_string(extensions.size() + 1) +
          " is not an OID, an optional TRUE and an OCTET STRING in DER (RFC 5280 §4.2)");
    }
    if (find_extension(extensions, extension->oid) != nullptr) {
      return std::unexpected("The extension " + extension->oid + " occurs twice; once is expected");
    }
    extensions.push_back(*std::move(extension));
  }
  return extensions;
}

const Extension* find_extension(const std::vector<Extension>& extensions, std::string_view oid) {
  const auto found = std::ranges::find(extensions, oid, &Extension::oid);
  return found == extensions.end() ? nullptr : &*found;
}

std::optional<std::string> authority_key_identifier_in(const Extension& extension) {
  const auto sequence = der::only(extension.value, der::Tag::sequence);
  if (!sequence) return std::nullopt;
  der::Reader reader(sequence->content);
  const auto identifier = reader.next(der::context(0));
  return std::string(identifier ? identifier->content : std::string_view());
}

}  // namespace ca

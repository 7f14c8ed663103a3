#include "acme/wire/json_document.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>
#include <vector>

#include "acme/in_quotes.h"
#include "acme/wire/strict_json.h"

namespace acme {
namespace {

using nlohmann::json;

/// Builds the tree while it watches depth and names. nlohmann's own tree builder silently keeps the
/// last of two members with one name, which lets two readers of one signed text disagree (RFC 8259
/// §4).
class TreeBuilder final : public nlohmann::json_sax<json> {
 public:
  bool null() override { return add(nullptr); }
  bool boolean(bool value) override { return add(value); }
  bool number_integer(number_integer_t value) override { return add(value); }
  bool number_unsigned(number_unsigned_t value) override { return add(value); }
  bool number_float(number_float_t value, const string_t&) override { return add(value); }
  bool string(string_t& value) override { return add(std::move(value)); }
  bool binary(binary_t&) override { return false; }  // not in JSON texts

  bool start_object(std::size_t) override { return open(json::object()); }
  bool start_array(std::size_t) override { return open(json::array()); }
  bool end_object() override { return close(); }
  bool end_array() override { return close(); }

  bool key(string_t& name) override {
    Level& level = levels_.back();
    if (level.container->contains(name)) {
      fault_ = place(levels_.size() - 1) + " has the member " + in_quotes(name) + " twice";
      return false;
    }
    level.name = std::move(name);
    return true;
  }

  bool parse_error(std::size_t position,
                   const std::string&,
                   const nlohmann::detail::exception&) override {
    fault_ = "not a JSON text (RFC 8259): fault at octet " + std::to_string(position) + where();
    return false;
  }

  [[nodiscard]] const std::string& fault() const { return fault_; }
  std::shared_ptr<const json> take() { return std::make_shared<const json>(std::move(root_)); }

 private:
  struct Level {
    json* container = nullptr;
    std::string name;  // of the member being read, for objects
  };

  json* put(json value) {
    if (levels_.empty()) {
      root_ = std::move(value);
      return &root_;
    }
    // A container's address is stable while it is open: its parent grows only after it has been
    // closed.
    Level& level = levels_.back();
    if (level.container->is_array()) {
      level.container->push_back(std::move(value));
      return &level.container->back();
    }
    json& member = (*level.container)[level.name];
    member = std::move(value);
    return &member;
  }

  bool add(json value) {
    put(std::move(value));
    return true;
  }

  bool open(json container) {
    if (levels_.size() == kMaxJsonDepth) {
      fault_ = place(levels_.size()) + " is nested deeper than " + std::to_string(kMaxJsonDepth) +
               " levels";
      return false;
    }
    json* const opened = put(std::move(container));
    levels_.push_back({.container = opened, .name = {}});
    return true;
  }

  bool close() {
    levels_.pop_back();
    return true;
  }

  /// The pointer to what is `depth` levels down.
  [[nodiscard]] std::string place(std::size_t depth) const {
    std::string out;
    for (std::size_t i = 0; i < depth; ++i) {
      const Level& level = levels_[i];
      if (!level.container->is_array()) {
        out += pointer_step(level.name);
        continue;
      }
      // While an element is open it is the last of its array; before it is opened it is the next.
      const bool element_open = i + 1 < levels_.size();
      out += "/" + std::to_string(level.container->size() - (element_open ? 1 : 0));
    }
    return out.empty() ? "the text" : out;
  }

  [[nodiscard]] std::string where() const {
    return levels_.size() < 2 ? std::string() : ", inside " + place(levels_.size() - 1);
  }

  json root_;
  std::vector<Level> levels_;
  std::string fault_;
};

std::optional<std::string> refused_before_parsing(std::string_view text) {
  if (text.size() > kMaxJsonOctets) {
    return std::to_string(text.size()) + " octets, expected at most " +
           std::to_string(kMaxJsonOctets);
  }
  // nlohmann takes a NUL for the end of the input and skips a byte order mark; RFC 8259 §2 and §8.1
  // know neither.
  if (text.contains('\0')) return "not a JSON text (RFC 8259): holds a NUL octet";
  if (text.starts_with("\xEF\xBB\xBF"))
    return "not a JSON text (RFC 8259): starts with a byte order mark";
  return std::nullopt;
}

/// Reads an object all of whose members are plain text.
class PlainObjectReader {
 public:
  explicit PlainObjectReader(std::string_view text) : rest_(text) {}

  std::optional<json> read() {
    json object = json::object();
    if (!take('{')) return std::nullopt;
    bool ends = take('}');
    while (!ends) {
      const auto name = plain_text();
      if (!name || !take(':')) return std::nullopt;
      const auto value = plain_text();
      if (!value || !object.emplace(*name, *value).second) return std::nullopt;
      ends = take('}');
      if (!ends && !take(',')) return std::nullopt;
    }
    skip_space();
    if (!rest_.empty()) return std::nullopt;
    return object;
  }

 private:
  void skip_space() {
    rest_.remove_prefix(std::min(rest_.find_first_not_of(" \t\n\r"), rest_.size()));
  }

  bool take(char expected) {
    skip_space();
    if (!rest_.starts_with(expected)) return false;
    rest_.remove_prefix(1);
    return true;
  }

  /// A string of printable ASCII without escapes.
  std::optional<std::string_view> plain_text() {
    if (!take('"')) return std::nullopt;
    const auto* const end = std::ranges::find_if(
        rest_, [](char c) { return c == '"' || c == '\\' || c < ' ' || c > '~'; });
    const auto length = static_cast<std::size_t>(end - rest_.begin());
    const std::string_view found = rest_.substr(0, length);
    rest_.remove_prefix(length);
    if (!rest_.starts_with('"')) return std::nullopt;
    rest_.remove_prefix(1);
    return found;
  }

  std::string_view rest_;
};

}  // namespace

std::string pointer_step(std::string_view name) {
  constexpr std::size_t kShown = 40;
  std::string out = "/";
  for (const char c : name.substr(0, kShown)) {
    if (c == '~') {
      out += "~0";
    } else if (c == '/') {
      out += "~1";
    } else if (c < ' ' || c > '~') {
      out += '?';
    } else {
      out += c;
    }
  }
  return out;
}

std::expected<std::shared_ptr<const json>, std::string> parse_json_document(std::string_view text) {
  if (auto fault = refused_before_parsing(text)) return std::unexpected(*std::move(fault));
  // What most signed requests are made of, read in a fraction of the time. Every other text, good
  // or bad, is for the parser that can do it all.
  if (auto plain = PlainObjectReader(text).read()) {
    return std::make_shared<const json>(*std::move(plain));
  }
  TreeBuilder builder;
  if (!json::sax_parse(text.begin(), text.end(), &builder)) return std::unexpected(builder.fault());
  return builder.take();
}

}  // namespace acme

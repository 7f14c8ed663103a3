// Command lines of measuring programs: pairs of `--name value`, nothing else.
#pragma once

#include <charconv>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>

namespace tests {

/// Throws std::runtime_error for what is missing, malformed or not asked for.
class Arguments {
 public:
  Arguments(int count, char** words) {
    for (int i = 1; i < count; i += 2) {
      const std::string_view name = words[i];
      if (!name.starts_with("--") || i + 1 == count) {
        throw std::runtime_error("expected --name value, found " + std::string(name));
      }
      values_[std::string(name.substr(2))] = words[i + 1];
    }
  }

  [[nodiscard]] std::string text(const std::string& name) {
    const auto found = values_.find(name);
    if (found == values_.end()) throw std::runtime_error("--" + name + " is missing");
    std::string value = found->second;
    values_.erase(found);
    return value;
  }

  [[nodiscard]] std::string text(const std::string& name, std::string fallback) {
    return values_.contains(name) ? text(name) : std::move(fallback);
  }

  template <class Number>
  [[nodiscard]] Number number(const std::string& name) {
    const std::string value = text(name);
    Number number{};
    const char* const end = value.data() + value.size();
    const auto read = std::from_chars(value.data(), end, number);
    if (read.ec != std::errc{} || read.ptr != end) {
      throw std::runtime_error("--" + name + " is not a number it could be: " + value);
    }
    return number;
  }

  template <class Number>
  [[nodiscard]] Number number(const std::string& name, Number fallback) {
    return values_.contains(name) ? number<Number>(name) : fallback;
  }

  /// Call it when all have been taken.
  void refuse_others() const {
    if (!values_.empty()) throw std::runtime_error("unknown: --" + values_.begin()->first);
  }

 private:
  std::map<std::string, std::string> values_;
};

}  // namespace tests

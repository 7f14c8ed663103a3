#include "server/outbound/dns_answer.h"

#include <algorithm>
#include <map>
#include <utility>

namespace server {
namespace {

constexpr std::uint16_t kClassIn = 1;
constexpr std::uint16_t kNs = 2;
constexpr std::uint16_t kCname = 5;
constexpr std::size_t kLongestName = 255;  // RFC 1035 §2.3.4, on the wire
constexpr std::size_t kLongestLabel = 63;

char lower_case(char octet) {
  return octet >= 'A' && octet <= 'Z' ? static_cast<char>(octet - 'A' + 'a') : octet;
}

/// A cursor over the packet. Keeps its first fault; after that there is nothing more to read.
class Reader {
 public:
  explicit Reader(std::string_view packet) : packet_(packet) {}

  std::string_view octets(std::size_t count) {
    if (count > packet_.size() - at_) {
      fail("it is cut off");
      return {};
    }
    const std::string_view found = packet_.substr(at_, count);
    at_ += count;
    return found;
  }
  std::uint8_t octet() {
    const std::string_view found = octets(1);
    return found.empty() ? 0 : static_cast<std::uint8_t>(found.front());
  }
  std::uint16_t number() {
    const auto high = static_cast<unsigned>(octet());
    return static_cast<std::uint16_t>(high << 8U | octet());
  }

  /// A name in its uncompressed wire form and in lower case (RFC 4343), without its end.
  std::string name() {
    std::string found;
    std::size_t resume = 0;
    // A pointer leads to a prior place only (RFC 1035 §4.1.4), so every chain of them ends.
    std::size_t lowest = at_;
    for (std::uint8_t length = octet(); length != 0; length = octet()) {
      if (length > kLongestLabel) {
        const std::size_t target = pointer_target(length);
        if (target >= lowest) fail("a name in it points forward");
        if (has_failed()) break;
        if (resume == 0) resume = at_;
        lowest = at_ = target;
        continue;
      }
      found += static_cast<char>(length);
      for (const char each : octets(length)) found += lower_case(each);
      if (found.size() + 1 > kLongestName) fail("a name in it is too long");
    }
    if (resume != 0 && !has_failed()) at_ = resume;
    return found;
  }

  void fail(std::string what) {
    if (fault_.empty()) fault_ = std::move(what);
    at_ = packet_.size();
  }
  [[nodiscard]] bool has_failed() const { return !fault_.empty(); }
  [[nodiscard]] const std::string& fault() const { return fault_; }
  [[nodiscard]] std::size_t at() const { return at_; }

 private:
  std::size_t pointer_target(std::uint8_t first) {
    constexpr unsigned kPointer = 0xC0;
    if ((first & kPointer) != kPointer) fail("a label in it is of an unknown kind");
    return (static_cast<std::size_t>(first) & 0x3FU) << 8U | octet();
  }

  std::string_view packet_;
  std::size_t at_ = 0;
  std::string fault_;
};

/// The form in which Reader::name gives a name.
std::string wire_form(std::string_view text) {
  std::string wire;
  while (!text.empty()) {
    const std::string_view label = text.substr(0, text.find('.'));
    wire += static_cast<char>(label.size());
    for (const char each : label) wire += lower_case(each);
    text.remove_prefix(std::min(text.size(), label.size() + 1));
  }
  return wire;
}

/// A name in the form that Reader::name gives as dotted text. Dots within a label are escaped (RFC
/// 1035 §5.1).
std::string dotted(std::string_view wire) {
  std::string text;
  while (!wire.empty()) {
    const auto length = static_cast<std::size_t>(static_cast<unsigned char>(wire.front()));
    if (!text.empty()) text += '.';
    for (const char each : wire.substr(1, length)) {
      if (each == '.' || each == '\\') text += '\\';
      text += each;
    }
    wire.remove_prefix(std::min(wire.size(), length + 1));
  }
  return text;
}

/// Types whose RDATA is a name, which may be compressed, and which are not looked for elsewhere.
bool holds_name(std::uint16_t type) {
  return type == kCname || type == kNs;
}

/// The answer section: what each name is an alias of, and the records of the type asked for.
struct Section {
  std::map<std::string, std::string> aliases;
  std::map<std::string, std::vector<std::string>> records;
};

Section read_section(Reader& reader, std::size_t count, std::uint16_t wanted) {
  Section section;
  for (std::size_t i = 0; i < count && !reader.has_failed(); ++i) {
    std::string owner = reader.name();
    const std::uint16_t type = reader.number();
    const std::uint16_t record_class = reader.number();
    reader.octets(4);  // the TTL
    const std::size_t length = reader.number();
    if (record_class == kClassIn && type == wanted && holds_name(type)) {
      const std::size_t begin = reader.at();
      std::string name = dotted(reader.name());
      if (reader.at() - begin != length) reader.fail("a name in it does not fill its record");
      section.records[std::move(owner)].push_back(std::move(name));
      continue;
    }
    if (record_class == kClassIn && type == kCname) {
      const std::size_t begin = reader.at();
      std::string target = reader.name();
      if (reader.at() - begin != length) reader.fail("a CNAME in it does not fill its record");
      const auto [known, is_new] = section.aliases.emplace(std::move(owner), target);
      if (!is_new && known->second != target) reader.fail("a name in it has two CNAMEs");
      continue;
    }
    const std::string_view data = reader.octets(length);
    if (record_class == kClassIn && type == wanted) {
      section.records[std::move(owner)].emplace_back(data);
    }
  }
  return section;
}

/// The response code. Fails the reader unless this is a whole answer to the question.
int read_head(Reader& reader, const std::string& name, std::uint16_t type, std::size_t& answers) {
  constexpr unsigned kResponse = 0x8000;
  constexpr unsigned kOpcode = 0x7800;
  constexpr unsigned kTruncated = 0x0200;
  constexpr unsigned kResponseCode = 0x000F;
  reader.number();  // the id
  const unsigned flags = reader.number();
  const unsigned questions = reader.number();
  answers = reader.number();
  reader.octets(4);  // counts of sections that are not read
  if ((flags & kResponse) == 0 || (flags & kOpcode) != 0) reader.fail("it is no answer");
  // T-A2: what is cut away may be the record that forbids.
  if ((flags & kTruncated) != 0) reader.fail("it is truncated");
  if (questions != 1 || reader.name() != name || reader.number() != type ||
      reader.number() != kClassIn) {
    reader.fail("it answers another question");
  }
  return static_cast<int>(flags & kResponseCode);
}

}  // namespace

std::expected<DnsAnswer, std::string> parse_dns_answer(std::string_view packet,
                                                       std::string_view name,
                                                       std::uint16_t type) {
  Reader reader(packet);
  std::string owner = wire_form(name);
  std::size_t answers = 0;
  DnsAnswer answer{read_head(reader, owner, type, answers), {}};
  Section section = read_section(reader, answers, type);
  std::size_t hops = 0;
  if (holds_name(type)) section.aliases.clear();
  for (auto alias = section.aliases.find(owner); alias != section.aliases.end();
       alias = section.aliases.find(owner)) {
    if (++hops > section.aliases.size()) {
      reader.fail("its CNAMEs form a loop");
      break;
    }
    owner = alias->second;
  }
  if (reader.has_failed()) return std::unexpected(reader.fault());
  answer.records = std::move(section.records[owner]);
  return answer;
}

std::optional<std::string> txt_of(std::string_view rdata) {
  if (rdata.empty()) return std::nullopt;
  std::string joined;
  while (!rdata.empty()) {
    const std::size_t length = static_cast<unsigned char>(rdata.front());
    rdata.remove_prefix(1);
    if (length > rdata.size()) return std::nullopt;
    joined += rdata.substr(0, length);
    rdata.remove_prefix(length);
  }
  return joined;
}

std::optional<acme::CaaRecord> caa_of(std::string_view rdata) {
  constexpr std::size_t kFixed = 2;  // flags, length of the tag
  if (rdata.size() < kFixed) return std::nullopt;
  const auto flags = static_cast<std::uint8_t>(rdata[0]);
  const std::size_t length = static_cast<unsigned char>(rdata[1]);
  if (length == 0 || length > rdata.size() - kFixed) return std::nullopt;
  acme::CaaRecord record{flags, {}, std::string(rdata.substr(kFixed + length))};
  for (const char each : rdata.substr(kFixed, length)) {
    const char lower = lower_case(each);
    if (!(lower >= 'a' && lower <= 'z') && !(lower >= '0' && lower <= '9')) return std::nullopt;
    record.tag += lower;
  }
  return record;
}

}  // namespace server

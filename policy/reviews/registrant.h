// Whether the registrant of a domain is the applicant (ALI-08): what the registry says of it, kept
// as evidence, and the step of the checklist that rests on it.
#pragma once

#include <array>
#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "ca/names/dns_name.h"
#include "ca/time.h"
#include "policy/applications/commands.h"
#include "policy/product.h"
#include "policy/record_fields.h"
#include "storage/table.h"

namespace policy {

/// What a registry answered.
struct RegistrantAnswer {
  std::string domain;  // whose registrant was asked for
  std::string url;     // where it was asked
  std::string octets;  // the answer, as it came
  std::vector<std::string>
      names;  // of the registrant: person and organization; none: not published
};

/// Asks the registry of a domain. Declared by its user, implemented in server/outbound/. Safe from
/// any thread.
class RegistrantReader {
 public:
  virtual ~RegistrantReader() = default;
  /// The error is one sentence.
  virtual boost::asio::awaitable<std::expected<RegistrantAnswer, std::string>> registrant(
      ca::DnsName domain) = 0;
};

enum class RegistrantVerdict : std::uint8_t {
  same = 0,
  different,
  not_published,  // a person finds out in another way
};
template <>
inline constexpr std::array<std::string_view, 3> kWords<RegistrantVerdict>{"same", "different",
                                                                           "not_published"};

/// One look, as evidence. The answer itself is under its hash (policy/documents/blob.h).
struct RegistrantSnapshot {
  std::uint32_t revision = 0;  // of the application
  std::string domain;
  std::string url;
  std::string sha256;
  std::vector<std::string> names;
  RegistrantVerdict verdict = RegistrantVerdict::not_published;
  PersonId by = PersonId::from_octets({});
  ca::Time at{};

  template <class Self, class Walk>
  static void fields(Self& self, Walk& walk) {
    walk(1, self.revision);
    walk(2, self.domain);
    walk(3, self.url);
    walk(4, self.sha256);
    walk(5, self.names);
    walk(6, self.verdict);
    walk(7, self.by);
    walk(8, self.at);
  }
  [[nodiscard]] std::string encode() const { return encode_record(*this); }
  static RegistrantSnapshot decode(std::string_view bytes) {
    return decode_record<RegistrantSnapshot>("registrant snapshot", bytes);
  }
  bool operator==(const RegistrantSnapshot&) const = default;
};

/// ApplicationId octets, domain, number -> snapshot.
inline constexpr storage::Table<RegistrantSnapshot> kRegistrantSnapshots{"registrant_snapshots"};

/// All of an application, by domain, oldest first.
std::vector<RegistrantSnapshot> registrant_snapshots(const storage::Snapshot& snapshot,
                                                     const ApplicationId& application);
/// The answer behind a snapshot.
std::string registrant_octets(const storage::Snapshot& snapshot,
                              const RegistrantSnapshot& registrant);

/// The domains whose registrant has to be the applicant; none for most applications.
std::vector<ca::DnsName> registrant_domains(const Application& application, const Product& product);

/// Stores what was answered for every one of registrant_domains, in their order, and compares it
/// with the names of the organization. All the same: the step `registrant_match` has passed; one
/// different: it has failed; else it is left to a person. The caller has collected evidence.
/// Refuses what record_step refuses; with validation where nothing has to be compared; with
/// state_conflict answers for other domains: the names changed while registries were asked.
Allowed<Application> note_registrants(const Here& here,
                                      const Target& target,
                                      const std::vector<RegistrantAnswer>& answers);

/// The domain whose registrant is somebody else by the newest look for this revision; then the step
/// cannot pass. Nothing: no such look.
std::optional<std::string> domain_of_others(const storage::Snapshot& snapshot,
                                            const Application& application);

}  // namespace policy

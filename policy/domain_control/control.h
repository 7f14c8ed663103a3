// Domain control of one application: what the applicant is asked to place for each name, what was
// seen of it, and until when. It opens with the gate `dcv` (TCG-34, TWT-07) and is looked for in
// the background until every name is proven or the time is over. What an organization proves before
// any application (policy/domain_control/beforehand.h) is looked for in the same way.
//
// Each command is one step of a transaction, with its audit entry.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "ca/crypto/random.h"
#include "ca/names/identifier.h"
#include "ca/time.h"
#include "policy/domain_control/claims.h"
#include "policy/domain_control/finding.h"
#include "policy/domain_control/methods.h"
#include "policy/fault.h"
#include "policy/ids.h"
#include "policy/product.h"
#include "policy/record_fields.h"
#include "storage/due_work.h"
#include "storage/table.h"

namespace policy {

/// What stands where a name is still to come.
inline ca::Identifier no_name() {
  return ca::IpAddress::parse("0.0.0.0").value();
}

/// One name of the application.
struct ControlItem {
  ca::Identifier name = no_name();
  ControlMethod method = ControlMethod::dns_txt;
  std::string domain;  // at which control is shown
  /// Where: the full name of the DNS record, or the path of the file. Empty for methods of ACME.
  std::string place;
  std::string value;  // what is to stand there
  ca::Time value_since{};
  std::optional<ClaimId> claim;  // it is proven
  std::optional<ca::Time> looked_at;
  ControlFinding last;
  std::string caa;  // what permitted, when it was proven
  std::optional<ca::Time> caa_at;

  [[nodiscard]] bool is_proven() const { return claim.has_value(); }
  template <class Self, class Walk>
  static void fields(Self& self, Walk& walk) {
    walk(1, self.name);
    walk(2, self.method);
    walk(3, self.domain);
    walk(4, self.place);
    walk(5, self.value);
    walk(6, self.value_since);
    walk(7, self.claim);
    walk(8, self.looked_at);
    walk(9, self.last);
    walk(10, self.caa);
    walk(11, self.caa_at);
  }
  bool operator==(const ControlItem&) const = default;
};

/// What control is shown for.
enum class ControlPurpose : std::uint8_t { application = 0, beforehand };
template <>
inline constexpr std::array<std::string_view, 2> kWords<ControlPurpose>{"application",
                                                                        "beforehand"};

struct DomainControl {
  /// Beforehand: the octets of a DomainId.
  ApplicationId application = ApplicationId::from_octets({});
  TenantId tenant = TenantId::from_octets({});
  std::optional<OrganizationId> organization;
  std::string organization_name;  // as same_name() writes it
  std::string product;
  std::uint32_t product_version = 1;
  std::vector<ControlItem> items;  // in the order of names
  ca::Time opened_at{};
  ca::Time deadline{};
  std::optional<ca::Time> closed_at;
  std::optional<ca::Time> next_look;  // exactly one row of kDueWork while there is one
  std::uint32_t looks = 0;            // since it was opened or the applicant did something
  std::optional<ca::Time> asked_at;   // for a look at once
  ControlPurpose purpose = ControlPurpose::application;

  /// The id as people read it.
  [[nodiscard]] std::string subject() const;
  [[nodiscard]] bool is_open() const { return !closed_at; }
  [[nodiscard]] bool is_proven() const;
  template <class Self, class Walk>
  static void fields(Self& self, Walk& walk) {
    walk(1, self.application);
    walk(2, self.tenant);
    walk(3, self.organization);
    walk(4, self.organization_name);
    walk(5, self.product);
    walk(6, self.product_version);
    walk(7, self.items);
    walk(8, self.opened_at);
    walk(9, self.deadline);
    walk(10, self.closed_at);
    walk(11, self.next_look);
    walk(12, self.looks);
    walk(13, self.asked_at);
    walk(14, self.purpose);
  }
  [[nodiscard]] std::string encode() const { return encode_record(*this); }
  static DomainControl decode(std::string_view bytes) {
    return decode_record<DomainControl>("domain control", bytes);
  }
  bool operator==(const DomainControl&) const = default;
};

/// ApplicationId or DomainId octets -> domain control.
inline constexpr storage::Table<DomainControl> kDomainControls{"domain_controls"};

/// A DNS record as people enter it (TCG-36).
struct ShownRecord {
  std::string zone;  // the registered domain, whose zone it usually goes into
  std::string host;  // relative to the zone
  std::string fqdn;
  std::string_view type;  // "TXT" or "CNAME"
  std::string value;
};
/// What a record that stays has to permit for `item`.
PersistentReach reach_of(const ControlItem& item);
/// What the applicant adds to a zone for `item`; nothing where a file or ACME proves it.
std::optional<ShownRecord> record_of(const ControlItem& item);
/// Paths at which the file of `item` counts (C-08), the one to show first; none where it takes no
/// file.
std::vector<std::string> paths_of(const ControlItem& item);

/// How long after the `looks`th look the next one comes (TCG-35).
std::chrono::seconds pause_after(std::uint32_t looks);
/// Between two looks that an applicant asks for (TCD-07).
inline constexpr std::chrono::seconds kShortestAsk{30};

struct ControlOrder {
  ApplicationId application;
  TenantId tenant;
  std::optional<OrganizationId> organization;
  std::string organization_name;                            // in any spelling
  const Product* product;                                   // never null
  std::vector<ca::Identifier> names;                        // of the certificate: certified_names()
  std::vector<std::pair<std::string, std::string>> chosen;  // name and method, as people write them
  ca::Time deadline;
  ControlPurpose purpose = ControlPurpose::application;
  std::string by = "server";  // who asked, for the audit log
};

/// Opens it, anew if it was there before. Names for which a claim counts are proven at once; the
/// others get their values, at least 128 bits and unlike all others (TCG-36), and the first look is
/// due. A name without a usable choice gets the first method its product offers for it; a name no
/// method proves is refused with dcv_method_not_available.
Allowed<DomainControl> open_control(storage::Transaction& transaction,
                                    const ControlHouse& house,
                                    const ControlOrder& order,
                                    ca::RandomSource& random,
                                    ca::Time now);
/// Somebody wants no name proven any more: close_control, with an audit entry if it was open.
void stop_control(storage::Transaction& transaction,
                  const ApplicationId& application,
                  const std::string& by,
                  ca::Time now);
/// Nothing is looked for any more. Does nothing if it is closed or was never open.
void close_control(storage::Transaction& transaction,
                   const ApplicationId& application,
                   ca::Time now);

/// Another method for `name`, with a fresh value; the first look is due again. Refuses with
/// state_conflict unless it is open and the name unproven, not_found for a name it has not, and
/// dcv_method_not_available for what the product does not offer for it (TCG-32). The same method
/// again changes nothing.
Allowed<DomainControl> choose_method(storage::Transaction& transaction,
                                     const ControlHouse& house,
                                     const Product& product,
                                     const ApplicationId& application,
                                     const ca::Identifier& name,
                                     ControlMethod method,
                                     const std::string& by,
                                     ca::RandomSource& random,
                                     ca::Time now);

/// Has it looked for at once: returns the row of work. Refuses with dcv_frequently within
/// kShortestAsk of the last time, and state_conflict unless it is open and something is unproven.
Allowed<storage::WorkKey> ask_for_look(storage::Transaction& transaction,
                                       const ApplicationId& application,
                                       const std::string& by,
                                       ca::Time now);

/// What CAA says of one name.
struct CaaAnswer {
  bool is_permitted = false;
  bool is_unreadable = false;  // not permitted, because nobody can tell
  std::string detail;
  std::vector<std::string> votes = {};  // of perspectives that do not agree with a permission
};

/// What one look found for one name; `value` is what was looked for.
struct NameLook {
  ca::Identifier name = no_name();
  std::string value;
  ControlFinding finding;
  std::optional<CaaAnswer> caa;  // where the rest was proven
  bool corroborated = false;     // others saw it too
};
/// What a look changed.
struct Looked {
  DomainControl control;
  bool is_complete = false;            // the last name was proven by it
  std::optional<std::string> refused;  // a name that CAA forbids, in one sentence
  [[nodiscard]] std::vector<std::string> claims() const;  // ids, one a name; when complete
};
/// Stores what a look that began at `begun` found, with a claim for each name proven, and sets the
/// next look. What was looked for a value that has been replaced meanwhile counts for nothing.
/// Nothing if it was closed meanwhile.
std::optional<Looked> note_looks(storage::Transaction& transaction,
                                 const ControlHouse& house,
                                 const ApplicationId& application,
                                 const Product& product,
                                 const std::vector<NameLook>& looks,
                                 ca::RandomSource& random,
                                 ca::Time begun,
                                 ca::Time now);

/// Names that a claim has come to prove since, for example by ACME, are proven by it.
void apply_claims(const storage::Snapshot& snapshot,
                  const ControlHouse& house,
                  DomainControl& control,
                  const Product& product,
                  ca::Time now);

}  // namespace policy

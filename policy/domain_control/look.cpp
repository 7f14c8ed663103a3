#include "policy/domain_control/look.h"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "ca/names/ascii.h"
#include "ca/names/public_suffix.h"
#include "ca/names/quoted.h"
#include "policy/domain_control/persistent_record.h"

namespace policy {

namespace {

namespace asio = boost::asio;

constexpr std::size_t kMostSeen = 5;
constexpr std::size_t kLongestSeen = 200;

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n\v\f";
  const std::size_t first = text.find_first_not_of(kSpace);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

void fail(ControlFinding& finding, ControlCode code, std::string detail) {
  finding.code = code;
  finding.detail = std::move(detail);
}

/// Whether one of `values` proves control. Notes a few of them, that one first: whatever else is
/// there, what was relied on is in the evidence (BR 5.4.1).
template <class Proves>
void judge_values(ControlFinding& finding,
                  const std::vector<std::string>& values,
                  const Proves& proves) {
  const auto proof = std::ranges::find_if(values, proves);
  finding.is_proven = proof != values.end();
  if (finding.is_proven) finding.seen.push_back(shown(*proof));
  for (auto each = values.begin(); each != values.end(); ++each) {
    if (each != proof && finding.seen.size() < kMostSeen) finding.seen.push_back(shown(*each));
  }
}

std::string step(std::string_view type, const std::string& owner, const LookedUp& found) {
  return std::string(type) + " of " + owner + ": " + std::to_string(found.values.size()) +
         (found.values.size() == 1 ? " record, " : " records, ") +
         (found.proof == LookedUp::Proof::secure ? "DNSSEC secure" : "not signed");
}

void fail_by(ControlFinding& finding, const LookupFault& fault) {
  finding.trace.push_back(fault.detail);
  fail(finding,
       fault.failure == LookupFailure::bogus ? ControlCode::dnssec_bogus : ControlCode::ns_missing,
       fault.detail);
}

/// Tells a record that is missing from a domain that nobody serves.
asio::awaitable<void> explain_absence(ControlPorts ports,
                                      std::string domain,
                                      ControlFinding& finding) {
  const std::string registered = ca::registered_domain(domain);
  const LookupResult<LookedUp> found = co_await ports.zones.name_servers(registered);
  if (!found) {
    fail_by(finding, found.error());
  } else if (found->values.empty()) {
    finding.trace.push_back(step("NS", registered, *found));
    fail(finding, ControlCode::ns_missing,
         ca::quoted(registered) + " has no name servers; expected a delegated domain");
  }
}

asio::awaitable<void> look_for_text(ControlPorts ports,
                                    const ControlItem& item,
                                    ControlFinding& finding) {
  const LookupResult<LookedUp> found = co_await ports.zones.text_records(item.place);
  if (!found) {
    fail_by(finding, found.error());
    co_return;
  }
  finding.trace.push_back(step("TXT", item.place, *found));
  judge_values(finding, found->values, [&](const std::string& each) { return each == item.value; });
  if (finding.is_proven) co_return;
  if (found->values.empty()) {
    fail(finding, ControlCode::txt_missing,
         ca::quoted(item.place) + " has no TXT record; expected \"" + item.value + "\"");
    co_await explain_absence(ports, item.domain, finding);
  } else {
    fail(finding, ControlCode::txt_mismatch,
         "no TXT record of " + ca::quoted(item.place) + " is \"" + item.value + "\"");
  }
}

asio::awaitable<void> look_for_persistent(ControlPorts ports,
                                          const ControlItem& item,
                                          const ControlHouse& house,
                                          const TenantId& tenant,
                                          ca::Time now,
                                          ControlFinding& finding) {
  const LookupResult<LookedUp> found = co_await ports.zones.text_records(item.place);
  if (!found) {
    fail_by(finding, found.error());
    co_return;
  }
  finding.trace.push_back(step("TXT", item.place, *found));
  const PersistentReach reach = reach_of(item);
  judge_values(finding, found->values, [&](const std::string& each) {
    return is_persistent_permission(each, house, tenant, reach, now);
  });
  if (finding.is_proven) co_return;
  if (found->values.empty()) {
    fail(finding, ControlCode::txt_missing,
         ca::quoted(item.place) + " has no TXT record; expected \"" + item.value + "\"");
    co_await explain_absence(ports, item.domain, finding);
  } else {
    fail(finding, ControlCode::txt_mismatch,
         "no TXT record of " + ca::quoted(item.place) + " permits this; expected \"" + item.value +
             "\"");
  }
}

asio::awaitable<void> look_for_alias(ControlPorts ports,
                                     const ControlItem& item,
                                     ControlFinding& finding) {
  const LookupResult<LookedUp> found = co_await ports.zones.alias(item.place);
  if (!found) {
    fail_by(finding, found.error());
    co_return;
  }
  finding.trace.push_back(step("CNAME", item.place, *found));
  judge_values(finding, found->values,
               [&](const std::string& each) { return each == ca::lower_case(item.value); });
  if (finding.is_proven) co_return;
  if (found->values.empty()) {
    fail(finding, ControlCode::cname_missing,
         ca::quoted(item.place) + " has no CNAME record; expected \"" + item.value + "\"");
    co_await explain_absence(ports, item.domain, finding);
  } else {
    fail(finding, ControlCode::cname_mismatch,
         ca::quoted(item.place) + " points elsewhere; expected \"" + item.value + "\"");
  }
}

ControlCode code_of(const FetchFault& fault) {
  constexpr std::uint32_t kNotFound = 404;
  switch (fault.failure) {
    case FetchFailure::unreachable:
      return ControlCode::file_missing;
    case FetchFailure::bogus:
      return ControlCode::dnssec_bogus;
    case FetchFailure::status:
      return fault.status == kNotFound ? ControlCode::file_missing : ControlCode::http_status;
    case FetchFailure::redirect_refused:
      return ControlCode::redirect_refused;
    case FetchFailure::too_long:
      return ControlCode::file_mismatch;
  }
  std::unreachable();
}

/// What the first path says counts, unless nothing is there and the second one proves it.
asio::awaitable<void> look_for_file(ControlPorts ports,
                                    const ControlItem& item,
                                    ControlFinding& finding) {
  for (const std::string& path : paths_of(item)) {
    const auto page = co_await ports.sites.page(item.name, path);
    const std::vector<std::string>& hops = page ? page->hops : page.error().hops;
    for (const std::string& hop : hops) finding.trace.push_back(shown(hop));
    if (page && trimmed(page->body) == item.value) {
      finding.is_proven = true;
      finding.code.reset();
      finding.detail.clear();
      finding.seen.push_back(shown(item.value));
      co_return;
    }
    if (!page) finding.trace.push_back(page.error().detail);
    if (finding.code) continue;
    if (page) {
      finding.seen.push_back(shown(page->body));
      fail(finding, ControlCode::file_mismatch,
           "the file at " + ca::quoted(path) + " of " + ca::value_of(item.name) +
               " holds something else; expected \"" + item.value + "\"");
    } else {
      fail(finding, code_of(page.error()), page.error().detail);
    }
  }
}

void note_caa(const CaaAnswer& answer, ControlFinding& finding) {
  for (const std::string& vote : answer.votes) finding.trace.push_back(vote);
  finding.trace.push_back(answer.detail);
  if (answer.is_permitted) return;
  finding.is_proven = false;
  fail(finding, ControlCode::caa_forbids, answer.detail);
}

/// Adds every vote to the trace; without a quorum nothing is proven.
void corroborate(ControlFinding& finding, const std::vector<Vote>& votes, ca::Time now) {
  const Corroboration corroboration = judge_votes(votes, now);
  for (const std::string& line : corroboration.lines) finding.trace.push_back(line);
  finding.trace.push_back(corroboration.summary);
  if (!corroboration.objection) return;
  finding.is_proven = false;
  fail(finding, ControlCode::not_corroborated,
       "it was seen from here, but not from elsewhere in the network: " + *corroboration.objection);
}

}  // namespace

std::vector<std::string> evidence_of(const ControlItem& item, const ControlFinding& finding) {
  // The name that was applied for, also where control is shown at one above it (BR 5.4.1).
  std::vector<std::string> lines{
      "looked for \"" + shown(item.value) + "\" at " + ca::quoted(item.place) + " by " +
      std::string(text_of(item.method)) + " on behalf of " + ca::quoted(ca::value_of(item.name))};
  for (const std::string& each : finding.seen) lines.push_back("found \"" + each + "\"");
  lines.insert(lines.end(), finding.trace.begin(), finding.trace.end());
  return lines;
}

std::string shown(std::string_view text) {
  std::string result;
  for (const char octet : text.substr(0, kLongestSeen)) {
    result += octet >= ' ' && octet <= '~' ? octet : '?';
  }
  if (text.size() > kLongestSeen) result += "...";
  return result;
}

asio::awaitable<CaaAnswer> check_caa_for(
    CaaReader& caa, ca::DnsName name, ControlMethod method, ControlHouse house, TenantId tenant) {
  const auto& acme = facts_of(method).acme;
  CaaAsker asker{account_uri(tenant, house), acme ? text_of(*acme) : std::string_view{},
                 tbr_label(method), house.corroborators};
  auto asking = caa.permission(std::move(name), std::move(asker));
  auto found = co_await std::move(asking);
  if (found) co_return CaaAnswer{true, false, *std::move(found)};
  const bool is_unreadable = found.error().cause == CaaDenial::Cause::unreadable;
  CaaDenial& denial = found.error();
  co_return CaaAnswer{false, is_unreadable, std::move(denial.detail), std::move(denial.votes)};
}

bool is_persistent_permission(std::string_view record,
                              const ControlHouse& house,
                              const TenantId& tenant,
                              PersistentReach reach,
                              ca::Time now) {
  std::vector<std::string> issuers;
  for (const std::string& each : house.issuer_domains) issuers.push_back(ca::lower_case(each));
  return judge_persistent_record(record,
                                 {std::move(issuers), {account_uri(tenant, house)}, reach, now})
      .has_value();
}

asio::awaitable<ControlFinding> see(
    ControlPorts ports, ControlItem item, ControlHouse house, TenantId tenant, ca::Time now) {
  ControlFinding finding;
  switch (item.method) {
    case ControlMethod::dns_txt:
      co_await look_for_text(ports, item, finding);
      break;
    case ControlMethod::dns_cname:
      co_await look_for_alias(ports, item, finding);
      break;
    case ControlMethod::auto_dns:
      co_await look_for_persistent(ports, item, house, tenant, now, finding);
      break;
    case ControlMethod::file:
    case ControlMethod::auto_file:
      co_await look_for_file(ports, item, finding);
      break;
    case ControlMethod::http_01:
    case ControlMethod::dns_01:
    case ControlMethod::tls_alpn_01:
    case ControlMethod::dns_account_01:
    case ControlMethod::dns_persist_01:
    case ControlMethod::onion_csr_01:
      finding.detail =
          "waits for an ACME order that proves the name by " + std::string(text_of(item.method));
      break;
  }
  co_return finding;
}

asio::awaitable<NameLook> look_for(
    ControlPorts ports, ControlItem item, ControlHouse house, TenantId tenant, ca::Time now) {
  NameLook look{.name = item.name, .value = item.value, .finding = {}, .caa = {}};
  auto seeing = see(ports, item, house, tenant, now);
  look.finding = co_await std::move(seeing);
  const bool asks_others =
      ports.perspectives != nullptr && house.corroborators == Corroborators::perspectives;
  if (look.finding.is_proven && asks_others) {
    auto asking = ports.perspectives->control(item, house, tenant);
    corroborate(look.finding, co_await std::move(asking), now);
    look.corroborated = look.finding.is_proven;
  }
  const auto* name = std::get_if<ca::DnsName>(&item.name);
  if (look.finding.is_proven && name != nullptr) {
    look.caa = co_await check_caa_for(ports.caa, *name, item.method, house, tenant);
    note_caa(*look.caa, look.finding);
  }
  co_return look;
}

}  // namespace policy

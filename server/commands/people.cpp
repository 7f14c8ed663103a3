// `chancery tenant …`, `chancery person …` and `chancery token …`, also while a server runs.
#include "policy/people/person.h"

#include <iomanip>

#include "policy/people/api_token.h"
#include "policy/people/tenant.h"
#include "server/commands/beside_server.h"
#include "server/commands/commands.h"
#include "server/config/quantity.h"
#include "server/system_clock.h"

namespace server {
namespace {

using policy::ApiTokenRecord;
using policy::PersonId;
using policy::PersonRecord;
using policy::TenantId;
using policy::TokenId;
using storage::OpenMode;
using storage::Scan;

constexpr int kIdWidth = 28;
constexpr int kStateWidth = 10;
constexpr int kTimeWidth = 22;

/// The id that `text` spells, or UsageError naming `option`.
template <class Id>
Id id_or_throw(const std::string& option, const std::string& text, const std::string& example) {
  if (const auto id = Id::parse(text)) return *id;
  throw UsageError(option + ": \"" + text + "\" is not such an id, expected one like " + example +
                   "…");
}

std::vector<policy::Role> roles_or_throw(const std::vector<std::string>& texts) {
  std::vector<policy::Role> roles;
  for (const std::string& each : texts) {
    const auto role = policy::role(each);
    if (!role) {
      std::string known;
      for (const policy::RoleFacts& facts : policy::roles()) {
        if (facts.side == policy::RoleFacts::Side::server) continue;
        known += (known.empty() ? "" : ", ") + std::string(facts.text);
      }
      throw UsageError("--role: there is no role \"" + each + "\", expected one of " + known);
    }
    roles.push_back(*role);
  }
  return roles;
}

std::vector<policy::Network> networks_or_throw(const std::vector<std::string>& texts) {
  std::vector<policy::Network> networks;
  for (const std::string& each : texts) {
    const auto network = policy::Network::parse(each);
    if (!network) {
      throw UsageError("--network: \"" + each +
                       "\" is not a block of addresses, expected one such as 192.0.2.0/24");
    }
    networks.push_back(*network);
  }
  return networks;
}

std::optional<ca::Time> end_or_throw(const std::optional<std::string>& lifetime, ca::Time now) {
  if (!lifetime) return std::nullopt;
  const auto duration = parse_duration(*lifetime);
  if (duration && duration->count() > 0) return now + *duration;
  throw UsageError("--expires-in: \"" + *lifetime +
                   "\" is not a duration, expected one such as 90d or 12h");
}

/// A refusal of policy as one sentence. What the person typed is at fault: exit code 2.
[[noreturn]] void throw_fault(const policy::Fault& fault) {
  if (fault.code == policy::FaultCode::not_found) throw std::runtime_error(fault.detail);
  std::string sentence = fault.detail;
  for (const policy::FaultAt& each : fault.errors) {
    sentence += " " + each.pointer.substr(1) + ": " + each.detail + ".";
  }
  throw UsageError(sentence);
}

template <class T>
T allowed_or_throw(policy::Allowed<T> outcome) {
  if (!outcome) throw_fault(outcome.error());
  return *std::move(outcome);
}

std::string roles_text(const std::vector<policy::Role>& roles) {
  std::string text;
  for (const policy::Role each : roles) {
    text += (text.empty() ? "" : ",") + std::string(policy::text_of(each));
  }
  return text;
}

std::string time_text(const std::optional<ca::Time>& time) {
  return time ? ca::rfc3339(*time) : "never";
}

/// Prints one line for each row of `table`.
template <class Record, class Line>
ExitCode print_rows(const ConfigChoice& choice,
                    const storage::Table<Record>& table,
                    std::ostream& out,
                    Line line) {
  const storage::Store store = open_store(choice, OpenMode::read_only);
  store.read([&](const storage::Snapshot& snapshot) {
    table.scan_prefix(snapshot, "", [&](std::string_view key, const Record& record) {
      out << std::left;
      line(std::string(key), record);
      out << "\n";
      return Scan::proceed;
    });
  });
  out << std::flush;
  return ExitCode::ok;
}

}  // namespace

ExitCode tenant_create(const ConfigChoice& choice, const std::string& name, std::ostream& out) {
  ca::SystemRandom random;
  const SystemClock clock;
  const TenantId id = TenantId::fresh(random, clock.now());
  storage::Store store = open_store(choice, OpenMode::beside_writer);
  allowed_or_throw(store.write_and_wait([&](storage::Transaction& transaction) {
    return policy::create_tenant(transaction, person_at_command_line(), id, name, clock.seconds());
  }));
  out << id.text() << std::endl;
  return ExitCode::ok;
}

ExitCode tenant_list(const ConfigChoice& choice, std::ostream& out) {
  return print_rows(choice, policy::kTenants, out,
                    [&](const std::string& key, const policy::TenantRecord& tenant) {
                      out << std::setw(kIdWidth) << TenantId::from_octets(key).text()
                          << std::setw(kTimeWidth) << ca::rfc3339(tenant.created_at) << tenant.name;
                    });
}

ExitCode person_create(const PersonCreateOptions& options, std::ostream& out) {
  ca::SystemRandom random;
  const SystemClock clock;
  const PersonId id = PersonId::fresh(random, clock.now());
  policy::NewPerson wanted{.name = options.name,
                           .mail = options.mail,
                           .tenant = std::nullopt,
                           .roles = roles_or_throw(options.roles)};
  if (options.tenant) wanted.tenant = id_or_throw<TenantId>("--tenant", *options.tenant, "ten_");
  storage::Store store = open_store(options.config, OpenMode::beside_writer);
  allowed_or_throw(store.write_and_wait([&](storage::Transaction& transaction) {
    return policy::create_person(transaction, person_at_command_line(), id, wanted,
                                 clock.seconds());
  }));
  out << id.text() << std::endl;
  return ExitCode::ok;
}

ExitCode person_list(const ConfigChoice& choice, std::ostream& out) {
  return print_rows(
      choice, policy::kPeople, out, [&](const std::string& key, const PersonRecord& person) {
        out << std::setw(kIdWidth) << PersonId::from_octets(key).text() << std::setw(kStateWidth)
            << (person.disabled_at ? "disabled" : "active") << std::setw(kIdWidth)
            << (person.tenant ? person.tenant->text() : "authority") << roles_text(person.roles)
            << "  " << person.mail << "  " << person.name;
      });
}

ExitCode person_disable(const ConfigChoice& choice, const std::string& person, std::ostream& out) {
  const PersonId id = id_or_throw<PersonId>("PERSON", person, "per_");
  const ca::Time now = SystemClock().seconds();
  storage::Store store = open_store(choice, OpenMode::beside_writer);
  allowed_or_throw(store.write_and_wait([&](storage::Transaction& transaction) {
    return policy::disable_person(transaction, person_at_command_line(), id, now);
  }));
  out << id.text() << " is disabled, and every token of this person with it." << std::endl;
  return ExitCode::ok;
}

ExitCode token_create(const TokenCreateOptions& options, std::ostream& out) {
  ca::SystemRandom random;
  const SystemClock clock;
  const policy::NewApiToken wanted{
      .person = id_or_throw<PersonId>("--person", options.person, "per_"),
      .roles = roles_or_throw(options.roles),
      .label = options.label,
      .networks = networks_or_throw(options.networks),
      .expires_at = end_or_throw(options.lifetime, clock.seconds())};
  const TokenId id = TokenId::fresh(random, clock.now());
  const std::string text = policy::fresh_token_text(random);
  storage::Store store = open_store(options.config, OpenMode::beside_writer);
  allowed_or_throw(store.write_and_wait([&](storage::Transaction& transaction) {
    return policy::create_token(transaction, person_at_command_line(), id, text, wanted,
                                clock.seconds());
  }));
  out << "Token: " << id.text() << "\nText: " << text
      << "\nThe text is shown this once. Whoever has it acts as " << wanted.person.text()
      << "; send it as\n  Authorization: Bearer TEXT" << std::endl;
  return ExitCode::ok;
}

ExitCode token_list(const ConfigChoice& choice, std::ostream& out) {
  const ca::Time now = SystemClock().seconds();
  return print_rows(
      choice, policy::kApiTokens, out, [&](const std::string& key, const ApiTokenRecord& token) {
        out << std::setw(kIdWidth) << TokenId::from_octets(key).text() << std::setw(kStateWidth)
            << policy::text_of(policy::state_of(token, now)) << std::setw(kTimeWidth)
            << time_text(token.expires_at) << std::setw(kIdWidth) << token.person.text()
            << roles_text(token.roles) << "  " << token.label;
      });
}

ExitCode token_show(const ConfigChoice& choice, const std::string& token, std::ostream& out) {
  const TokenId id = id_or_throw<TokenId>("TOKEN", token, "tok_");
  const storage::Store store = open_store(choice, OpenMode::read_only);
  const ca::Time now = SystemClock().seconds();
  store.read([&](const storage::Snapshot& snapshot) {
    const auto record = policy::kApiTokens.get(snapshot, id.octets());
    if (!record) throw std::runtime_error("There is no token " + id.text() + ".");
    std::string networks;
    for (const policy::Network& each : record->networks) {
      networks += (networks.empty() ? "" : ", ") + each.text();
    }
    out << "Token: " << id.text() << "\nState: " << policy::text_of(policy::state_of(*record, now))
        << "\nPerson: " << record->person.text() << "\nRoles: " << roles_text(record->roles)
        << "\nLabel: " << record->label << "\nCreated: " << ca::rfc3339(record->created_at)
        << "\nExpires: " << time_text(record->expires_at)
        << "\nDisabled: " << time_text(record->disabled_at)
        << "\nNetworks: " << (networks.empty() ? "all" : networks) << std::endl;
  });
  return ExitCode::ok;
}

ExitCode token_revoke(const ConfigChoice& choice, const std::string& token, std::ostream& out) {
  const TokenId id = id_or_throw<TokenId>("TOKEN", token, "tok_");
  const ca::Time now = SystemClock().seconds();
  storage::Store store = open_store(choice, OpenMode::beside_writer);
  allowed_or_throw(store.write_and_wait([&](storage::Transaction& transaction) {
    return policy::disable_token(transaction, person_at_command_line(), id, now);
  }));
  out << id.text() << " opens nothing any more." << std::endl;
  return ExitCode::ok;
}

}  // namespace server

#include "policy/issuing/application_issuance.h"

#include <algorithm>
#include <chrono>
#include <stdexcept>
#include <utility>
#include <variant>

#include "ca/audit_log.h"
#include "ca/certificate_request.h"
#include "ca/crypto/encoding.h"
#include "ca/issuance.h"
#include "ca/ledger.h"
#include "policy/applications/applications.h"
#include "policy/applications/gate_events.h"
#include "policy/applications/issue_waits.h"
#include "policy/domain_control/look.h"
#include "policy/issuing/application_evidence.h"
#include "policy/issuing/issuance_record.h"
#include "policy/issuing/issuance_refusal.h"
#include "policy/issuing/subject.h"
#include "policy/issuing/tenant_certificates.h"
#include "policy/stops/stop.h"
#include "storage/storage_error.h"

namespace policy {

namespace {

namespace asio = boost::asio;

/// How long the result may wait for room in the store.
constexpr std::chrono::minutes kStorePatience{10};
/// BR 4.2.2.1 allows 8 hours; what was looked up for this attempt is never older than this.
constexpr std::chrono::hours kLongestCaaAge{7};

struct Nothing {};  // nobody waits for a certificate any more
struct InDoubt {};  // an attempt got as far as its intent and no further
using Finding = std::variant<Nothing, InDoubt, IssuanceRefusal, Application>;

/// 1, 2, 4 … 60 minutes.
std::chrono::seconds pause_after_attempt(std::uint32_t attempts) {
  constexpr std::uint32_t kSteps = 6;
  return std::min<std::chrono::seconds>(std::chrono::minutes(1U << std::min(attempts, kSteps)),
                                        std::chrono::hours(1));
}

ApplicationIssuance issuance_of(const storage::Snapshot& snapshot, const ApplicationId& id) {
  auto found = kApplicationIssuances.get(snapshot, id.octets());
  if (found) return *std::move(found);
  ApplicationIssuance fresh;
  fresh.application = id;
  return fresh;
}

Finding examine(const storage::Snapshot& snapshot,
                const IssuingServices& services,
                const ApplicationId& id,
                ca::Time now) {
  auto application = kApplications.get(snapshot, id.octets());
  if (!application) return Nothing{};
  const bool is_issuing = application->state == ApplicationState::issuing;
  if (!is_issuing && application->state != ApplicationState::approved) return Nothing{};
  if (!issuance_of(snapshot, id).serial.empty()) return InDoubt{};
  if (auto refusal = issuance_refusal(snapshot, services, *application, now)) {
    return *std::move(refusal);
  }
  return *std::move(application);
}

/// The engine's word where it has to agree.
void require(const Allowed<Application>& moved) {
  if (moved) return;
  throw std::runtime_error("the application could not be moved on: " + moved.error().detail);
}

void retry_later(storage::Transaction& transaction, const ApplicationId& id, ca::Time now) {
  ApplicationIssuance issuance = issuance_of(transaction, id);
  issuance.serial.clear();
  issuance.caa.clear();
  issuance.due = now + pause_after_attempt(issuance.attempts);
  ++issuance.attempts;
  store_issuance(transaction, issuance);
}

/// BR 5.4.1: the decision has room for one sentence.
void note_votes(storage::Transaction& transaction,
                const ApplicationId& id,
                const IssuanceRefusal& refusal,
                ca::Time now) {
  if (refusal.votes.empty()) return;
  ca::AuditEvent event{now, "application.caa_refused", "server", id.text(), {}};
  event.facts.emplace_back("caa", refusal.detail);
  for (const std::string& vote : refusal.votes) event.facts.emplace_back("vote", vote);
  ca::append_audit(transaction, event);
}

/// From approved or issuing to where `refusal` leads.
void refuse_in(storage::Transaction& transaction,
               const IssuingServices& services,
               const ApplicationId& id,
               const IssuanceRefusal& refusal,
               ca::Time now) {
  const Actor server = server_itself();
  const Here here{transaction, services.surroundings, server, now};
  const auto application = kApplications.get(transaction, id.octets());
  if (!application) return erase_issuance(transaction, id);
  const bool is_approved = application->state == ApplicationState::approved;
  if (!is_approved && application->state != ApplicationState::issuing) {
    return erase_issuance(transaction, id);
  }
  note_votes(transaction, id, refusal, now);
  if (refusal.kind == RefusalKind::passing) {
    require(is_approved ? issue_waits(here, {id}, refusal.detail)
                        : issue_failed(here, {id}, refusal.detail));
    return retry_later(transaction, id, now);
  }
  if (is_approved) {
    // Only from there an application is rejected for what was found at the signing act.
    if (auto begun = begin_issuing(here, {id}); !begun) return retry_later(transaction, id, now);
  }
  require(issue_refused(here, {id}, refusal.code, refusal.detail));
  erase_issuance(transaction, id);
}

asio::awaitable<void> refuse(IssuingServices& services, ApplicationId id, IssuanceRefusal refusal) {
  auto write = [&services, id, refusal](storage::Transaction& transaction) {
    refuse_in(transaction, services, id, refusal, services.now());
  };
  co_await services.store.write(std::move(write));
  services.tell(
      refusal.kind == RefusalKind::final ? "application.issue_refused" : "application.issue_failed",
      id, refusal.code + ": " + refusal.detail);
}

/// Nobody knows whether the key was used: the serial is revoked either way, and never signed again.
asio::awaitable<void> give_up_serial(IssuingServices& services, ApplicationId id) {
  auto write = [&services, id](storage::Transaction& transaction) {
    const ca::Time now = services.now();
    const ApplicationIssuance issuance = issuance_of(transaction, id);
    if (issuance.serial.empty()) return;
    const auto revoked =
        ca::Ledger::revoke(transaction, issuance.issuer_id, issuance.serial, 0, "server", now);
    if (!revoked && revoked.error().kind() != ca::RejectionKind::already_revoked) {
      throw std::logic_error("the serial of application " + id.text() +
                             " cannot be revoked: " + revoked.error().detail());
    }
    services.wants_crl(transaction, issuance.issuer_id, now);
    retry_later(transaction, id, now);
    refuse_in(transaction, services, id,
              passing_refusal("interrupted", "the server stopped while it signed"), now);
  };
  co_await services.store.write(std::move(write));
  services.tell("application.issue_interrupted", id,
                "the server stopped while it signed; the serial is revoked");
}

asio::awaitable<void> end_row(IssuingServices& services, ApplicationId id, storage::WorkKey key) {
  auto write = [id, key = key.encode()](storage::Transaction& transaction) {
    erase_issuance(transaction, id);
    storage::kDueWork.erase(transaction, key);
  };
  co_await services.store.write(std::move(write));
}

struct CaaFound {
  std::optional<IssuanceRefusal> refusal;
  std::vector<std::string> evidence;
};

/// Every name, for its own method.
asio::awaitable<CaaFound> ask_caa(IssuingServices& services, Application application) {
  CaaFound found;
  const std::vector<NameEvidence> names =
      services.store.read([&](const storage::Snapshot& snapshot) {
        return evidence_of(snapshot, services.surroundings.catalog, services.house, application,
                           services.now());
      });
  const Product* product =
      services.surroundings.catalog.version(application.product, application.product_version);
  const ControlHouse house =
      product == nullptr ? services.house : house_for(services.house, *product);
  for (const NameEvidence& each : names) {
    const auto* name = std::get_if<ca::DnsName>(&each.name);
    if (name == nullptr || !each.claim) continue;
    auto asking = check_caa_for(services.caa, *name, each.claim->method, house, application.tenant);
    CaaAnswer answer = co_await std::move(asking);
    if (answer.is_permitted) {
      found.evidence.push_back(std::move(answer.detail));
      continue;
    }
    found.refusal = answer.is_unreadable ? passing_refusal("caa_unreadable", answer.detail)
                                         : final_refusal("caa", answer.detail);
    found.refusal->votes = std::move(answer.votes);
    if (!answer.is_unreadable) break;
  }
  co_return found;
}

/// Approved becomes issuing; nothing if the engine says no.
asio::awaitable<std::optional<IssuanceRefusal>> begin(IssuingServices& services,
                                                      ApplicationId id,
                                                      std::vector<std::string> caa) {
  auto write = [&services, id, caa = std::move(caa)](
                   storage::Transaction& transaction) -> std::optional<IssuanceRefusal> {
    const ca::Time now = services.now();
    const Actor server = server_itself();
    const Here here{transaction, services.surroundings, server, now};
    const auto application = kApplications.get(transaction, id.octets());
    if (!application) return passing_refusal("gone", "the application is gone");
    if (application->state == ApplicationState::approved) {
      if (auto begun = begin_issuing(here, {id}); !begun) {
        return passing_refusal(std::string(facts_of(begun.error().code).text),
                               begun.error().detail);
      }
    }
    ApplicationIssuance issuance = issuance_of(transaction, id);
    issuance.caa = caa;
    store_issuance(transaction, issuance);
    return std::nullopt;
  };
  co_return co_await services.store.write(std::move(write));
}

/// Everything is judged once more in the transaction of the intent.
ca::IssuanceSteps::NoteSerial note_serial(IssuingServices& services,
                                          ApplicationId id,
                                          std::string issuer_id,
                                          ca::Subject subject,
                                          ca::Time caa_asked) {
  return [&services, id = std::move(id), issuer_id = std::move(issuer_id),
          subject = std::move(subject),
          caa_asked](storage::Transaction& transaction, const std::string& serial) {
    const ca::Time now = services.now();
    const Finding finding = examine(transaction, services, id, now);
    const auto* application = std::get_if<Application>(&finding);
    const bool is_fit =
        application != nullptr && application->state == ApplicationState::issuing &&
        caa_asked <= now && now - caa_asked < kLongestCaaAge &&
        subject_for(transaction, *application) == subject &&
        // The one that signs, which need not be the one that would be chosen now.
        !stop_over(transaction, {issuer_id, application->product, application->tenant.text()});
    if (!is_fit) return false;
    ApplicationIssuance issuance = issuance_of(transaction, id);
    issuance.issuer_id = issuer_id;
    issuance.serial = serial;
    store_issuance(transaction, issuance);
    return true;
  };
}

/// What is looked at again when logs have answered.
ca::IssuanceSteps::StillFit still_fit(IssuingServices& services, ApplicationId id) {
  return [&services, id = std::move(id)](const storage::Snapshot& snapshot,
                                         const std::string& serial) {
    const auto application = kApplications.get(snapshot, id.octets());
    return application && application->state == ApplicationState::issuing &&
           issuance_of(snapshot, id).serial == serial &&
           !issuance_refusal(snapshot, services, *application, services.now());
  };
}

/// Certificate and application know each other in the write that stores the certificate.
ca::IssuanceSteps::Conclude conclude(IssuingServices& services, ApplicationId id) {
  return [&services, id = std::move(id)](storage::Transaction& transaction,
                                         const ca::IssuedCertificate& issued) {
    const ApplicationIssuance issuance = issuance_of(transaction, id);
    if (issuance.serial != issued.serial) {
      throw std::logic_error("application " + id.text() +
                             " no longer waits for the certificate it was signed for");
    }
    const Actor server = server_itself();
    const Here here{transaction, services.surroundings, server, services.now()};
    const auto moved = certificate_issued(
        here, {id}, {issuance.issuer_id + "/" + ca::hex(issued.serial), issued.der});
    require(moved);
    transaction.put(kCertificateApplications,
                    certificate_application_key(issuance.issuer_id, issued.serial), id.octets());
    list_certificate(transaction, moved->tenant, issuance.issuer_id, issued.serial);
    erase_issuance(transaction, id);
  };
}

IssuanceRefusal refusal_of(const ca::Rejection& rejection) {
  if (rejection.kind() == ca::RejectionKind::issuer_unavailable) {
    return passing_refusal("issuer_unavailable", rejection.detail());
  }
  if (rejection.kind() == ca::RejectionKind::bad_public_key) {
    return final_refusal("key_rejected", rejection.detail());
  }
  if (rejection.kind() == ca::RejectionKind::bad_validity) {
    return final_refusal("validity_not_allowed", rejection.detail());
  }
  return final_refusal("lint", rejection.detail());
}

/// Steps 2 to 5 of docs/issuance-cycle.md for an application that was just found fit.
asio::awaitable<void> issue(IssuingServices& services,
                            Application application,
                            const Product& product,
                            ca::Time caa_asked) {
  const ApplicationId id = application.id;
  const ca::Time now = services.now();
  const ca::Issuer* issuer = issuer_for(services.issuers, application, product, now);
  if (issuer == nullptr) {
    co_await refuse(services, id, no_issuer_refusal());
    co_return;
  }
  ca::IssuanceRequest request = services.store.read([&](const storage::Snapshot& snapshot) {
    return request_for(snapshot, application, product, requested_key(application), now);
  });
  request.reserved_addresses = services.reserved_addresses;
  ca::IssuingParts parts{services.store, *issuer, services.random, services.now,
                         services.transparency};
  ca::IssuanceSteps steps{{id.text(), application.tenant.text()},
                          note_serial(services, id, issuer->id(), request.subject, caa_asked),
                          conclude(services, id),
                          now + kStorePatience,
                          still_fit(services, id)};
  auto issuing = ca::issue_certificate(std::move(parts), std::move(request), std::move(steps));
  const ca::Judged<std::optional<ca::IssuedCertificate>> issued = co_await std::move(issuing);
  if (!issued) {
    co_await refuse(services, id, refusal_of(issued.error()));
  } else if (!*issued) {
    co_await refuse(services, id,
                    passing_refusal("changed", "something changed while it was prepared"));
  } else {
    services.tell("application.issued", id, "serial " + ca::hex((*issued)->serial));
  }
}

}  // namespace

void request_issuance(storage::Transaction& transaction, const ApplicationId& application) {
  ApplicationIssuance issuance;
  issuance.application = application;
  issuance.due = storage::kAtOnce;
  store_issuance(transaction, issuance);
}

asio::awaitable<void> run_application_issuance(IssuingServices& services, storage::WorkKey key) {
  const auto id = record_fields::decode_bytes<ApplicationId>(key.subject);
  const auto look = [&] {
    return services.store.read([&](const storage::Snapshot& snapshot) {
      return examine(snapshot, services, id, services.now());
    });
  };
  Finding finding = look();
  if (std::holds_alternative<InDoubt>(finding)) {
    co_await give_up_serial(services, id);
    co_return;
  }
  const ca::Time caa_asked = services.now();
  if (const auto* application = std::get_if<Application>(&finding)) {
    auto asking = ask_caa(services, *application);
    CaaFound caa = co_await std::move(asking);
    if (!caa.refusal) {
      auto beginning = begin(services, id, std::move(caa.evidence));
      caa.refusal = co_await std::move(beginning);
    }
    finding = caa.refusal ? Finding(*std::move(caa.refusal)) : look();
  }
  if (auto* refusal = std::get_if<IssuanceRefusal>(&finding)) {
    co_await refuse(services, id, *std::move(refusal));
  } else if (auto* application = std::get_if<Application>(&finding)) {
    const Product& product =
        *services.surroundings.catalog.version(application->product, application->product_version);
    co_await issue(services, *std::move(application), product, caa_asked);
  } else {
    co_await end_row(services, id, std::move(key));
  }
}

}  // namespace policy

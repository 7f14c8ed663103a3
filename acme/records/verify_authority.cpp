// I9: no certificate after an effective stop, block or revocation of authority. By the audit log
// alone, whose order no clock can disturb.
#include <map>
#include <optional>
#include <set>
#include <string>

#include "acme/authorization.h"
#include "acme/order.h"
#include "acme/records/verify_parts.h"
#include "ca/audit_export.h"
#include "ca/audit_log.h"
#include "ca/certificate.h"
#include "ca/certificate_profile.h"
#include "ca/crypto/encoding.h"
#include "ca/crypto/hash.h"
#include "ca/ledger.h"
#include "ca/ocsp/responder_certificate.h"
#include "policy/applications/applications.h"
#include "policy/issuing/proven_names.h"
#include "policy/stops/stop.h"
#include "storage/storage_error.h"

namespace acme::verification {

namespace {

using policy::StopKind;
using policy::StopTarget;

/// What is in force at one place of the audit log.
class Authority {
 public:
  void read(const ca::AuditEntry& entry) {
    if (entry.event == "issuance.stopped") stops_.insert(entry.subject);
    if (entry.event == "issuance.resumed") stops_.erase(entry.subject);
    if (entry.event == "key.blocked") blocked_keys_.insert(entry.subject);
    if (entry.event == "account.deactivated") deactivated_.insert(entry.subject);
  }

  [[nodiscard]] bool is_stopped(StopKind kind, std::string_view subject) const {
    return stops_.contains(StopTarget{kind, std::string(subject)}.text());
  }
  /// The name or a domain above it, as stops are looked for (policy/stops/stop.cpp).
  [[nodiscard]] bool is_name_stopped(const ca::Identifier& identifier) const {
    const auto* name = std::get_if<ca::DnsName>(&identifier);
    if (name == nullptr) return is_stopped(StopKind::name, ca::value_of(identifier));
    for (std::string rest = name->without_wildcard().text();;) {
      if (is_stopped(StopKind::name, rest)) return true;
      const std::size_t dot = rest.find('.');
      if (dot == std::string::npos) return false;
      rest.erase(0, dot + 1);
    }
  }
  [[nodiscard]] bool is_blocked(const std::string& key_hex) const {
    return blocked_keys_.contains(key_hex);
  }
  [[nodiscard]] bool is_deactivated(const std::string& account) const {
    return deactivated_.contains(account);
  }

 private:
  std::set<std::string> stops_, blocked_keys_, deactivated_;
};

/// Whose certificate an intent is for, beyond what the audit entry says.
struct Subjects {
  std::string product;
  std::set<policy::ValidationMethod> methods;
  std::optional<policy::TenantId> tenant;  // of an application: its names rest on domain claims
};

std::optional<LoadedOrder> readable_order(const storage::Snapshot& snapshot, const OrderId& id) {
  try {
    return load_order(snapshot, id, ca::Time{});
  } catch (const storage::CorruptRecord&) {
    return std::nullopt;  // told by others
  }
}

Subjects subjects_of(const storage::Snapshot& snapshot, const std::string& owner) {
  Subjects subjects;
  if (const auto id = OrderId::parse(owner)) {
    const auto order = readable_order(snapshot, *id);
    if (!order) return subjects;
    subjects.product = order->record.product;
    for (const AuthorizationRecord& each : order->authorizations) {
      if (const auto* decided = deciding_challenge(each)) subjects.methods.insert(decided->method);
    }
  } else if (const auto application = policy::ApplicationId::parse(owner)) {
    const auto record = policy::kApplications.get(snapshot, application->octets());
    if (!record) return subjects;
    subjects.product = record->product;
    subjects.tenant = record->tenant;
  }
  return subjects;
}

class AuthorityProof {
 public:
  AuthorityProof(const storage::Snapshot& snapshot, Faults& faults)
      : snapshot_(snapshot), faults_(faults), proven_(snapshot) {}

  void read(const ca::AuditEntry& entry) {
    authority_.read(entry);
    if (entry.event == "certificate.intended") judge(entry);
  }

 private:
  void unless(bool sound, const ca::AuditEntry& entry, const std::string& fault) {
    if (!sound) faults_.push_back("serial " + entry.subject + " was intended although " + fault);
  }

  void judge(const ca::AuditEntry& entry) {
    const std::string order = ca::fact_in(entry, "order");
    // The server's own certificate for OCSP goes on while issuance is stopped.
    if (order.empty() && ca::fact_in(entry, "profile") == ca::ocsp::kResponderProfile) return;
    const Subjects subjects = subjects_of(snapshot_, order);
    unless(!authority_.is_stopped(StopKind::all, ""), entry, "everything was stopped");
    unless(!authority_.is_stopped(StopKind::issuer, ca::fact_in(entry, "issuer")), entry,
           "its issuer was stopped");
    unless(!authority_.is_stopped(StopKind::profile, subjects.product), entry,
           "the profile " + subjects.product + " was stopped");
    unless(!authority_.is_stopped(StopKind::account, entry.actor), entry,
           "the account " + entry.actor + " was stopped");
    unless(!authority_.is_deactivated(entry.actor), entry,
           "the account " + entry.actor + " was deactivated");
    for (const policy::ValidationMethod method : subjects.methods) {
      unless(!authority_.is_stopped(StopKind::method, policy::text_of(method)), entry,
             "the method " + std::string(policy::text_of(method)) + " was stopped");
    }
    judge_content(entry, subjects);
  }

  void judge_content(const ca::AuditEntry& entry, const Subjects& subjects) {
    const auto serial = ca::from_hex(entry.subject);
    const auto row =
        serial ? ca::Ledger::find(snapshot_, ca::fact_in(entry, "issuer"), *serial) : std::nullopt;
    if (!row) return;
    const auto view = ca::view_certificate(row->lint_certificate);
    if (!view) return;  // the ledger's own proof tells
    for (const ca::Identifier& each : view->identifiers) {
      unless(!authority_.is_name_stopped(each), entry,
             "the name " + ca::value_of(each) + " was stopped");
      if (subjects.tenant) judge_claims(entry, *row, *subjects.tenant, each);
    }
    unless(!authority_.is_blocked(ca::hex(ca::sha256(view->spki))), entry, "its key was blocked");
  }

  /// Nobody notes which claim an application rested on: one of them has to be of a method that was
  /// not stopped. That there is none at all is told by whoever proves I4.
  void judge_claims(const ca::AuditEntry& entry,
                    const ca::LedgerEntry& row,
                    const policy::TenantId& tenant,
                    const ca::Identifier& name) {
    const ca::CertificateProfile* const profile = ca::find_profile(row.profile);
    if (profile == nullptr) return;
    const auto methods = proven_.methods(tenant, name, profile->trust, row.intended_at);
    std::string stopped;
    for (const policy::ControlMethod method : methods) {
      if (!authority_.is_stopped(StopKind::method, policy::text_of(method))) return;
      stopped += (stopped.empty() ? "" : ", ") + std::string(policy::text_of(method));
    }
    unless(methods.empty(), entry,
           "the name " + ca::value_of(name) + " was proven by nothing but " + stopped +
               ", and that was stopped");
  }

  const storage::Snapshot& snapshot_;
  Faults& faults_;
  policy::ProvenNames proven_;
  Authority authority_;
};

}  // namespace

void check_authority(const storage::Snapshot& snapshot, Faults& faults) {
  AuthorityProof proof(snapshot, faults);
  ca::read_audit(snapshot, 0, [&](const ca::AuditEntry& entry) {
    proof.read(entry);
    return storage::Scan::proceed;
  });
}

}  // namespace acme::verification

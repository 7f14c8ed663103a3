#include "policy/reviews/dual_control.h"

#include <algorithm>
#include <array>
#include <utility>

#include "ca/crypto/hash.h"
#include "policy/applications/gate_course.h"
#include "policy/documents/document.h"
#include "policy/people/person.h"
#include "policy/reviews/document_request.h"
#include "policy/reviews/evidence.h"
#include "storage/key_codec.h"

namespace policy {

namespace {

Refused refuse(FaultCode code, std::string detail) {
  return Refused(Fault{code, std::move(detail)});
}

/// What makes somebody one who asked for it.
constexpr std::array kAsking{Part::created, Part::edited, Part::submitted,
                             Part::approved_for_applicant, Part::signed_for_applicant};
/// What makes somebody one who cannot be the second.
constexpr std::array kWorking{Part::collected, Part::decided};

bool had_a_part(const Application& application,
                const PersonId& person,
                std::span<const Part> parts) {
  return std::ranges::any_of(parts,
                             [&](Part part) { return application.is_involved(person, part); });
}

/// How often the present revision was sent back.
std::uint64_t round_of(const std::vector<Decision>& decisions, std::uint32_t revision) {
  const auto sent_back = std::ranges::count_if(decisions, [&](const Decision& each) {
    return each.kind == DecisionKind::send_back && each.revision == revision;
  });
  return static_cast<std::uint64_t>(sent_back);
}

bool is_under(std::string_view pointer, std::string_view place) {
  return place.empty() || pointer == place ||
         (pointer.starts_with(place) && pointer[place.size()] == '/');
}

Facts under(const Facts& facts, std::string_view place) {
  Facts chosen;
  std::ranges::copy_if(facts, std::back_inserter(chosen),
                       [&](const FactAt& fact) { return is_under(fact.pointer, place); });
  return chosen;
}

/// What decisions rested on before they did on the documents that reviewers ask for.
std::string digest_without_requests(const storage::Snapshot& snapshot,
                                    const Application& application) {
  storage::KeyWriter writer;
  writer.text(application.product).number(application.product_version);
  writer.text(application.spki_sha256).text(application.wish.encode());
  if (application.follows) writer.text(encode_record(*application.follows));
  const auto revision =
      kRevisions.get(snapshot, revision_key(application.id, application.revision));
  writer.text(revision ? revision->encode() : "");
  for (const StepResult& step : steps_of(snapshot, application.id, application.revision)) {
    writer.text(step.encode());
  }
  for (const CallRecord& call : calls_of(snapshot, application.id)) writer.text(call.encode());
  for (const Gate& gate : application.gates) {
    if (gate_course::comes_last(gate.name)) continue;
    writer.text(text_of(gate.name));
    for (const std::string& each : gate.evidence) writer.text(each);
  }
  return ca::sha256(std::move(writer).take());
}

/// Whether the decision is about the case as it is now. Those of older versions say nothing of
/// documents that reviewers ask for: they are about those that were there by then.
bool is_of_now(const storage::Snapshot& snapshot,
               const Application& application,
               const Decision& decision) {
  if (decision.evidence_digest == evidence_digest(snapshot, application)) return true;
  const bool came_later = std::ranges::any_of(
      document_requests(snapshot, application.id), [&](const RequestedDocument& each) {
        return each.document && each.settled_at > decision.at;
      });
  return !came_later && decision.evidence_digest == digest_without_requests(snapshot, application);
}

}  // namespace

std::string decision_key(const ApplicationId& application, std::uint32_t number) {
  return application.octets() + storage::KeyWriter().number(number).take();
}

std::vector<Decision> decisions_of(const storage::Snapshot& snapshot,
                                   const ApplicationId& application) {
  std::vector<Decision> decisions;
  kDecisions.scan_prefix(snapshot, application.octets(), [&](std::string_view, Decision decision) {
    decisions.push_back(std::move(decision));
    return storage::Scan::proceed;
  });
  return decisions;
}

bool is_reviewer(const storage::Snapshot& snapshot,
                 const PersonId& person,
                 std::span<const Role> roles) {
  const auto known = kPeople.get(snapshot, person.octets());
  if (!known || known->disabled_at || known->tenant) return false;
  return std::ranges::any_of(roles, [&](Role role) {
    return std::ranges::find(known->roles, role) != known->roles.end();
  });
}

Allowed<void> may_review(const Here& here, std::span<const Role> roles) {
  const bool asked_for =
      std::ranges::any_of(roles, [&](Role role) { return here.actor.has(role); });
  if (asked_for && !here.actor.tenant && is_reviewer(here.transaction, here.actor.person, roles)) {
    return {};
  }
  return refuse(FaultCode::forbidden, "this is for others of the authority to do");
}

Allowed<void> may_decide(const Here& here, const Application& application, DecisionKind kind) {
  const PersonId& person = here.actor.person;
  if (had_a_part(application, person, kAsking)) {
    return refuse(FaultCode::self_approval, "whoever asks for a certificate does not decide on it");
  }
  if (kind != DecisionKind::countersign && kind != DecisionKind::send_back) return {};
  if (had_a_part(application, person, kWorking)) {
    return refuse(FaultCode::second_person_required,
                  "this takes somebody who collected no evidence and made no decision here");
  }
  return {};
}

Allowed<void> put_decision(storage::Transaction& transaction,
                           Application& application,
                           Decision decision) {
  decision.revision = application.revision;
  if (decision.evidence_digest.empty()) {
    decision.evidence_digest = evidence_digest(transaction, application);
  }
  const std::uint32_t number = application.decisions + 1;
  if (gives_consent(decision.kind) && decision.by) {
    const auto round = round_of(decisions_of(transaction, application.id), application.revision);
    const std::string key =
        application.id.octets() + storage::KeyWriter()
                                      .number(application.revision)
                                      .number(round)
                                      .number(static_cast<std::uint64_t>(decision.kind))
                                      .tail(decision.by->octets())
                                      .take();
    if (transaction.get(kDecisionPeople, key)) {
      return refuse(FaultCode::second_person_required, "the same person decided this before");
    }
    transaction.put(kDecisionPeople, key, storage::KeyWriter().number(number).take());
  }
  kDecisions.put(transaction, decision_key(application.id, number), decision);
  application.decisions = number;
  application.decision = std::move(decision);
  return {};
}

std::string evidence_digest(const storage::Snapshot& snapshot, const Application& application) {
  const std::string without = digest_without_requests(snapshot, application);
  storage::KeyWriter writer;
  bool any = false;
  for (const RequestedDocument& each : document_requests(snapshot, application.id)) {
    if (!each.document) continue;
    any = true;
    const auto document = kDocuments.get(snapshot, each.document->octets());
    writer.text(each.document->octets()).text(document ? document->sha256 : "");
  }
  return any ? ca::sha256(without + std::move(writer).take()) : without;
}

Allowed<Decision> standing_first_approval(const storage::Snapshot& snapshot,
                                          const Application& application) {
  std::optional<Decision> last;
  for (Decision& each : decisions_of(snapshot, application.id)) {
    const bool counts = each.kind == DecisionKind::approve || each.kind == DecisionKind::send_back;
    if (counts && each.revision == application.revision) last = std::move(each);
  }
  if (!last || last->kind != DecisionKind::approve) {
    return refuse(FaultCode::evidence_missing, "nobody has approved what is asked for now");
  }
  if (!is_of_now(snapshot, application, *last)) {
    return refuse(FaultCode::evidence_missing, "the case has changed since it was approved");
  }
  return *std::move(last);
}

Allowed<void> is_consented(const storage::Snapshot& snapshot, const Application& application) {
  const auto first = standing_first_approval(snapshot, application);
  if (!first) return Refused(first.error());
  const Gate* const second = application.gate(GateName::second_approval);
  const bool asked = second != nullptr && second->requirement == GateRequirement::required &&
                     second->state != GateState::waived;
  if (!asked) return {};
  for (const Decision& each : decisions_of(snapshot, application.id)) {
    const bool counts = each.kind == DecisionKind::countersign && each.by && each.by != first->by &&
                        each.revision == application.revision && each.at >= first->at &&
                        is_of_now(snapshot, application, each);
    if (counts) return {};
  }
  return refuse(FaultCode::second_person_required, "no second person has agreed");
}

Allowed<void> says_the_same(const storage::Snapshot& snapshot,
                            const Application& application,
                            std::string_view place) {
  const auto revision =
      kRevisions.get(snapshot, revision_key(application.id, application.revision));
  const Facts now = facts_of(snapshot, application);
  if (revision && under(revision->facts, place) == under(now, place)) return {};
  return refuse(FaultCode::state_conflict,
                "what the application names has been changed since it was submitted; it has to be "
                "submitted again");
}

}  // namespace policy

#include "policy/applications/commands.h"

#include <algorithm>
#include <utility>

#include "ca/audit_log.h"
#include "ca/certificate_request.h"
#include "policy/applications/agreement.h"
#include "policy/applications/applications.h"
#include "policy/applications/case.h"
#include "policy/applications/labels.h"
#include "policy/applications/succession.h"
#include "policy/applications/validation_case.h"
#include "policy/domain_control/methods.h"
#include "policy/organizations/contact.h"
#include "policy/plain_text.h"
#include "policy/reviews/case_tasks.h"
#include "policy/reviews/document_request.h"
#include "policy/reviews/dual_control.h"

namespace policy {

namespace {

constexpr std::size_t kMaxText = 4000;

Refused refuse(FaultCode code, std::string detail) {
  return Refused(Fault{code, std::move(detail)});
}

Allowed<void> must_be_right(std::vector<FaultAt> faults) {
  if (faults.empty()) return {};
  // The first one's code, so that a single fault is told apart without looking at the list.
  Fault fault{faults.front().code, faults.front().detail, {}};
  fault.errors = std::move(faults);
  return Refused(std::move(fault));
}

Allowed<void> must_act_for(const Actor& actor, const TenantId& tenant) {
  if (actor.has(Role::system)) return {};
  const bool theirs = actor.tenant && *actor.tenant == tenant;
  if (theirs && (actor.has(Role::applicant) || actor.has(Role::org_admin))) return {};
  return refuse(FaultCode::forbidden, "only an applicant of the tenant may do this");
}

void take(Application& application, Wish wish) {
  wish.identifiers = ca::as_set(std::move(wish.identifiers));
  application.wish = std::move(wish);
  application.spki_sha256.clear();
  if (application.wish.csr.empty()) return;
  const auto request = ca::parse_certificate_request(application.wish.csr);
  if (request) application.spki_sha256 = request->public_key.spki_sha256();
}

/// TCG-17: names that were submitted once stand, where the product says so; those of a reissue are
/// the certificate's.
Allowed<void> may_change_names(const Here& here, const Case& current, const Wish& wish) {
  const Application& application = current.application();
  Application asked = application;
  asked.wish = wish;
  const auto is_for_the_same = [&](const Application& other) {
    return other.wish.identifiers == ca::as_set(wish.identifiers) &&
           pairs_www(current.product(), other) == pairs_www(current.product(), asked);
  };
  if (application.is_reissue()) {
    const auto before = before_of(here.transaction, application.follows);
    if (before && is_for_the_same(*before)) return {};
    const auto entry = ledger_entry(here.transaction, application.follows->certificate);
    if (entry && certificate_names(*entry) == certified_names(current.product(), asked)) return {};
    return refuse(FaultCode::names_locked, "a reissue is for the names of the certificate");
  }
  const bool locked = current.product().names_lock == NamesLock::submit && application.revision > 0;
  if (!locked || is_for_the_same(application)) return {};
  return refuse(FaultCode::names_locked,
                "the names were fixed when the application was submitted first");
}

Allowed<void> must_be_right(const Here& here, const Case& current, WishExtent extent) {
  if (auto kept = keeps_its_end(current.application(), current.product(), here.now); !kept) {
    return kept;
  }
  return must_be_right(here.surroundings.rules.faults(here.transaction, current.application(),
                                                      current.product(), extent));
}

Allowed<Case> open_own(const Here& here, const Target& target) {
  auto found = Case::open(here, target);
  if (!found) return found;
  if (auto allowed = must_act_for(here.actor, found->application().tenant); !allowed) {
    return Refused(allowed.error());
  }
  return found;
}

Allowed<void> must_be_draft(const Application& application) {
  if (application.state == ApplicationState::draft) return {};
  const bool late = application.state == ApplicationState::issued;
  return refuse(late ? FaultCode::already_issued : FaultCode::state_conflict,
                "the application is " + std::string(text_of(application.state)) +
                    ", expected a draft: cancel it first");
}

Allowed<void> must_be_text(std::string_view text) {
  const auto length = characters_in(text);
  if (length && *length > 0 && *length <= kMaxText) return {};
  return refuse(FaultCode::validation,
                "expected a text of 1 to " + std::to_string(kMaxText) + " characters");
}

bool is_open(const Application& application) {
  return is_live(application.state) && !is_at_rest(application);
}

/// Both ways of asking to be looked at: once per business day of the office.
Allowed<void> may_urge(const Here& here, const Case& current) {
  const Application& application = current.application();
  if (!is_open(application)) {
    return refuse(FaultCode::state_conflict, "nobody is at work on an application that is " +
                                                 std::string(text_of(application.state)));
  }
  for (const auto& last : {application.escalated_at, application.reminded_at}) {
    if (last &&
        here.surroundings.business_days.same_day(current.product().office, *last, here.now)) {
      return refuse(FaultCode::rate_limited, "once per business day");
    }
  }
  return {};
}

/// The person behind a contact of the application, by their own hand.
Allowed<void> must_be_contact(const Here& here,
                              const Application& application,
                              const std::optional<ContactId>& id,
                              Role role) {
  const auto contact = id ? kContacts.get(here.transaction, id->octets()) : std::nullopt;
  const bool is_them = contact && contact->tenant == application.tenant && here.actor.has(role) &&
                       here.actor.tenant == application.tenant &&
                       contact->fields.person == here.actor.person;
  if (is_them) return {};
  return refuse(FaultCode::forbidden,
                "only the " + std::string(text_of(role)) + " of this application may do this");
}

}  // namespace

Allowed<Application> create_application(const Here& here,
                                        const ApplicationId& id,
                                        NewApplication wanted) {
  if (auto allowed = must_act_for(here.actor, wanted.tenant); !allowed) {
    return Refused(allowed.error());
  }
  const Product* const product = product_for(here, wanted);
  if (product == nullptr) {
    const std::string detail = "the product \"" + wanted.product + "\" is not on offer";
    return Refused(Fault{FaultCode::entitlement_required,
                         detail,
                         {{"/product", FaultCode::entitlement_required, detail}}});
  }
  if (auto right = must_be_right(faults_of(wanted.labels)); !right) return Refused(right.error());
  Application application;
  application.id = id;
  application.tenant = wanted.tenant;
  application.product = product->name;
  application.product_version = product->version;
  application.level = product->level;
  application.standard = product->standard;
  application.source = wanted.source;
  application.gates = gates_of(*product);
  application.labels = std::move(wanted.labels);
  application.follows = std::move(wanted.follows);
  application.created_at = here.now;
  application.updated_at = here.now;
  take(application, std::move(wanted.wish));
  auto begun = Case::begin(here, std::move(application));
  if (!begun) return Refused(begun.error());
  if (auto may = may_change_names(here, *begun, begun->application().wish); !may) {
    return Refused(may.error());
  }
  if (auto right = must_be_right(here, *begun, WishExtent::so_far); !right) {
    return Refused(right.error());
  }
  begun->involve(Part::created);
  AuditFacts facts{{"product", product->name}, {"version", std::to_string(product->version)}};
  if (wanted.repeats) facts.emplace_back("reapplies", wanted.repeats->text());
  if (const auto& follows = begun->application().follows) {
    facts.emplace_back(text_of(follows->kind), follows->certificate);
    facts.emplace_back("follows", follows->application.text());
  }
  return begun->finish("created", std::move(facts));
}

Allowed<Application> edit_application(const Here& here, const Target& target, Wish wish) {
  auto current = open_own(here, target);
  if (!current) return Refused(current.error());
  if (auto draft = must_be_draft(current->application()); !draft) return Refused(draft.error());
  if (auto may = may_change_names(here, *current, wish); !may) return Refused(may.error());
  take(current->edit(), std::move(wish));
  if (auto right = must_be_right(here, *current, WishExtent::so_far); !right) {
    return Refused(right.error());
  }
  current->involve(Part::edited);
  return current->finish("edited");
}

Allowed<Application> label_application(const Here& here, const Target& target, Labels labels) {
  auto current = open_own(here, target);
  if (!current) return Refused(current.error());
  if (auto right = must_be_right(faults_of(labels)); !right) return Refused(right.error());
  current->edit().labels = std::move(labels);
  return current->finish("labelled");
}

Allowed<void> delete_application(const Here& here, const Target& target) {
  auto current = open_own(here, target);
  if (!current) return Refused(current.error());
  if (auto draft = must_be_draft(current->application()); !draft) return draft;
  const Application& application = current->application();
  erase_application(here.transaction, application);
  ca::append_audit(here.transaction, {here.now,
                                      "application.deleted",
                                      here.actor.audit_name(),
                                      application.id.text(),
                                      {{"revision", std::to_string(application.revision)},
                                       {"through", here.actor.through}}});
  return {};
}

Allowed<Application> submit_application(const Here& here, const Target& target) {
  auto current = open_own(here, target);
  if (!current) return Refused(current.error());
  if (auto draft = must_be_draft(current->application()); !draft) return Refused(draft.error());
  if (auto right = must_be_right(here, *current, WishExtent::whole); !right) {
    return Refused(right.error());
  }
  current->involve(Part::submitted);
  if (auto moved = current->happen({.kind = EventKind::submit}); !moved) {
    return Refused(moved.error());
  }
  return current->finish("submitted", acceptance(here.transaction, current->application()));
}

Allowed<Application> cancel_application(const Here& here, const Target& target) {
  auto current = open_own(here, target);
  if (!current) return Refused(current.error());
  if (auto moved = current->happen({.kind = EventKind::cancel}); !moved) {
    return Refused(moved.error());
  }
  return current->finish("cancelled");
}

Allowed<Resubmitted> resubmit_application(const Here& here,
                                          const Target& target,
                                          std::optional<Wish> wish) {
  auto current = open_own(here, target);
  if (!current) return Refused(current.error());
  const ApplicationState state = current->application().state;
  if (state != ApplicationState::rejected && state != ApplicationState::dcv_timeout) {
    return refuse(
        FaultCode::not_resubmittable,
        "the application is " + std::string(text_of(state)) + ", expected rejected or dcv_timeout");
  }
  const std::optional<Decision> decision = current->application().decision;
  const auto before =
      kRevisions.get(here.transaction, revision_key(target.id, current->application().revision));
  if (wish) {
    if (auto may = may_change_names(here, *current, *wish); !may) return Refused(may.error());
    take(current->edit(), *std::move(wish));
    current->involve(Part::edited);
  }
  if (auto right = must_be_right(here, *current, WishExtent::whole); !right) {
    return Refused(right.error());
  }
  current->involve(Part::submitted);
  if (auto moved = current->happen({.kind = EventKind::resubmit}); !moved) {
    return Refused(moved.error());
  }
  AuditFacts accepted = acceptance(here.transaction, current->application());
  Resubmitted result{current->finish("resubmitted", std::move(accepted)), {}, {}};
  const auto now_frozen =
      kRevisions.get(here.transaction, revision_key(target.id, result.application.revision));
  if (before && now_frozen) result.changes = difference(before->facts, now_frozen->facts);
  if (decision && decision->kind == DecisionKind::reject) {
    result.untouched = untouched(decision->fields_at_fault, result.changes);
  }
  return result;
}

Allowed<Application> remind_reviewers(const Here& here, const Target& target) {
  auto current = open_own(here, target);
  if (!current) return Refused(current.error());
  if (auto may = may_urge(here, *current); !may) return Refused(may.error());
  current->edit().reminded_at = here.now;
  raise_urgency(here.transaction, target.id);
  return current->finish("reminded");
}

Allowed<Application> escalate_application(const Here& here,
                                          const Target& target,
                                          std::string text) {
  auto current = open_own(here, target);
  if (!current) return Refused(current.error());
  if (auto right = must_be_text(text); !right) return Refused(right.error());
  if (auto may = may_urge(here, *current); !may) return Refused(may.error());
  current->edit().escalated_at = here.now;
  raise_urgency(here.transaction, target.id);
  Application after = current->finish("escalated", {{"text", text}});
  open_extra_task(here, after, current->product(), TaskType::escalation, std::move(text));
  return after;
}

Allowed<Application> answer_info(const Here& here, const Target& target, std::string text) {
  auto current = open_own(here, target);
  if (!current) return Refused(current.error());
  if (auto right = must_be_text(text); !right) return Refused(right.error());
  settle_document_requests(here.transaction, current->application(), here.now);
  if (auto moved = current->happen({.kind = EventKind::answer_info}); !moved) {
    return Refused(moved.error());
  }
  return current->finish("answered", {{"text", std::move(text)}});
}

Allowed<Application> approve_as_approver(const Here& here, const Target& target) {
  auto current = Case::open(here, target);
  if (!current) return Refused(current.error());
  const Application& application = current->application();
  if (auto them =
          must_be_contact(here, application, application.wish.approver, Role::certificate_approver);
      !them) {
    return Refused(them.error());
  }
  // EVG 3.2.2.10: an approver who did not ask for it.
  for (const Part part : {Part::created, Part::edited, Part::submitted}) {
    if (application.is_involved(here.actor.person, part)) {
      return refuse(FaultCode::self_approval,
                    "whoever asked for the certificate does not approve the request");
    }
  }
  const Event event{.kind = EventKind::gate_passed,
                    .gate = GateName::applicant_approval,
                    .evidence = {here.actor.person.text()}};
  if (auto moved = current->happen(event); !moved) return Refused(moved.error());
  if (auto put = current->decide({.kind = DecisionKind::approve_as_approver}); !put) {
    return Refused(put.error());
  }
  current->involve(Part::approved_for_applicant);
  return current->finish("approved_for_applicant");
}

Allowed<Application> sign_agreement(const Here& here, const Target& target, std::string agreement) {
  auto current = Case::open(here, target);
  if (!current) return Refused(current.error());
  const Application& application = current->application();
  if (auto them =
          must_be_contact(here, application, application.wish.signer, Role::contract_signer);
      !them) {
    return Refused(them.error());
  }
  if (auto right = must_be_text(agreement); !right) return Refused(right.error());
  const Event event{.kind = EventKind::gate_passed,
                    .gate = GateName::agreement_signed,
                    .evidence = {here.actor.person.text(), agreement}};
  if (auto moved = current->happen(event); !moved) return Refused(moved.error());
  if (auto put = current->decide({.kind = DecisionKind::sign_agreement, .text = agreement}); !put) {
    return Refused(put.error());
  }
  current->involve(Part::signed_for_applicant);
  return current->finish("agreement_signed", {{"agreement", std::move(agreement)}});
}

}  // namespace policy

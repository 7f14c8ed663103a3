#include "policy/issuing/application_followers.h"

#include <stdexcept>
#include <utility>

#include "policy/applications/gate_events.h"
#include "policy/domain_control/control.h"
#include "policy/issuing/application_evidence.h"
#include "policy/issuing/application_issuance.h"
#include "policy/issuing/issuance_record.h"

namespace policy {

ApplicationFollowers::ApplicationFollowers(const Catalog& catalog,
                                           const ControlHouse& house,
                                           ca::RandomSource& random,
                                           Notify notify,
                                           EndOrders end_orders,
                                           AskByMail ask_by_mail,
                                           RevokeReplaced revoke_replaced)
    : catalog_(catalog),
      house_(house),
      random_(random),
      notify_(std::move(notify)),
      end_orders_(std::move(end_orders)),
      ask_by_mail_(std::move(ask_by_mail)),
      revoke_replaced_(std::move(revoke_replaced)) {}

void ApplicationFollowers::dcv_opened(storage::Transaction& transaction,
                                      const Application& application,
                                      ca::Time now) {
  const Product* product = catalog_.version(application.product, application.product_version);
  if (product == nullptr) {
    throw std::logic_error("application " + application.id.text() + " has no product");
  }
  ControlOrder order{application.id,
                     application.tenant,
                     application.wish.organization,
                     claim_use_of(transaction, house_, application, *product).organization_name,
                     product,
                     certified_names(*product, application),
                     {},
                     application.deadlines.dcv.value_or(now + product->control_deadline)};
  for (const ChosenMethod& each : application.wish.methods) {
    order.chosen.emplace_back(each.name, text_of(each.method));
  }
  const auto opened = open_control(transaction, house_, order, random_, now);
  if (!opened) {
    // The rules for what may be submitted do not let it come to this.
    throw std::logic_error("domain control of application " + application.id.text() +
                           " cannot be opened: " + opened.error().detail);
  }
}

void ApplicationFollowers::dcv_closed(storage::Transaction& transaction,
                                      const Application& application) {
  close_control(transaction, application.id, application.updated_at);
}

void ApplicationFollowers::approved(storage::Transaction& transaction,
                                    const Application& application,
                                    ca::Time /*now*/) {
  if (application.source != ApplicationSource::acme) request_issuance(transaction, application.id);
}

void ApplicationFollowers::ended(storage::Transaction& transaction,
                                 const Application& application,
                                 ca::Time now) {
  erase_issuance(transaction, application.id);
  if (end_orders_) end_orders_(transaction, application, now);
}

void ApplicationFollowers::email_confirm_opened(storage::Transaction& transaction,
                                                const Application& application,
                                                ca::Time now) {
  if (ask_by_mail_) ask_by_mail_(transaction, application, now);
}

void ApplicationFollowers::certificate_replaced(storage::Transaction& transaction,
                                                const Application& application,
                                                ca::Time now) {
  if (revoke_replaced_) revoke_replaced_(transaction, application, now);
}

void ApplicationFollowers::notice(storage::Transaction& transaction,
                                  const Application& application,
                                  Notice notice,
                                  ca::Time now) {
  if (notify_) notify_(transaction, application, notice, now);
}

void ControlOutcomes::proven(storage::Transaction& transaction,
                             const ApplicationId& application,
                             const std::vector<std::string>& claims,
                             ca::Time now) {
  const Actor server = server_itself();
  // Refused where the gate is not open any more: then nothing is to be told.
  (void)dcv_passed({transaction, surroundings_, server, now}, {application}, claims);
}

void ControlOutcomes::refused(storage::Transaction& transaction,
                              const ApplicationId& application,
                              const std::string& reason,
                              ca::Time now) {
  const Actor server = server_itself();
  (void)dcv_name_refused({transaction, surroundings_, server, now}, {application}, reason);
}

std::optional<std::vector<std::string>> StoredDomainClaims::that_cover(
    const storage::Snapshot& snapshot,
    const Application& application,
    const Product& product,
    ca::Time now) const {
  const ClaimUse use = claim_use_of(snapshot, house_, application, product);
  std::vector<std::string> ids;
  for (const ca::Identifier& name : certified_names(product, application)) {
    auto claim = claim_that_proves(snapshot, use, name, now);
    if (!claim) claim = claim_taken_over(snapshot, application, use, name, now);
    if (!claim) return std::nullopt;
    ids.push_back(claim->id.text());
  }
  return ids;
}

}  // namespace policy

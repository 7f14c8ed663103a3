// Routes about the registrants of domains: what registries say of them (ALI-08).
#include <array>
#include <nlohmann/json.hpp>

#include "ca/crypto/encoding.h"
#include "policy/applications/applications.h"
#include "policy/reviews/registrant.h"
#include "server/api/operations/application_rules.h"
#include "server/api/operations/application_shapes.h"
#include "server/api/operations/desk_routes.h"
#include "server/api/page.h"
#include "server/api/patience.h"
#include "server/api/route_groups.h"

namespace server::api {
namespace {

using nlohmann::json;
using policy::Allowed;
using policy::ApplicationId;
using policy::FaultCode;
using policy::Refused;
using Answers = std::vector<policy::RegistrantAnswer>;

constexpr std::array kRegistrantFields{
    text("domain", "", 253).required(),
    text("url", "Where the registry was asked", kLongText).required(),
    text("names", "Of the registrant; none where the registry publishes none").list().required(),
    word("verdict", "Against the names of the organization", words_in<policy::RegistrantVerdict>)
        .required(),
    text("sha256", "Of the answer, in hex; it is in the bundle of evidence").required(),
    whole("revision", "Of the application").required(),
    text("by", "Who looked, per_…").required(),
    time("at", "").required(),
};
constexpr Shape kRegistrant{"Registrant", "What a registry says of who holds a domain.",
                            kRegistrantFields};

json json_of(const policy::RegistrantSnapshot& look) {
  return {{"domain", look.domain},
          {"url", look.url},
          {"names", look.names},
          {"verdict", policy::text_of(look.verdict)},
          {"sha256", ca::hex(look.sha256)},
          {"revision", look.revision},
          {"by", look.by.text()},
          {"at", ca::rfc3339(look.at)}};
}

Allowed<std::vector<ca::DnsName>> domains_of(const Context& context, const Call& call) {
  return context.store.read(
      [&](const storage::Snapshot& snapshot) -> Allowed<std::vector<ca::DnsName>> {
        const auto application = policy::visible_application(snapshot, call.actor,
                                                             call.id<ApplicationId>("application"));
        if (!application) return Refused(application.error());
        const policy::Product* const product = context.surroundings.catalog.version(
            application->product, application->product_version);
        if (product == nullptr) return std::vector<ca::DnsName>{};
        return policy::registrant_domains(*application, *product);
      });
}

/// Of one after the other.
boost::asio::awaitable<Allowed<Answers>> answers_for(policy::RegistrantReader& registries,
                                                     std::vector<ca::DnsName> domains) {
  Answers answers;
  for (const ca::DnsName& domain : domains) {
    auto asking = registries.registrant(domain);
    auto answer = co_await std::move(asking);
    if (!answer) co_return Refused({FaultCode::state_conflict, answer.error()});
    answers.push_back(*std::move(answer));
  }
  co_return answers;
}

boost::asio::awaitable<Allowed<Heard>> ask_registries(const Context& context, const Call& call) {
  const auto domains = domains_of(context, call);
  if (!domains) co_return Refused(domains.error());
  if (context.registrants == nullptr) {
    co_return Refused(
        {FaultCode::state_conflict, "This server asks no registry (setting rdap.server)."});
  }
  auto asking = within(answers_for(*context.registrants, *domains));
  auto answers = co_await std::move(asking);
  if (!answers) co_return Refused(answers.error());
  if (!*answers) co_return Refused(answers->error());
  co_return std::make_shared<const std::any>(**std::move(answers));
}

Allowed<Answer> look_up(const Context& context,
                        storage::Transaction& transaction,
                        const Call& call) {
  const auto noted = policy::note_registrants(here(context, transaction, call), target_of(call),
                                              std::any_cast<const Answers&>(call.prepared));
  if (!noted) return Refused(noted.error());
  return json_answer(json_of(*noted, Sight{context, transaction, call.now(), call.actor}),
                     noted->version);
}

Allowed<Answer> list_registrants(const Context&,
                                 const storage::Snapshot& snapshot,
                                 const Call& call) {
  Page page(call, Page::Length::unlimited);
  for (const auto& each :
       policy::registrant_snapshots(snapshot, call.id<ApplicationId>("application"))) {
    page.add(json_of(each), "");
  }
  return page.answer();
}

constexpr std::array kFaults{FaultCode::state_conflict, FaultCode::self_approval,
                             FaultCode::evidence_missing, FaultCode::validation};

constexpr std::array kRoutes{
    changing(Method::post,
             "/desk/applications/{application}:look-up-registrant",
             "lookUpRegistrant",
             "Asks the registry who holds the domain, and keeps its answer",
             kSpecialists,
             look_up)
        .asks(ask_registries)
        .may_match()
        .gives(kApplication)
        .may_refuse(kFaults),
    reading("/desk/applications/{application}/registrants",
            "listRegistrants",
            "What registries have said, by domain, oldest first",
            kDeskReaders,
            list_registrants)
        .gives_pages_of(kRegistrant),
};

}  // namespace

Routes registrant_routes() {
  return kRoutes;
}

}  // namespace server::api

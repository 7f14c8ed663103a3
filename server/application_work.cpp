#include "server/application_work.h"

#include <optional>
#include <string>
#include <utility>

#include "acme/records/account_record.h"
#include "acme/records/due_work_record.h"
#include "policy/applications/clock_work.h"
#include "policy/domain_control/control_work.h"
#include "policy/issuing/application_followers.h"
#include "policy/issuing/application_issuance.h"
#include "server/outbound/caa_permission.h"

namespace server {
namespace {

using acme::WorkKind;

constexpr std::size_t kLooks = 200;
constexpr std::size_t kIssuances = 16;
constexpr std::size_t kClocks = 16;

/// RFC 8555 §11.1: the key of an account signs for ACME and for nothing else.
std::optional<std::string> key_of_account(const storage::Snapshot& snapshot,
                                          const std::string& spki_sha256) {
  if (!acme::account_with_key(snapshot, spki_sha256)) return std::nullopt;
  return "the key of the certificate request is the key of an account; use a key of its own";
}

}  // namespace

struct ApplicationWork::State {
  State(acme::Services& services,
        const policy::ControlHouse& house,
        policy::ZoneReader& zones,
        policy::SiteReader& sites,
        policy::ControlPerspectives* perspectives)
      : outcomes(services.surroundings),
        caa(services.dns, house.issuer_domains, services.clock, services.perspectives),
        control{services.store,  services.catalog, house,   {zones, caa, sites, perspectives},
                services.random, now_of(services), outcomes},
        issuing{services.store,
                services.surroundings,
                house,
                caa,
                services.random,
                now_of(services),
                services.issuers,
                services.special_use_names == policy::SpecialUseNames::allowed_in_lab
                    ? ca::ReservedAddresses::allowed_in_lab
                    : ca::ReservedAddresses::refused,
                key_of_account,
                [](storage::Transaction& transaction, const std::string& issuer, ca::Time now) {
                  acme::request_crl(transaction, issuer, now);
                },
                [&services](std::string_view event,
                            const policy::ApplicationId& application,
                            const std::string& detail) {
                  services.events.record(acme::Severity::info, event,
                                         {{"application", application.text()}, {"detail", detail}});
                },
                services.transparency},
        clocks{services.store, services.surroundings, now_of(services), services.random} {}

  static std::function<ca::Time()> now_of(acme::Services& services) {
    return [&clock = services.clock] { return clock.seconds(); };
  }

  policy::ControlOutcomes outcomes;
  CaaPermission caa;
  policy::ControlServices control;
  policy::IssuingServices issuing;
  policy::ClockServices clocks;
};

ApplicationWork::ApplicationWork(acme::Services& services,
                                 const policy::ControlHouse& house,
                                 policy::ZoneReader& zones,
                                 policy::SiteReader& sites,
                                 policy::ControlPerspectives* perspectives)
    : state_(std::make_unique<State>(services, house, zones, sites, perspectives)) {}

ApplicationWork::~ApplicationWork() = default;

const policy::ControlPorts& ApplicationWork::ports() const {
  return state_->control.ports;
}

acme::WorkHandlers ApplicationWork::handlers() {
  State& state = *state_;
  return {{WorkKind::check_domains,
           {[&state](acme::WorkKey key) {
              return policy::run_control_look(state.control, std::move(key));
            },
            {.all = kLooks}}},
          {WorkKind::issue_application,
           {[&state](acme::WorkKey key) {
              return policy::run_application_issuance(state.issuing, std::move(key));
            },
            {.all = kIssuances}}},
          {WorkKind::application_clock,
           {[&state](acme::WorkKey key) {
              return policy::run_application_clock(state.clocks, std::move(key));
            },
            {.all = kClocks}}}};
}

}  // namespace server

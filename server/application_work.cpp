#include "server/application_work.h"

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

/// Names of others answer when they like, so that many looks wait side by side.
constexpr acme::WorkPicker::Places kLooks{200};
constexpr acme::WorkPicker::Places kSignings{16};
constexpr acme::WorkPicker::Places kClocks{16};

std::optional<std::string> objection_to_key(const storage::Snapshot& snapshot,
                                            const std::string& spki_sha256) {
  if (!acme::account_with_key(snapshot, spki_sha256)) return std::nullopt;
  return "the key of the request is the key of an ACME account; use a key of its own";
}

}  // namespace

struct ApplicationWork::State {
  State(const acme::Services& services,
        const policy::ControlHouse& house,
        policy::ZoneReader& zones,
        policy::SiteReader& sites);

  CaaPermission caa;
  policy::ControlPorts ports;
  policy::ControlOutcomes outcomes;
  policy::ControlServices control;
  policy::ClockServices clock;
  policy::IssuingServices issuing;
};

ApplicationWork::State::State(const acme::Services& services,
                              const policy::ControlHouse& house,
                              policy::ZoneReader& zones,
                              policy::SiteReader& sites)
    : caa(services.dns, house.issuer_domains),
      ports{zones, caa, sites},
      outcomes(services.surroundings),
      control{services.store, services.catalog, house,
              ports,          services.random,  [&time = services.clock] { return time.seconds(); },
              outcomes},
      clock{services.store, services.surroundings, control.now},
      issuing{
          services.store,
          services.surroundings,
          house,
          caa,
          services.random,
          control.now,
          [&issuer = services.issuer](const policy::Product&) -> const ca::Issuer& {
            return issuer;
          },
          services.special_use_names == policy::SpecialUseNames::allowed_in_lab
              ? ca::ReservedAddresses::allowed_in_lab
              : ca::ReservedAddresses::refused,
          objection_to_key,
          acme::request_crl,
          [&events = services.events](
              std::string_view event, const policy::ApplicationId& id, const std::string& detail) {
            events.record(acme::Severity::info, event,
                          {{"application", id.text()}, {"detail", detail}});
          }} {}

ApplicationWork::ApplicationWork(const acme::Services& services,
                                 const policy::ControlHouse& house,
                                 policy::ZoneReader& zones,
                                 policy::SiteReader& sites)
    : state_(std::make_unique<State>(services, house, zones, sites)) {}

ApplicationWork::~ApplicationWork() = default;

acme::WorkHandlers ApplicationWork::handlers() const {
  State* const state = state_.get();
  const auto looks = [state](acme::WorkKey key) {
    return policy::run_control_look(state->control, std::move(key));
  };
  const auto clocks = [state](acme::WorkKey key) {
    return policy::run_application_clock(state->clock, std::move(key));
  };
  const auto signings = [state](acme::WorkKey key) {
    return policy::run_application_issuance(state->issuing, std::move(key));
  };
  return {{acme::WorkKind::check_domains, {looks, kLooks}},
          {acme::WorkKind::application_clock, {clocks, kClocks}},
          {acme::WorkKind::issue_application, {signings, kSignings}}};
}

policy::ControlPorts ApplicationWork::ports() const {
  return state_->ports;
}

}  // namespace server

#include "server/perspectives/service.h"

#include <exception>
#include <string>
#include <utility>

#include "acme/in_quotes.h"
#include "acme/validation/caa_check.h"
#include "policy/domain_control/look.h"
#include "server/perspectives/messages.h"

namespace server {
namespace {

namespace asio = boost::asio;

std::string joined(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& each : lines) text += (text.empty() ? "" : "; ") + each;
  return text;
}

asio::awaitable<Sighting> look(acme::Probes probes, acme::ValidationSubject subject) {
  auto attempt = acme::validate(probes, std::move(subject));
  const acme::ValidationOutcome outcome = co_await std::move(attempt);
  if (outcome.problem) co_return Sighting{false, outcome.problem->detail()};
  co_return Sighting{true, joined(outcome.hops)};
}

asio::awaitable<Sighting> look(acme::Probes probes, CaaQuestion question) {
  auto check = acme::check_caa(probes.dns, std::move(question.name), std::move(question.applicant));
  const acme::Result<std::string> found = co_await std::move(check);
  if (!found) co_return Sighting{false, found.error().detail()};
  co_return Sighting{true, *found};
}

/// Asked about CAA here, nobody would permit anything: that is a question of its own.
class NoCaa final : public policy::CaaReader {
 public:
  asio::awaitable<std::expected<std::string, policy::CaaDenial>> permission(
      ca::DnsName, policy::CaaAsker) override {
    co_return std::unexpected(policy::CaaDenial{});
  }
};

asio::awaitable<Sighting> look(PerspectiveEyes eyes, ControlQuestion question) {
  NoCaa no_caa;
  const policy::ControlHouse house{std::move(question.issuer_domains), {}};
  auto seeing = policy::see({eyes.zones, no_caa, eyes.sites}, std::move(question.item), house,
                            question.tenant, eyes.probes.clock.seconds());
  const policy::ControlFinding finding = co_await std::move(seeing);
  if (finding.is_proven) co_return Sighting{true, joined(finding.trace)};
  co_return Sighting{false, finding.detail};
}

asio::awaitable<Sighting> look_for(PerspectiveEyes eyes, Question question) {
  const acme::Probes& probes = eyes.probes;
  if (auto* control = std::get_if<ControlQuestion>(&question)) {
    auto looking = look(eyes, std::move(*control));
    co_return co_await std::move(looking);
  }
  if (auto* caa = std::get_if<CaaQuestion>(&question)) {
    auto looking = look(probes, std::move(*caa));
    co_return co_await std::move(looking);
  }
  auto looking = look(probes, std::get<acme::ValidationSubject>(std::move(question)));
  co_return co_await std::move(looking);
}

HttpResponse text_response(unsigned status, std::string text) {
  HttpResponse response{.status = status, .headers = {}, .body = std::move(text), .log_facts = {}};
  response.headers.emplace_back("Content-Type", "text/plain; charset=utf-8");
  return response;
}

asio::awaitable<HttpResponse> answer(PerspectiveEyes eyes, Logger& log, HttpRequest request) {
  if (request.path != "/mpic") co_return text_response(404, "POST your questions to /mpic.\n");
  if (request.method != "POST") co_return text_response(405, "POST your questions here.\n");
  const auto inquiry = parse_inquiry(request.body);
  if (!inquiry) co_return text_response(400, "The question " + inquiry.error() + ".\n");
  try {
    auto looking = look_for(eyes, inquiry->question);
    const Sighting sighting = co_await std::move(looking);
    HttpResponse response{
        .status = 200, .headers = {}, .body = sighting_json(*inquiry, sighting), .log_facts = {}};
    response.headers.emplace_back("Content-Type", "application/json");
    response.log_facts.emplace_back("trace", inquiry->trace);
    response.log_facts.emplace_back("passed", sighting.passed ? "yes" : "no");
    response.log_facts.emplace_back("seen", sighting.seen);
    co_return response;
  } catch (const std::exception& failure) {
    log.record(acme::Severity::error, "perspective.failure",
               {{"trace", inquiry->trace}, {"reason", failure.what()}});
    co_return text_response(500, "The check could not be made.\n");
  }
}

}  // namespace

HttpHandler make_perspective_handler(PerspectiveEyes eyes, Logger& log) {
  return [eyes, &log](HttpRequest request) { return answer(eyes, log, std::move(request)); };
}

}  // namespace server

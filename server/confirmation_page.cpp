#include "server/confirmation_page.h"

#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "policy/applications/applications.h"
#include "policy/applications/validation_case.h"
#include "policy/mail/application_mails.h"
#include "policy/organizations/organization.h"

namespace server {
namespace {

using policy::Allowed;
using policy::Confirmation;
using policy::ConfirmationAnswer;
using policy::ConfirmationPurpose;

constexpr std::string_view kFolder = "/confirm/";
constexpr std::string_view kFormType = "application/x-www-form-urlencoded";

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

/// A page without anything that is loaded, run or framed; the secret in its address goes nowhere.
HttpResponse page(unsigned status, std::string_view title, const std::string& content) {
  HttpResponse response{.status = status, .headers = {}, .body = {}, .log_facts = {}};
  response.headers.emplace_back("Content-Type", "text/html; charset=utf-8");
  response.headers.emplace_back("Content-Security-Policy",
                                "default-src 'none'; form-action 'self'; frame-ancestors 'none'; "
                                "base-uri 'none'");
  response.headers.emplace_back("Referrer-Policy", "no-referrer");
  response.headers.emplace_back("X-Content-Type-Options", "nosniff");
  response.headers.emplace_back("Cache-Control", "no-store");
  response.body = "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>" +
                  escaped(title) + "</title></head>\n<body><main><h1>" + escaped(title) +
                  "</h1>\n" + content + "</main></body></html>\n";
  return response;
}

std::string paragraph(std::string_view text) {
  return "<p>" + escaped(text) + "</p>\n";
}

std::string button(std::string_view answer, std::string_view label) {
  return "<button name=\"answer\" value=\"" + std::string(answer) + "\">" + escaped(label) +
         "</button>\n";
}

HttpResponse page_of(const policy::Fault& fault) {
  using enum policy::FaultCode;
  if (fault.code == link_expired) {
    return page(410, "This link is good no more",
                paragraph(fault.detail) + paragraph("该链接已使用、已过期或已被新的链接取代。"));
  }
  if (fault.code == not_found) {
    return page(404, "There is no such link",
                paragraph("Please open the link exactly as it stands in the mail.") +
                    paragraph("请完整打开邮件中的链接。"));
  }
  return page(409, "Not now", paragraph(fault.detail) + paragraph("The link stays good."));
}

/// What is asked, in the words of the application.
std::string question(const storage::Snapshot& snapshot, const Confirmation& link) {
  if (link.purpose != ConfirmationPurpose::application) {
    return paragraph("Is " + link.to +
                     " your address, and may we use it for certificate "
                     "applications?") +
           paragraph("请确认 " + link.to + " 是您的邮箱。") + "<form method=\"post\">" +
           button("confirmed", "Yes / 是") + "</form>\n";
  }
  const auto application = policy::kApplications.get(snapshot, link.about);
  std::string names;
  std::string organization;
  if (application) {
    for (const ca::Identifier& name : application->wish.identifiers)
      names += "<li>" + escaped(ca::value_of(name)) + "</li>\n";
    const auto& id = application->wish.organization;
    const auto record = id ? policy::kOrganizations.get(snapshot, id->octets()) : std::nullopt;
    if (record) organization = record->fields.legal_name;
  }
  const std::string answers = "<form method=\"post\">" + button("confirmed", "Yes / 是") +
                              button("refused", "No / 否") + "</form>\n";
  if (application && policy::is_validation_case(*application)) {
    return paragraph(organization +
                     " has asked to be reviewed, so that certificates can be issued in its name "
                     "later. Does your organization want it?") +
           paragraph("贵单位是否申请了单位审核，以便日后以贵单位名义签发证书？") + answers;
  }
  return paragraph(organization +
                   " has applied for a certificate for these names. Does your "
                   "organization want it?") +
         paragraph("贵单位是否申请了以下名称的证书？") + "<ul>\n" + names + "</ul>\n" +
         paragraph(
             "Control of the names is proven by records in DNS or files on the web server; "
             "the application shows which. 域名控制权须另行通过 DNS 记录或文件验证。") +
         answers;
}

std::optional<ConfirmationAnswer> answer_in(const HttpRequest& request) {
  const std::string_view type = std::string_view(request.content_type).substr(0, kFormType.size());
  if (type != kFormType) return std::nullopt;
  if (request.body == "answer=confirmed") return ConfirmationAnswer::confirmed;
  if (request.body == "answer=refused") return ConfirmationAnswer::refused;
  return std::nullopt;
}

class Page {
 public:
  explicit Page(ConfirmationServices services) : services_(std::move(services)) {}

  boost::asio::awaitable<HttpResponse> handle(HttpRequest request) {
    try {
      auto answering = answer(request);
      co_return co_await std::move(answering);
    } catch (const std::exception& error) {
      services_.events.record(acme::Severity::error, "http.failure",
                              {{"request", request.request_id}, {"reason", error.what()}});
    }
    co_return page(500, "Something went wrong",
                   paragraph("Please try again. The operator finds this as request " +
                             request.request_id + "."));
  }

 private:
  boost::asio::awaitable<HttpResponse> answer(const HttpRequest& request) {
    const std::string secret = request.path.substr(kFolder.size());
    if (request.method == "GET" || request.method == "HEAD") co_return show(secret);
    if (request.method != "POST") {
      HttpResponse response =
          page(405, "Not so", paragraph("Only GET, HEAD and POST are allowed."));
      response.headers.emplace_back("Allow", "GET, HEAD, POST");
      co_return response;
    }
    const auto said = answer_in(request);
    if (!said) co_return page(400, "Not so", paragraph("Please use the buttons of the page."));
    const ca::Time now = services_.clock.seconds();
    auto writing = services_.store.write(
        [this, secret, said = *said, from = request.peer, now](storage::Transaction& transaction) {
          return policy::answer_link(transaction, services_.surroundings, secret, said, from, now);
        });
    const Allowed<Confirmation> answered = co_await std::move(writing);
    if (!answered) co_return page_of(answered.error());
    services_.wake_due_work();
    co_return page(200, "Thank you", paragraph("Your answer has been noted. 您的答复已记录。"));
  }

  [[nodiscard]] HttpResponse show(const std::string& secret) const {
    const ca::Time now = services_.clock.seconds();
    return services_.store.read([&](const storage::Snapshot& snapshot) {
      const auto link = policy::asking_link(snapshot, secret, now);
      if (!link) return page_of(link.error());
      return page(200, "Please confirm / 请确认", question(snapshot, *link));
    });
  }

  ConfirmationServices services_;
};

}  // namespace

bool is_confirmation_path(std::string_view path) {
  return path.starts_with(kFolder);
}

HttpHandler make_confirmation_handler(ConfirmationServices services) {
  auto shared = std::make_shared<Page>(std::move(services));
  return [shared](HttpRequest request) { return shared->handle(std::move(request)); };
}

}  // namespace server

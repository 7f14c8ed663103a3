#include "server/perspectives/messages.h"

#include <chrono>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "acme/in_quotes.h"
#include "acme/validation/key_authorization.h"
#include "policy/domain_control/methods.h"

namespace server {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view kControl = "dcv";
constexpr std::string_view kCaa = "caa";
constexpr std::string_view kAcme = "acme-";

std::string_view type_of(const Question& question) {
  return std::holds_alternative<CaaQuestion>(question) ? kCaa : kControl;
}

std::string target_of(const Question& question) {
  if (const auto* caa = std::get_if<CaaQuestion>(&question)) return caa->name.text();
  if (const auto* control = std::get_if<ControlQuestion>(&question))
    return ca::value_of(control->item.name);
  return ca::value_of(std::get<acme::ValidationSubject>(question).identifier);
}

/// What an answer has to name so that nobody can take it for that of another attempt.
Json echo_of(const Question& question) {
  if (const auto* caa = std::get_if<CaaQuestion>(&question)) {
    return {{"account_uri", caa->applicant.account_uri}};
  }
  if (const auto* control = std::get_if<ControlQuestion>(&question)) {
    return {{"place", control->item.place}, {"challenge_value", control->item.value}};
  }
  const auto& subject = std::get<acme::ValidationSubject>(question);
  return {{"account_uri", subject.account_url},
          {"persistent_account_uri", subject.account_uri},
          {"key_authorization", acme::key_authorization(subject.token, subject.thumbprint)}};
}

Json parameters_of(const acme::ValidationSubject& subject) {
  return {{"validation_method", std::string(kAcme) + std::string(policy::text_of(subject.method))},
          {"token", subject.token},
          {"key_authorization", acme::key_authorization(subject.token, subject.thumbprint)},
          {"account_uri", subject.account_url},
          {"covers_subdomains", subject.coverage == policy::Coverage::subdomains},
          {"issuer_domain_names", subject.issuer_domain_names},
          {"account_hash_prefix", subject.account_hash_prefix},
          {"persistent_account_uri", subject.account_uri}};
}

/// The name of the Open MPIC API for the ways of applications, in the order of the enumerators.
std::string_view mpic_method(policy::ControlMethod method) {
  using policy::ControlMethod;
  if (method == ControlMethod::file || method == ControlMethod::auto_file) return "website-change";
  return method == ControlMethod::auto_dns ? "dns-persistent" : "dns-change";
}

Json parameters_of(const ControlQuestion& question) {
  const policy::ControlItem& item = question.item;
  return {{"validation_method", mpic_method(item.method)},
          {"control_method", policy::text_of(item.method)},
          {"control_domain", item.domain},
          {"place", item.place},
          {"challenge_value", item.value},
          {"issuer_domain_names", question.issuer_domains},
          {"tenant", question.tenant.text()}};
}

Json parameters_of(const CaaQuestion& question) {
  return {{"certificate_type", "tls-server"},
          {"caa_domains", question.applicant.identities},
          {"account_uri", question.applicant.account_uri},
          {"validation_method", std::string(question.applicant.method.text)},
          {"tbr_label", std::string(question.applicant.method.tbr_label)}};
}

/// Their words go into problem documents and audit entries.
std::string printable(std::string text) {
  constexpr std::size_t kLongest = 600;
  if (text.size() > kLongest) text.resize(kLongest);
  for (char& each : text) {
    if (each < ' ' || each > '~') each = '?';
  }
  return text;
}

std::optional<Json> parsed(std::string_view text) {
  Json value = Json::parse(text, nullptr, false);
  if (!value.is_object()) return std::nullopt;
  return value;
}

/// A member of this type, or a throw that parse_inquiry catches.
template <class Value>
Value member(const Json& object, const char* name) {
  return object.at(name).get<Value>();
}

policy::ValidationMethod method_of(std::string_view text) {
  const auto method = policy::validation_method(text);
  if (!method) throw std::invalid_argument("names the unknown method " + acme::in_quotes(text));
  return *method;
}

ca::Identifier identifier_of(const std::string& text) {
  if (const auto address = ca::IpAddress::parse(text)) return *address;
  auto name = ca::DnsName::parse(text);
  if (!name) throw std::invalid_argument("is about " + acme::in_quotes(text));
  return *std::move(name);
}

ControlQuestion control_question_of(const std::string& target, const Json& given) {
  const auto method =
      policy::spelled<policy::ControlMethod>(member<std::string>(given, "control_method"));
  const auto tenant = policy::TenantId::parse(member<std::string>(given, "tenant"));
  if (!method || policy::facts_of(*method).acme || !tenant)
    throw std::invalid_argument("names no method of applications, or no tenant");
  policy::ControlItem item;
  item.name = identifier_of(target);
  item.method = *method;
  item.domain = member<std::string>(given, "control_domain");
  item.place = member<std::string>(given, "place");
  item.value = member<std::string>(given, "challenge_value");
  // What is to be seen must be something: an empty text is seen everywhere.
  if (item.place.empty() || item.value.empty())
    throw std::invalid_argument("has an empty place or value");
  if (!policy::can_prove(*method, item.name))
    throw std::invalid_argument("names a method that cannot prove " + acme::in_quotes(target));
  return {std::move(item), member<std::vector<std::string>>(given, "issuer_domain_names"), *tenant};
}

bool is_of_application(const Json& given) {
  return !member<std::string>(given, "validation_method").starts_with(kAcme);
}

acme::ValidationSubject subject_of(const std::string& target, const Json& given) {
  const auto method = member<std::string>(given, "validation_method");
  acme::ValidationSubject subject{.method = method_of(method.substr(kAcme.size())),
                                  .identifier = identifier_of(target),
                                  .token = member<std::string>(given, "token"),
                                  .thumbprint = {},
                                  .account_url = member<std::string>(given, "account_uri")};
  const auto authorization = member<std::string>(given, "key_authorization");
  if (!authorization.starts_with(subject.token + ".")) {
    throw std::invalid_argument("has a key authorization of another token");
  }
  subject.thumbprint = authorization.substr(subject.token.size() + 1);
  if (member<bool>(given, "covers_subdomains")) subject.coverage = policy::Coverage::subdomains;
  subject.issuer_domain_names = member<std::vector<std::string>>(given, "issuer_domain_names");
  subject.account_hash_prefix = member<std::string>(given, "account_hash_prefix");
  subject.account_uri = member<std::string>(given, "persistent_account_uri");
  return subject;
}

/// Whichever of our ways has this name and this label: those of applications have no name.
acme::CaaMethod caa_method_of(const std::string& text, const std::string& label) {
  for (const policy::MethodFacts& each : policy::validation_methods()) {
    if (each.text == text && each.tbr_label == label) return each.method;
  }
  for (std::size_t i = 0; text.empty() && i < policy::kWords<policy::ControlMethod>.size(); ++i) {
    const std::string_view known = policy::tbr_label(static_cast<policy::ControlMethod>(i));
    if (known == label) return {std::string_view{}, known};
  }
  throw std::invalid_argument("names the unknown method " + acme::in_quotes(text + " " + label));
}

CaaQuestion caa_question_of(const std::string& target, const Json& given) {
  auto name = ca::DnsName::parse(target);
  if (!name) throw std::invalid_argument("is about " + acme::in_quotes(target));
  return {*std::move(name),
          {member<std::vector<std::string>>(given, "caa_domains"),
           member<std::string>(given, "account_uri"),
           caa_method_of(member<std::string>(given, "validation_method"),
                         member<std::string>(given, "tbr_label"))}};
}

}  // namespace

std::string inquiry_json(const Inquiry& inquiry) {
  Json out{{"check_type", type_of(inquiry.question)},
           {"domain_or_ip_target", target_of(inquiry.question)},
           {"trace_identifier", inquiry.trace}};
  if (const auto* caa = std::get_if<CaaQuestion>(&inquiry.question)) {
    out["caa_check_parameters"] = parameters_of(*caa);
  } else if (const auto* control = std::get_if<ControlQuestion>(&inquiry.question)) {
    out["dcv_check_parameters"] = parameters_of(*control);
  } else {
    out["dcv_check_parameters"] =
        parameters_of(std::get<acme::ValidationSubject>(inquiry.question));
  }
  return out.dump();
}

std::expected<Inquiry, std::string> parse_inquiry(std::string_view text) {
  const std::optional<Json> in = parsed(text);
  if (!in) return std::unexpected("is no JSON object");
  try {
    const auto type = member<std::string>(*in, "check_type");
    const auto target = member<std::string>(*in, "domain_or_ip_target");
    auto trace = member<std::string>(*in, "trace_identifier");
    if (type == kCaa) {
      return Inquiry{caa_question_of(target, in->at("caa_check_parameters")), std::move(trace)};
    }
    if (type == kControl) {
      const Json& given = in->at("dcv_check_parameters");
      if (is_of_application(given))
        return Inquiry{control_question_of(target, given), std::move(trace)};
      return Inquiry{subject_of(target, given), std::move(trace)};
    }
    return std::unexpected("has the check_type " + acme::in_quotes(type));
  } catch (const Json::exception&) {
    return std::unexpected("lacks a member, or one is of another type");
  } catch (const std::invalid_argument& fault) {
    return std::unexpected(fault.what());
  }
}

std::string sighting_json(const Inquiry& inquiry, const Sighting& sighting) {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  Json out{{"check_type", type_of(inquiry.question)},
           {"domain_or_ip_target", target_of(inquiry.question)},
           {"trace_identifier", inquiry.trace},
           {"check_completed", true},
           {"check_passed", sighting.passed},
           {"timestamp_ns", std::chrono::nanoseconds(now).count()}};
  out["details"] = echo_of(inquiry.question);
  out["details"]["seen"] = sighting.seen;
  out["errors"] = Json::array();
  if (!sighting.passed) {
    out["errors"].push_back(
        {{"error_type", type_of(inquiry.question)}, {"error_message", sighting.seen}});
  }
  return out.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::expected<Sighting, std::string> parse_sighting(std::string_view text, const Inquiry& inquiry) {
  const std::optional<Json> in = parsed(text);
  if (!in) return std::unexpected("its answer is no JSON object");
  try {
    const bool is_ours =
        member<std::string>(*in, "trace_identifier") == inquiry.trace &&
        member<std::string>(*in, "check_type") == type_of(inquiry.question) &&
        member<std::string>(*in, "domain_or_ip_target") == target_of(inquiry.question);
    if (!is_ours) return std::unexpected("its answer is to another question");
    const Json& details = in->at("details");
    for (const auto& [name, value] : echo_of(inquiry.question).items()) {
      if (details.at(name) != value) return std::unexpected("it saw another " + name);
    }
    if (!member<bool>(*in, "check_completed"))
      return std::unexpected("it did not complete the check");
    return Sighting{member<bool>(*in, "check_passed"),
                    printable(member<std::string>(details, "seen"))};
  } catch (const Json::exception&) {
    return std::unexpected("its answer lacks a member, or one is of another type");
  }
}

}  // namespace server

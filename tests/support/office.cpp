#include "tests/support/office.h"

#include <algorithm>
#include <memory>
#include <stdexcept>

#include "policy/reviews/checklist.h"
#include "storage/key_codec.h"
#include "tests/support/test_agencies.h"

namespace tests {

namespace {

using policy::GateName;
using policy::GateRequirement;
using policy::Product;
using policy::Role;

Product like_dv(std::string name) {
  Product product = policy::Catalog().versions().front();
  product.name = std::move(name);
  product.acme = true;
  product.stages.clear();
  product.office = "head office";
  return product;
}

void add_stage(Product& product, std::initializer_list<policy::ProductGate> gates) {
  product.stages.push_back({std::vector<policy::ProductGate>(gates)});
}

Product with_organization(std::string name, policy::ValidationLevel level) {
  Product product = like_dv(std::move(name));
  product.level = level;
  product.subject_info = policy::SubjectInfo::person_and_organization;
  product.applicants = {policy::ApplicantType::organization};
  product.service.review_business_days = {3, 5};
  product.service.first_contact_business_days = 1;
  return product;
}

policy::LetterPolicy letter_policy(policy::Reupload reupload) {
  policy::LetterPolicy policy;
  policy.waivable = true;
  policy.reupload = reupload;
  return policy;
}

Product tencent(std::string name, policy::ValidationLevel level) {
  using enum GateName;
  Product product = with_organization(std::move(name), level);
  product.names_lock = policy::NamesLock::submit;
  product.letter = letter_policy(policy::Reupload::until_vetting_end);
  add_stage(product, {{info}});
  add_stage(product, {{GateName::letter}});
  add_stage(product, {{dcv}});
  add_stage(product, {{platform_check}});
  add_stage(product, {{org_vetting}});
  add_stage(product, {{email_confirm}});
  add_stage(product, {{phone_call}});
  add_stage(product, {{issue_checks}});
  return product;
}

Product wotrus() {
  using enum GateName;
  Product product = with_organization("wotrus-ov", policy::ValidationLevel::ov);
  product.calls.number_sources = {policy::ContactSource::registration_record};
  product.calls.office = "us";
  product.pre_review = {std::chrono::seconds(600), std::chrono::hours(72)};
  add_stage(product, {{info}});
  add_stage(product, {{method}});
  add_stage(product, {{pre_review}});
  add_stage(product, {{dcv}});
  add_stage(product, {{org_vetting}});
  add_stage(product, {{phone_call}});
  add_stage(product, {{issue_checks}});
  return product;
}

Product alibaba() {
  using enum GateName;
  Product product = with_organization("alibaba-ov", policy::ValidationLevel::ov);
  product.names_lock = policy::NamesLock::issue;
  product.registrant_match_suffixes = {"gov", "gov.*"};
  add_stage(product, {{info}});
  add_stage(product, {{dcv}, {org_vetting}});
  add_stage(product, {{email_confirm}, {phone_call, GateRequirement::optional}});
  add_stage(product, {{issue_checks}});
  return product;
}

Product gm() {
  using enum GateName;
  Product product = with_organization("gm-ov", policy::ValidationLevel::ov);
  product.standard = policy::CryptoStandard::gm;
  product.trust = policy::Trust::privately;
  product.letter = letter_policy(policy::Reupload::never);
  product.letter->waivable = false;
  product.review_reuse.key = {policy::ReviewField::organization, policy::ReviewField::admin,
                              policy::ReviewField::contact, policy::ReviewField::product_type};
  product.review_reuse.period = {.months = 13, .days = 0};
  add_stage(product, {{info}});
  add_stage(product, {{method}});
  add_stage(product, {{GateName::letter}});
  add_stage(product, {{dcv}});
  add_stage(product, {{org_vetting}});
  add_stage(product, {{issue_checks}});
  return product;
}

Product globalsign_ev() {
  using enum GateName;
  Product product = with_organization("globalsign-ev", policy::ValidationLevel::ev);
  product.document_request = policy::DocumentRequest{policy::DocumentChannel::mail, {2, 3}};
  add_stage(product, {{info}});
  add_stage(product, {{dcv}});
  add_stage(product, {{org_vetting}});
  add_stage(product, {{phone_call}});
  add_stage(product, {{second_approval}});
  add_stage(product, {{issue_checks}});
  return product;
}

Product dv(std::string name, policy::Review review) {
  using enum GateName;
  Product product = like_dv(std::move(name));
  product.review = review;
  product.service.issue_hours = 24;
  add_stage(product, {{info}});
  add_stage(product, {{dcv}});
  add_stage(product, {{risk_clear}});
  add_stage(product, {{issue_checks}});
  return product;
}

/// One request serves all tests: making a key takes longer than a whole history.
std::string request_for(const std::vector<std::string>& names, const Product& product) {
  static std::map<std::pair<std::vector<std::string>, bool>, std::string> requests;
  const bool sm2 = std::ranges::find(product.keys, policy::KeyChoice::sm2) != product.keys.end() &&
                   product.keys.size() == 1;
  std::string& request = requests[{names, sm2}];
  if (request.empty()) {
    const auto key =
        ca::generate_signer(sm2 ? ca::KeyAlgorithm::sm2 : ca::KeyAlgorithm::ecdsa_p256);
    request = make_csr(*key, names);
  }
  return request;
}

}  // namespace

std::vector<Product> office_products() {
  using policy::ValidationLevel;
  return {dv("dv", policy::Review::automatic),
          dv("dv-manual", policy::Review::manual),
          tencent("tencent-ov", ValidationLevel::ov),
          tencent("tencent-ev", ValidationLevel::ev),
          wotrus(),
          alibaba(),
          gm(),
          globalsign_ev()};
}

Office::Office(std::vector<Product> products)
    : catalog(std::move(products)),
      tenant(policy::TenantId::from_octets("tenant........01")),
      other_tenant(policy::TenantId::from_octets("tenant........02")),
      organization(policy::OrganizationId::from_octets("organization..01")),
      admin(policy::ContactId::from_octets({})),
      approver(policy::ContactId::from_octets({})),
      signer(policy::ContactId::from_octets({})) {
  put_test_agencies(store, now);
  add_person("ann", {Role::applicant}, tenant);
  add_person("adam", {Role::org_admin}, tenant);
  add_person("vera", {Role::certificate_approver}, tenant);
  add_person("sid", {Role::contract_signer}, tenant);
  add_person("otto", {Role::org_admin}, other_tenant);
  add_person("fred", {Role::front_desk}, std::nullopt);
  add_person("sue", {Role::specialist}, std::nullopt);
  add_person("sam", {Role::specialist}, std::nullopt);
  add_person("bob", {Role::second_approver}, std::nullopt);
  add_person("bea", {Role::second_approver}, std::nullopt);
  add_person("both", {Role::specialist, Role::second_approver}, std::nullopt);
  add_person("max", {Role::supervisor}, std::nullopt);
  add_person("audrey", {Role::auditor}, std::nullopt);
  policy::Organization record{tenant, {}, now, now};
  record.fields.legal_name = "Example Trading Ltd";
  record.fields.registration_number = "12345678";
  record.fields.jurisdiction = {"DE", "", ""};
  record.fields.address = {"DE", "Berlin", "Berlin", "Street 1", "10115"};
  policy::kOrganizations.put(store, organization.octets(), record);
  admin = add_contact("adam", policy::ContactRole::org_admin);
  approver = add_contact("vera", policy::ContactRole::approver);
  signer = add_contact("sid", policy::ContactRole::signer);
}

void Office::add_person(const std::string& name,
                        std::vector<Role> roles,
                        const std::optional<policy::TenantId>& of_tenant) {
  const auto id = policy::PersonId::from_octets(fresh_id().octets());
  people_.emplace(name, id);
  roles_.emplace(name, roles);
  tenants_.emplace(name, of_tenant);
  policy::PersonRecord record;
  record.name = name;
  record.mail = name + "@example.com";
  record.tenant = of_tenant;
  record.roles = std::move(roles);
  record.created_at = now;
  policy::kPeople.put(store, id.octets(), record);
}

policy::ContactId Office::add_contact(const std::string& name, policy::ContactRole role) {
  const auto id = policy::ContactId::from_octets(fresh_id().octets());
  policy::Contact contact{tenant, {}, std::nullopt, std::nullopt, now, now};
  contact.fields.roles = {role};
  contact.fields.name = name;
  contact.fields.mail = name + "@example.com";
  contact.fields.person = person(name);
  policy::kContacts.put(store, id.octets(), contact);
  store.put(policy::kTenantContacts, tenant.octets() + id.octets(), "");
  return id;
}

policy::Actor Office::as(const std::string& name) const {
  if (name == "server") return policy::server_itself();
  return policy::Actor{people_.at(name), tenants_.at(name), roles_.at(name), "token " + name};
}

policy::ApplicationId Office::fresh_id() {
  ++ids_;
  return policy::ApplicationId::from_octets(storage::KeyWriter().number(ids_).number(ids_).take());
}

policy::Wish Office::wish(const std::vector<std::string>& names,
                          const std::string& product_name) const {
  const Product* const found = catalog.in_force(product_name, now);
  const Product& product = found != nullptr ? *found : catalog.versions().front();
  policy::Wish wish;
  for (const std::string& name : names) wish.identifiers.emplace_back(*ca::DnsName::parse(name));
  wish.identifiers = ca::as_set(std::move(wish.identifiers));
  wish.csr = request_for(names, product);
  if (!product.applicants.empty()) wish.applicant_type = product.applicants.front();
  wish.organization = organization;
  wish.admin_contact = admin;
  wish.approver = approver;
  wish.signer = signer;
  wish.terms = "2026-11";
  for (const std::string& name : names) {
    for (const policy::ControlMethod method : product.control_methods) {
      if (name.starts_with("*.") && !policy::facts_of(method).reach.wildcards) continue;
      wish.methods.push_back({name, method});
      break;
    }
  }
  return wish;
}

std::vector<std::string> Office::names_for(const std::string& product_name) const {
  const Product& product = *catalog.in_force(product_name, now);
  if (product.names.exact == 0) return {"*.shop.example.com"};
  return {"shop.example.com"};
}

policy::Application Office::draft(const std::string& product,
                                  const std::vector<std::string>& names) {
  const auto id = fresh_id();
  policy::NewApplication wanted{
      product, policy::ApplicationSource::console, tenant, wish(names, product), {}};
  return must("ann", [&](const policy::Here& here) {
    return policy::create_application(here, id, wanted);
  });
}

policy::Application Office::submitted(const std::string& product,
                                      const std::vector<std::string>& names) {
  const auto made = draft(product, names);
  return must(
      "ann", [&](const policy::Here& here) { return policy::submit_application(here, {made.id}); });
}

policy::Application Office::get(const policy::ApplicationId& id) const {
  auto found = policy::kApplications.get(store, id.octets());
  if (!found) throw std::logic_error("no such application");
  return *std::move(found);
}

void Office::pass_steps(const policy::ApplicationId& id,
                        GateName gate,
                        const std::string& specialist) {
  const policy::Application application = get(id);
  const Product& product = *catalog.version(application.product, application.product_version);
  for (const auto step : policy::steps_missing(store, application, product, gate)) {
    policy::StepEntry entry;
    entry.step = step;
    entry.source = "register";
    must(specialist,
         [&](const policy::Here& here) { return policy::record_step(here, {id}, entry); });
  }
}

bool Office::work_once(const policy::Application& application, const std::string& specialist) {
  const policy::Target target{application.id};
  for (const policy::Gate& gate : application.gates) {
    if (!gate.is_open()) continue;
    switch (gate.name) {
      case GateName::letter:
      case GateName::documents:
        must("ann", [&](const policy::Here& here) {
          return policy::documents_complete(here, target, gate.name, fresh_document());
        });
        return true;
      case GateName::dcv:
        must("server",
             [&](const policy::Here& here) { return policy::dcv_passed(here, target, {"claim"}); });
        return true;
      case GateName::pre_review:
        pass_steps(application.id, gate.name, specialist);
        must(specialist,
             [&](const policy::Here& here) { return policy::pass_pre_review(here, target); });
        return true;
      case GateName::platform_check:
      case GateName::org_vetting:
      case GateName::risk_clear:
        pass_steps(application.id, gate.name, specialist);
        return true;
      case GateName::email_confirm:
        must("server", [&](const policy::Here& here) {
          return policy::record_mail_confirmation(here, target, good_mail());
        });
        return true;
      case GateName::phone_call:
        must(specialist, [&](const policy::Here& here) {
          return policy::record_call(here, target, fresh_call(), good_call(now));
        });
        return true;
      case GateName::applicant_approval:
        must("vera",
             [&](const policy::Here& here) { return policy::approve_as_approver(here, target); });
        return true;
      case GateName::agreement_signed:
        must("sid", [&](const policy::Here& here) {
          return policy::sign_agreement(here, target, "agreement 7");
        });
        return true;
      case GateName::info:
      case GateName::method:
      case GateName::second_approval:
      case GateName::issue_checks:
        break;
    }
  }
  return false;
}

policy::Application Office::work(const policy::ApplicationId& id, const std::string& specialist) {
  for (std::uint64_t version = 0; version != get(id).version;) {
    version = get(id).version;
    if (!work_once(get(id), specialist)) return get(id);
  }
  std::string open;
  for (const policy::Gate& gate : get(id).gates) {
    if (gate.is_open()) open += " " + std::string(policy::text_of(gate.name));
  }
  throw std::runtime_error("nobody can close" + open + " of an application that is " +
                           std::string(policy::text_of(get(id).state)));
}

policy::CallEntry good_call(ca::Time now) {
  policy::CallEntry entry;
  entry.number = "+493012345678";
  entry.number_source = policy::ContactSource::registration_record;
  entry.source_reference = "register, page 2";
  entry.outcome = policy::CallOutcome::confirmed;
  entry.person_reached = "Ms Example";
  entry.started_at = now;
  return entry;
}

policy::MailAnswer good_mail() {
  policy::MailAnswer answer;
  answer.to = "info@example.com";
  answer.to_source = policy::ContactSource::directory;
  answer.reference = "mail 1";
  return answer;
}

}  // namespace tests

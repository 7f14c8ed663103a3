#include "policy/reviews/rejection_code.h"

#include <algorithm>
#include <array>

namespace policy {

namespace {

using By = RejectionCode::By;

// clang-format off
constexpr std::array kCodes{
    // The organization (BR 3.2.2.1, EVG 3.2.2.2 to 3.2.2.6).
    RejectionCode{"organization_not_found",    By::desk, "The organization was not found in a register that counts", "登记机关查无此单位"},
    RejectionCode{"organization_not_active",   By::desk, "The register says that the organization is not active any more", "登记机关显示该单位已不再存续"},
    RejectionCode{"organization_mismatch",     By::desk, "What the application says of the organization is not what the register says", "申请中的单位信息与登记信息不一致"},
    RejectionCode{"address_not_verified",      By::desk, "The address of the organization could not be verified", "单位地址无法核实"},
    RejectionCode{"operation_not_verified",    By::desk, "It could not be verified that the organization is in operation", "无法核实该单位处于经营状态"},
    RejectionCode{"category_not_eligible",     By::desk, "The product is not for organizations of this kind", "该产品不面向此类单位"},
    RejectionCode{"denied_list",               By::desk, "The organization, or somebody who acts for it, is on a list that forbids the certificate", "该单位或其代表人员在禁止签发的名单上"},
    // Those who act for it (BR 3.2.5, EVG 3.2.2.7 to 3.2.2.10).
    RejectionCode{"contact_not_reached",       By::desk, "Nobody could be reached by a telephone number or address that counts", "通过可采信的电话或地址均未能联系到任何人"},
    RejectionCode{"request_not_confirmed",     By::desk, "The organization did not confirm the request", "该单位没有确认此申请"},
    RejectionCode{"applicant_not_authorized",  By::desk, "Whoever asks was not shown to act for the organization", "申请人未能证明有权代表该单位"},
    // Papers.
    RejectionCode{"document_missing",          By::desk, "A document that was asked for is missing", "缺少所要求的材料"},
    RejectionCode{"document_not_acceptable",   By::desk, "A document is not what was asked for, or cannot be read", "材料不符合要求或无法辨认"},
    RejectionCode{"document_not_genuine",      By::desk, "A document was found not to be genuine", "材料经查不真实"},
    // Names, and what is known against them (BR 4.2.1).
    RejectionCode{"registrant_mismatch",       By::desk, "The domain is held by somebody else than the organization", "域名由其他人或单位持有"},
    RejectionCode{"name_not_allowed",          By::desk, "A name cannot be certified under this product", "该产品不能为其中的名称签发证书"},
    RejectionCode{"security_listed",           By::desk, "A name is on a list of names that are known for abuse", "有名称在已知的滥用名单上"},
    RejectionCode{"security_look_alike",       By::desk, "A name looks like that of somebody else", "有名称与他人的名称相似"},
    RejectionCode{"security_rejected_before",  By::desk, "A request for this name was rejected or its certificate revoked for its use", "该名称的申请曾被拒绝，或其证书曾因用途被吊销"},
    RejectionCode{"security_misused",          By::desk, "What is found under a name does harm to its visitors", "该名称下的内容对访问者有害"},
    // The application.
    RejectionCode{"duplicate_application",     By::desk, "There is another application for the same", "已有内容相同的另一份申请"},
    RejectionCode{"other",                     By::desk, "The application cannot be approved", "该申请不能通过"},
    // What the server finds before it signs (policy/issuing/).
    RejectionCode{"caa",                       By::server, "The CAA records of a name do not let this authority issue", "域名的 CAA 记录不允许本机构签发"},
    RejectionCode{"dcv_expired",               By::server, "Control of a name has to be proven anew", "域名控制权验证已过期，须重新验证"},
    RejectionCode{"key_blocked",               By::server, "The key of the request was reported compromised", "申请所用的密钥已被报告泄露"},
    RejectionCode{"key_rejected",              By::server, "The key of the request is not acceptable", "申请所用的密钥不符合要求"},
    RejectionCode{"lint",                      By::server, "The certificate would break a rule for certificates", "证书内容不符合证书规则"},
    RejectionCode{"product_withdrawn",         By::server, "The product is not offered any more", "该产品已停止提供"},
    RejectionCode{"validity_not_allowed",      By::server, "The certificate would be valid for longer than is allowed", "证书有效期超过允许的期限"},
};
// clang-format on

}  // namespace

std::span<const RejectionCode> rejection_codes() {
  return kCodes;
}

const RejectionCode* rejection_code(std::string_view code) {
  const auto* const found = std::ranges::find(kCodes, code, &RejectionCode::code);
  return found == kCodes.end() ? nullptr : found;
}

std::vector<std::string_view> desk_rejection_codes() {
  std::vector<std::string_view> codes;
  for (const RejectionCode& each : kCodes) {
    if (each.by == By::desk) codes.push_back(each.code);
  }
  return codes;
}

bool is_told(const Decision& decision) {
  return decision.kind == DecisionKind::reject || decision.kind == DecisionKind::request_info;
}

bool is_of_applicant(DecisionKind kind) {
  return kind == DecisionKind::approve_as_approver || kind == DecisionKind::sign_agreement;
}

std::string reason_told(const Decision& decision, std::string_view language) {
  if (!is_told(decision)) return "";
  const RejectionCode* const row =
      decision.kind == DecisionKind::reject ? rejection_code(decision.code) : nullptr;
  if (row == nullptr) return decision.text;
  const bool is_chinese = language == "zh";
  const std::string words(is_chinese ? row->chinese : row->words);
  if (decision.text.empty()) return words;
  return words + (is_chinese ? "。" : ". ") + decision.text;
}

}  // namespace policy

#include "server/api/wording.h"

#include <algorithm>
#include <array>
#include <utility>

#include "policy/domain_control/finding.h"
#include "policy/fault.h"
#include "policy/reviews/checklist.h"
#include "policy/reviews/rejection_code.h"
#include "server/api/problem.h"

namespace server::api {
namespace {

using enum Vocabulary;

struct Term {
  Vocabulary vocabulary;
  std::string_view word;
  std::string_view english;  // empty: policy/ says it
  std::string_view chinese;
};

// clang-format off
constexpr std::array kTerms{
    Term{state, "draft", "Draft", "草稿"},
    Term{state, "submitted", "Submitted", "已提交"},
    Term{state, "pre_review", "First look", "初审中"},
    Term{state, "domain_validation", "Domain control is being proven", "域名验证中"},
    Term{state, "in_review", "Under review", "审核中"},
    Term{state, "awaiting_applicant", "Waiting for the applicant", "等待申请人补充"},
    Term{state, "second_approval", "Waiting for a second approval", "复核中"},
    Term{state, "approved", "Approved", "审核通过"},
    Term{state, "issuing", "Being issued", "签发中"},
    Term{state, "issued", "Issued", "已签发"},
    Term{state, "rejected", "Rejected", "审核未通过"},
    Term{state, "dcv_timeout", "The time to prove domain control is over", "域名验证超时"},
    Term{state, "expired", "Expired without an answer", "逾期未补充，已关闭"},

    Term{sub_state, "domain_rejected", "A name was refused; it can be tried again", "有域名未通过验证，可重试"},
    Term{sub_state, "issue_failed", "The last attempt to issue failed; it is repeated", "上次签发失败，将自动重试"},

    Term{label, "pending_application", "Pending application", "待申请"},
    Term{label, "verifying", "Verifying", "审核中"},
    Term{label, "validation_failed", "Validation failed", "审核失败"},
    Term{label, "issued", "Issued", "已签发"},
    Term{label, "expired", "Expired", "已过期"},
    Term{label, "revoked", "Revoked", "已吊销"},
    Term{label, "verified", "Verified", "已通过验证"},

    Term{gate, "info", "Information", "填写申请信息"},
    Term{gate, "method", "Method of domain control", "选择域名验证方式"},
    Term{gate, "letter", "Confirmation letter", "上传确认函"},
    Term{gate, "pre_review", "First look", "初审"},
    Term{gate, "dcv", "Domain control", "域名控制权验证"},
    Term{gate, "documents", "Further documents", "补充材料"},
    Term{gate, "platform_check", "Check of the papers", "材料审核"},
    Term{gate, "org_vetting", "Check of the organization", "组织信息审核"},
    Term{gate, "email_confirm", "Confirmation by mail", "邮件确认"},
    Term{gate, "phone_call", "Call", "电话核实"},
    Term{gate, "applicant_approval", "Approval by the applicant", "申请方批准"},
    Term{gate, "agreement_signed", "Signed agreement", "签署协议"},
    Term{gate, "risk_clear", "Risks", "风险核查"},
    Term{gate, "second_approval", "Second approval", "第二人复核"},
    Term{gate, "issue_checks", "Checks before issuance", "签发前检查"},

    Term{gate_state, "blocked", "Not yet open", "未开始"},
    Term{gate_state, "open", "Open", "进行中"},
    Term{gate_state, "waiting_applicant", "Waiting for the applicant", "等待申请人"},
    Term{gate_state, "waiting_ca", "Waiting for the authority", "等待证书颁发机构"},
    Term{gate_state, "passed", "Passed", "已通过"},
    Term{gate_state, "failed", "Failed", "未通过"},
    Term{gate_state, "waived", "Not needed", "已豁免"},

    Term{action, "submit", "Submit the application", "提交申请"},
    Term{action, "resubmit", "Correct the application and submit it again", "修改后重新提交"},
    Term{action, "answer_info", "Answer what the authority asks", "答复证书颁发机构的询问"},
    Term{action, "retry_dcv", "Have the names checked again", "重新验证域名"},
    Term{action, "upload_letter", "Upload the signed letter", "上传已签章的确认函"},
    Term{action, "upload_documents", "Upload the documents that are asked for", "上传所需材料"},
    Term{action, "upload_document", "Upload a document that a reviewer asks for", "上传审核人员要求的材料"},
    Term{action, "prove_domains", "Prove control of the names", "完成域名控制权验证"},
    Term{action, "confirm_mail", "Open the link in the mail and confirm", "点击邮件中的链接并确认"},
    Term{action, "answer_call", "Answer the call of the authority", "接听证书颁发机构的核实电话"},
    Term{action, "approve_request", "Have the Certificate Approver approve the request", "由证书批准人批准申请"},
    Term{action, "sign_agreement", "Have the Contract Signer sign the agreement", "由合同签署人签署协议"},

    Term{problem, "malformed", "", "请求无法解析"},
    Term{problem, "unauthorized", "", "需要有效的访问令牌"},
    Term{problem, "notFound", "", "对象不存在"},
    Term{problem, "methodNotAllowed", "", "该资源不支持此方法"},
    Term{problem, "payloadTooLarge", "", "请求体超过允许的大小"},
    Term{problem, "unsupportedMediaType", "", "不接受此类型的请求体"},
    Term{problem, "preconditionRequired", "", "修改时须说明所依据的版本"},
    Term{problem, "internal", "", "服务器内部错误"},
    Term{problem, "unavailable", "", "服务器暂时无法处理，请稍后重试"},
    Term{problem, "validation", "", "提交的内容不符合要求"},
    Term{problem, "entitlementRequired", "", "需要相应的权益"},
    Term{problem, "identityVerificationRequired", "", "须先完成账号实名认证"},
    Term{problem, "quotaExceeded", "", "配额已用完"},
    Term{problem, "mainDomainLimit", "", "该主域名下的证书数量已达上限"},
    Term{problem, "combineRequired", "", "此类证书须通过合并获得"},
    Term{problem, "namesLocked", "", "域名已不可修改"},
    Term{problem, "csrInvalid", "", "证书请求（CSR）不符合要求"},
    Term{problem, "csrNamesMismatch", "", "证书请求（CSR）中的名称与申请不一致"},
    Term{problem, "keyRejected", "", "密钥不符合要求"},
    Term{problem, "ipNotAllowed", "", "该产品不支持此 IP 地址"},
    Term{problem, "wildcardNotAllowed", "", "该产品不支持通配符域名"},
    Term{problem, "suffixNotAllowed", "", "该产品不支持此后缀的域名"},
    Term{problem, "nameNotAllowed", "", "不能为此名称签发证书"},
    Term{problem, "tooManyNames", "", "名称数量超过产品允许的范围"},
    Term{problem, "dcvMethodNotAvailable", "", "此处不能使用该域名验证方式"},
    Term{problem, "dcvFrequently", "", "域名验证检查过于频繁"},
    Term{problem, "dcvTimeout", "", "域名验证已超时"},
    Term{problem, "documentTooLarge", "", "文件超过产品允许的大小"},
    Term{problem, "documentTooSmall", "", "文件过小，不可能是所需材料"},
    Term{problem, "documentTypeNotAllowed", "", "该产品不接受此格式的文件"},
    Term{problem, "documentRefused", "", "文件已损坏或含有不允许的内容"},
    Term{problem, "reuploadNotAllowed", "", "文件不能重新上传"},
    Term{problem, "stateConflict", "", "当前状态下不能执行此操作"},
    Term{problem, "alreadyIssued", "", "证书已经签发"},
    Term{problem, "notRenewable", "", "该产品不能续费"},
    Term{problem, "notResubmittable", "", "该申请不能重新提交"},
    Term{problem, "selfApproval", "", "任何人不得批准自己申请或收集的内容"},
    Term{problem, "secondPersonRequired", "", "须由第二人完成"},
    Term{problem, "evidenceMissing", "", "缺少必要的证据"},
    Term{problem, "numberSourceNotAllowed", "", "此来源的电话号码不能用于核实"},
    Term{problem, "orgValidationExpired", "", "组织审核已过期"},
    Term{problem, "versionConflict", "", "对象在读取之后已被修改"},
    Term{problem, "idempotencyMismatch", "", "该幂等键已用于另一个请求"},
    Term{problem, "rateLimited", "", "请求过于频繁"},
    Term{problem, "forbidden", "", "不允许执行此操作"},
    Term{problem, "linkExpired", "", "链接已使用或已过期"},
    Term{problem, "validityNotAllowed", "", "证书有效期不符合要求"},

    Term{review_step, "names", "", "申请的名称与该申请人相符。"},
    Term{review_step, "blocklists", "", "名称和密钥均不在阻止名单上。"},
    Term{review_step, "form_complete", "", "组织和联系人信息已填写。"},
    Term{review_step, "application_complete", "", "所需内容齐全且清晰可读。"},
    Term{review_step, "letter_complete", "", "确认函填写完整，已签名并盖章。"},
    Term{review_step, "person_identity", "", "政府签发的带照片身份证件的清晰副本显示为本人，且在有效期内。"},
    Term{review_step, "legal_existence", "", "登记机关或其他可靠来源以此名称和号码登记该组织，且状态有效。"},
    Term{review_step, "assumed_name", "", "该组织有权使用其他名称。"},
    Term{review_step, "country", "", "国家或地区与该组织一致。"},
    Term{review_step, "address", "", "该组织位于此地址或在此经营。"},
    Term{review_step, "physical_existence", "", "该地址是经营场所，不是邮政信箱。"},
    Term{review_step, "operational_existence", "", "成立满三年、已上市或拥有银行账户。"},
    Term{review_step, "seal_and_name", "", "印章齐全，名称与登记一致，没有涂改。"},
    Term{review_step, "registrant_match", "", "域名注册人就是该组织。"},
    Term{review_step, "communication", "", "该组织的电话或地址来自申请以外的来源。"},
    Term{review_step, "requester_allowed", "", "该组织允许此人提出申请。"},
    Term{review_step, "principal_individual", "", "一名负责人已由执照经核查的核验人当面确认：声明、带照片的身份证件和另外两份文件。"},
    Term{review_step, "approver_authority", "", "批准人的姓名、职务和权限由批准人以外的人证实。"},
    Term{review_step, "signer_authority", "", "签署人的姓名、职务和权限由签署人以外的人证实。"},
    Term{review_step, "look_alikes", "", "没有名称混用不同文字以冒充其他名称。"},
    Term{review_step, "denied_lists", "", "此处列出的人员和单位均不在拒绝服务名单上。"},
    Term{review_step, "finding_explained", "", "针对该申请的发现已有解释。"},

    Term{control, "txt_missing", "", "请在域名的解析区中按所示主机记录添加 TXT 记录，并等待权威域名服务器生效。"},
    Term{control, "txt_mismatch", "", "请将 TXT 记录的值改为所示的值，前后不要加引号或空格。"},
    Term{control, "cname_missing", "", "请在域名的解析区中添加所示的 CNAME 记录；该主机记录下不能有其他记录。"},
    Term{control, "cname_mismatch", "", "请让 CNAME 记录准确指向所示的名称。如果服务商会自动附加主域名，请在值的末尾加一个点。"},
    Term{control, "ns_missing", "", "请向注册商确认域名已注册并已授权，且其域名服务器能够应答。"},
    Term{control, "file_missing", "", "请将文件放在该名称的每台服务器的所示路径下，并确保各地均可通过 HTTP 80 端口访问。"},
    Term{control, "file_mismatch", "", "文件中只能有所示的值；请留意缓存以及以状态码 200 返回的错误页面。"},
    Term{control, "http_status", "", "请让服务器对所示路径返回状态码 200；请留意访问规则和防火墙。"},
    Term{control, "redirect_refused", "", "请以状态码 301、302、307 或 308 跳转到 80 或 443 端口的 http 或 https，不要循环跳转；或者不跳转，直接提供文件。"},
    Term{control, "dnssec_bogus", "", "解析区已签名但签名有误：请更新签名，或请注册商更正 DS 记录。"},
    Term{control, "caa_forbids", "", "请添加允许本机构的 CAA 记录，或删除禁止本机构的记录。"},
    Term{control, "frequently", "", "请等待半分钟后再检查；服务器也会自动检查。"},
    Term{control, "not_corroborated", "", "请让域名的域名服务器和网站服务器在世界各地返回相同内容；请留意缓存、按国家或地区设置的防火墙和同步滞后的辅助服务器。"},
};
// clang-format on

/// What policy/ says in English.
std::string_view english_of_policy(Vocabulary vocabulary, std::string_view word) {
  if (vocabulary == problem) {
    for (const HttpFaultFacts& each : http_faults()) {
      if (each.code == word) return each.title;
    }
    for (const policy::FaultFacts& each : policy::fault_codes()) {
      if (each.text == word) return each.title;
    }
  }
  if (vocabulary == review_step) {
    for (const auto level : {policy::ValidationLevel::ev, policy::ValidationLevel::iv}) {
      if (const auto* const step = policy::checklist_step(level, word)) return step->says;
    }
  }
  if (vocabulary == control) {
    for (const policy::ControlCodeFacts& each : policy::control_codes()) {
      if (each.text == word) return each.hint;
    }
  }
  return {};
}

}  // namespace

std::string_view wording(Vocabulary vocabulary, std::string_view word, Language language) {
  if (vocabulary == cause) {  // mails tell them too: policy/ has them in every language
    const auto* const row = policy::rejection_code(word);
    if (row == nullptr) return {};
    return language == Language::english ? row->words : row->chinese;
  }
  const auto* const term = std::ranges::find_if(
      kTerms, [&](const Term& each) { return each.vocabulary == vocabulary && each.word == word; });
  if (term == kTerms.end()) return english_of_policy(vocabulary, word);
  switch (language) {
    case Language::english:
      return term->english.empty() ? english_of_policy(vocabulary, word) : term->english;
    case Language::simplified_chinese:
      return term->chinese;
  }
  std::unreachable();
}

std::vector<std::string_view> terms_of(Vocabulary vocabulary) {
  std::vector<std::string_view> words;
  if (vocabulary == cause) {
    for (const auto& each : policy::rejection_codes()) words.push_back(each.code);
  }
  for (const Term& each : kTerms) {
    if (each.vocabulary == vocabulary) words.push_back(each.word);
  }
  return words;
}

}  // namespace server::api

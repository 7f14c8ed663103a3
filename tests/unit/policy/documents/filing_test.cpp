#include "policy/documents/filing.h"

#include <gtest/gtest.h>

#include "ca/audit_log.h"
#include "ca/crypto/hash.h"
#include "policy/documents/blob.h"
#include "tests/support/documents.h"
#include "tests/support/temp_store.h"

namespace policy {
namespace {

using namespace std::chrono_literals;
using tests::gif_picture;
using tests::jpeg_picture;
using tests::pdf_document;
using tests::png_picture;

constexpr ca::Time kNow{std::chrono::sys_days{std::chrono::year{2026} / 11 / 22}};
constexpr auto kLetter = DocumentKind::confirmation_letter;

// The letters of the twelve flows (requirement APP-C-07).
const FileRule kTencent{
    {DocumentFormat::jpeg, DocumentFormat::png, DocumentFormat::pdf}, 1'024, 1'468'006};
const FileRule kGm{
    {DocumentFormat::jpeg, DocumentFormat::gif, DocumentFormat::pdf}, 1'024, 1'468'006};
const FileRule kOlder{{DocumentFormat::png, DocumentFormat::jpeg}, 1, 512'000};

template <class Tag>
Id<Tag> id(char last) {
  return Id<Tag>::from_octets(std::string(15, '\1') + last);
}

Actor actor(char person, std::vector<Role> roles, std::optional<char> tenant = std::nullopt) {
  Actor made{
      .person = id<PersonTag>(person), .tenant = {}, .roles = std::move(roles), .through = "token"};
  if (tenant) made.tenant = id<TenantTag>(*tenant);
  return made;
}

const Actor kApplicant = actor('a', {Role::applicant}, 't');
const Actor kStranger = actor('s', {Role::applicant}, 'u');
const Actor kSpecialist = actor('r', {Role::specialist});
const ApplicationId kApplication = id<ApplicationTag>('A');

std::optional<FaultCode> fault(const FileRule& rule,
                               const std::string& bytes,
                               std::string_view media_type = "") {
  const auto upload = inspect_upload(rule, media_type, bytes);
  if (upload) return std::nullopt;
  return upload.error().code;
}

// TCO-09 TGM-10 ALO-30 APP-C-07
TEST(Uploads, AreOfTheFormatsOfTheProductByTheirOwnOctets) {
  using Code = FaultCode;
  EXPECT_EQ(fault(kTencent, jpeg_picture(2'000)), std::nullopt);
  EXPECT_EQ(fault(kTencent, png_picture(2'000)), std::nullopt);
  EXPECT_EQ(fault(kTencent, pdf_document(2'000)), std::nullopt);
  EXPECT_EQ(fault(kTencent, gif_picture(2'000)), Code::document_type_not_allowed);
  EXPECT_EQ(fault(kGm, gif_picture(2'000)), std::nullopt);
  EXPECT_EQ(fault(kGm, png_picture(2'000)), Code::document_type_not_allowed);
  EXPECT_EQ(fault(kOlder, pdf_document(2'000)), Code::document_type_not_allowed);
  EXPECT_EQ(fault(kOlder, gif_picture(2'000), "image/png"), Code::document_type_not_allowed);
  EXPECT_EQ(fault(kOlder, jpeg_picture(2'000), "image/png"), Code::document_type_not_allowed);
  EXPECT_EQ(fault(kOlder, jpeg_picture(2'000), "image/jpeg"), std::nullopt);
  EXPECT_EQ(fault(kOlder, jpeg_picture(2'000), "application/octet-stream"), std::nullopt);
  for (const std::string& other :
       {"<svg xmlns='http://www.w3.org/2000/svg'/>", "<html>", "PK\3\4", ""})
    EXPECT_EQ(fault(kTencent, other + std::string(2'000, ' ')), Code::document_type_not_allowed);
}

// TCO-10 TGM-11 ALO-31
TEST(Uploads, AreOfTheSizesOfTheProductToTheOctet) {
  using Code = FaultCode;
  EXPECT_EQ(fault(kTencent, pdf_document(1'468'006)), std::nullopt);
  EXPECT_EQ(fault(kTencent, pdf_document(1'468'007)), Code::document_too_large);
  EXPECT_EQ(fault(kTencent, jpeg_picture(1'024)), std::nullopt);
  EXPECT_EQ(fault(kTencent, jpeg_picture(1'023)), Code::document_too_small);
  EXPECT_EQ(fault(kOlder, png_picture(512'000)), std::nullopt);
  EXPECT_EQ(fault(kOlder, png_picture(512'001)), Code::document_too_large);
  EXPECT_EQ(fault(kGm, gif_picture(1'468'006)), std::nullopt);
  EXPECT_EQ(fault(kGm, gif_picture(1'468'007)), Code::document_too_large);
  EXPECT_EQ(fault({{DocumentFormat::png}, 1, ~std::uint64_t{0}}, png_picture(kLargestDocument + 1)),
            Code::document_too_large);
}

// T-I1
TEST(Uploads, ThatAreDamagedOrCarryMoreAreRefused) {
  const std::string right = png_picture(2'000);
  EXPECT_EQ(fault(kTencent, right.substr(0, 1'500)), FaultCode::document_refused);
  EXPECT_EQ(fault(kTencent, right + "<html>"), FaultCode::document_refused);
  const auto upload = inspect_upload(kTencent, "", right + "<html>");
  EXPECT_EQ(upload.error().detail, "The document goes on behind its end chunk.");
}

class Filed : public testing::Test {
 protected:
  DocumentId file(char number, std::string bytes, const Actor& by = kApplicant) {
    auto upload = inspect_upload({{DocumentFormat::png}, 1, 100'000}, "", bytes);
    const auto document = id<DocumentTag>(number);
    store->write_and_wait([&](storage::Transaction& transaction) {
      file_document(transaction, by, document,
                    {.tenant = *kApplicant.tenant, .subject = kApplication, .kind = kLetter},
                    *upload, kNow);
    });
    return document;
  }
  Allowed<Document> judge(const Actor& by,
                          const DocumentId& document,
                          Verdict verdict,
                          std::string reason = {}) {
    return store->write_and_wait([&](storage::Transaction& transaction) {
      return judge_document(transaction, by, document, verdict, reason, kNow + 1h);
    });
  }
  Allowed<void> remove(const Actor& by, const DocumentId& document) {
    return store->write_and_wait([&](storage::Transaction& transaction) {
      return remove_document(transaction, by, document, kNow + 1h);
    });
  }
  Document document(const DocumentId& of) {
    return store->read(
        [&](const auto& snapshot) { return *kDocuments.get(snapshot, of.octets()); });
  }
  std::vector<std::string> faults() {
    return store->read([](const auto& snapshot) { return verify_documents(snapshot); });
  }
  std::vector<std::string> events() {
    std::vector<std::string> names;
    store->read([&](const auto& snapshot) {
      ca::read_audit(snapshot, 1, [&](const ca::AuditEntry& entry) {
        names.push_back(entry.event);
        return storage::Scan::proceed;
      });
    });
    return names;
  }
  tests::TempStore store;
};

// TCO-11: versions are kept.
TEST_F(Filed, EachVersionReplacesTheOneBeforeAndKeepsIt) {
  const DocumentId first = file('1', png_picture(100));
  const DocumentId second = file('2', png_picture(200));
  EXPECT_EQ(document(first).status, DocumentStatus::superseded);
  EXPECT_EQ(document(second).version, 2U);
  EXPECT_EQ(document(second).supersedes, first);
  store->read([&](const auto& snapshot) {
    EXPECT_EQ(document_bytes(snapshot, document(first)), png_picture(100));
    EXPECT_EQ(current_document(snapshot, kApplication, kLetter)->id, second);
    EXPECT_EQ(current_document(snapshot, kApplication, DocumentKind::other), std::nullopt);
    EXPECT_EQ(documents_of(snapshot, kApplication).size(), 2U);
  });
  EXPECT_EQ(faults(), std::vector<std::string>{});
  EXPECT_EQ(events(), (std::vector<std::string>{"document.received", "document.received"}));
}

// T-I7
TEST_F(Filed, TheDigestNamesExactlyWhatADecisionRestsOn) {
  const auto digest = [&] {
    return store->read(
        [](const auto& snapshot) { return documents_digest(snapshot, kApplication); });
  };
  const std::string none = digest();
  const DocumentId first = file('1', png_picture(100));
  const std::string one = digest();
  EXPECT_NE(one, none);
  ASSERT_TRUE(judge(kSpecialist, first, Verdict::accept));
  EXPECT_EQ(digest(), one);
  file('2', png_picture(200));
  EXPECT_NE(digest(), one);
}

TEST_F(Filed, TheSameContentsAreStoredOnceAndGoWithTheirLastUse) {
  const DocumentId first = file('1', png_picture(100));
  const DocumentId second = file('2', png_picture(100));
  const std::string sha256 = ca::sha256(png_picture(100));
  const auto is_there = [&] {
    return store->read(
        [&](const auto& snapshot) { return read_blob(snapshot, sha256).has_value(); });
  };
  ASSERT_TRUE(remove(kApplicant, second));
  EXPECT_TRUE(is_there());
  EXPECT_EQ(document(first).status, DocumentStatus::received);
  ASSERT_TRUE(remove(kApplicant, first));
  EXPECT_FALSE(is_there());
  EXPECT_EQ(faults(), std::vector<std::string>{});
  EXPECT_EQ(events().back(), "document.removed");
}

TEST_F(Filed, WhatIsTakenOutOfAPictureIsOnRecord) {
  const std::string sent = [] {
    std::string bytes = png_picture();
    return bytes.insert(bytes.size() - 12, tests::png_chunk("tEXt", "where it was taken"));
  }();
  const DocumentId first = file('1', sent);
  EXPECT_EQ(document(first).received_sha256, ca::sha256(sent));
  EXPECT_EQ(document(first).sha256, ca::sha256(png_picture()));
}

TEST_F(Filed, ReviewersAcceptAndRefuseWithAReason) {
  const DocumentId first = file('1', png_picture(100));
  EXPECT_EQ(judge(kSpecialist, first, Verdict::refuse).error().code, FaultCode::validation);
  EXPECT_EQ(judge(kSpecialist, first, Verdict::refuse, "two\nlines").error().code,
            FaultCode::validation);
  ASSERT_TRUE(judge(kSpecialist, first, Verdict::refuse, "The seal cannot be read"));
  EXPECT_EQ(document(first).reason, "The seal cannot be read");
  EXPECT_EQ(document(first).judged_by, kSpecialist.person);
  EXPECT_EQ(document(first).revision, 2U);
  const DocumentId second = file('2', png_picture(200));
  EXPECT_EQ(document(first).status, DocumentStatus::refused);  // stays what it was
  ASSERT_TRUE(judge(kSpecialist, second, Verdict::accept));
  file('3', png_picture(300));
  EXPECT_EQ(judge(kSpecialist, second, Verdict::accept).error().code, FaultCode::state_conflict);
  EXPECT_EQ(remove(kApplicant, first).error().code, FaultCode::state_conflict);
}

// T-I6, roles and duties (III.6)
TEST_F(Filed, AreSeenAndJudgedByThoseWhoMay) {
  const DocumentId first = file('1', png_picture(100));
  const DocumentId absent = id<DocumentTag>('9');
  const auto code = [&](const Actor& by, const DocumentId& which) -> std::optional<FaultCode> {
    const auto found = store->read([&](const auto& s) { return find_document(s, by, which); });
    return found ? std::nullopt : std::optional(found.error().code);
  };
  EXPECT_EQ(code(kApplicant, first), std::nullopt);
  EXPECT_EQ(code(kSpecialist, first), std::nullopt);
  EXPECT_EQ(code(kStranger, first), FaultCode::not_found);
  EXPECT_EQ(code(kStranger, absent), FaultCode::not_found);
  EXPECT_EQ(code(actor('x', {Role::admin}), first), FaultCode::forbidden);
  EXPECT_EQ(code(actor('x', {Role::support}), first), FaultCode::forbidden);
  EXPECT_EQ(code(actor('x', {Role::auditor}), first), std::nullopt);
  for (const Role role : {Role::second_approver, Role::supervisor, Role::auditor})
    EXPECT_EQ(judge(actor('x', {role}), first, Verdict::accept).error().code, FaultCode::forbidden);
  EXPECT_EQ(judge(kApplicant, first, Verdict::accept).error().code, FaultCode::forbidden);
  EXPECT_EQ(judge(kStranger, first, Verdict::accept).error().code, FaultCode::not_found);
  const DocumentId by_staff = file('2', png_picture(200), kSpecialist);
  EXPECT_EQ(judge(kSpecialist, by_staff, Verdict::accept).error().code, FaultCode::self_approval);
}

TEST_F(Filed, DamageIsFound) {
  const DocumentId first = file('1', png_picture(100));
  const std::string sha256 = document(first).sha256;
  store->write_and_wait([&](storage::Transaction& t) { t.put(kBlobs, sha256, png_picture(101)); });
  EXPECT_EQ(faults().size(), 2U);
  EXPECT_THROW(store->read([&](const auto& s) { return document_bytes(s, document(first)); }),
               storage::CorruptRecord);
  store->write_and_wait([&](storage::Transaction& t) {
    t.erase(kBlobs, sha256);
    t.erase(kDocumentsOf, kApplication.octets() + first.octets());
  });
  EXPECT_EQ(faults().size(), 3U);
}

TEST(DocumentRecord, KeepsEveryField) {
  const Document full{.tenant = id<TenantTag>('t'),
                      .subject = id<OrganizationTag>('o'),
                      .kind = DocumentKind::other,
                      .format = DocumentFormat::gif,
                      .bytes = 7,
                      .sha256 = std::string(32, 's'),
                      .received_sha256 = std::string(32, 'r'),
                      .width = 1,
                      .height = 2,
                      .pages = 3,
                      .version = 4,
                      .supersedes = id<DocumentTag>('d'),
                      .source = DocumentSource::mail,
                      .filed_by = id<PersonTag>('p'),
                      .filed_at = kNow,
                      .status = DocumentStatus::refused,
                      .reason = "why",
                      .judged_by = id<PersonTag>('q'),
                      .judged_at = kNow + 1s,
                      .revision = 5};
  EXPECT_EQ(Document::decode(full.encode()), full);
  EXPECT_THROW(Document::decode(full.encode().substr(0, 40)), storage::CorruptRecord);
}

}  // namespace
}  // namespace policy

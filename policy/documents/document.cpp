#include "policy/documents/document.h"

#include <algorithm>
#include <utility>

#include "ca/crypto/hash.h"
#include "policy/documents/blob.h"
#include "policy/stored_values.h"
#include "storage/record_codec.h"
#include "storage/storage_error.h"

namespace policy {
namespace {

constexpr std::uint8_t kVersion = 1;
enum Field : std::uint32_t {
  kTenant = 1,
  kApplication = 2,
  kOrganization = 3,
  kKind = 4,
  kFormat = 5,
  kBytes = 6,
  kSha256 = 7,
  kReceivedSha256 = 8,
  kWidth = 9,
  kHeight = 10,
  kPages = 11,
  kNumber = 12,
  kSupersedes = 13,
  kSource = 14,
  kFiledBy = 15,
  kFiledAt = 16,
  kStatus = 17,
  kReason = 18,
  kJudgedBy = 19,
  kJudgedAt = 20,
  kRevision = 21,
};

template <Spelled Enumeration>
Enumeration enumerator(const storage::RecordField& field) {
  require_field(field.as_number() < kWords<Enumeration>.size(), "document");
  return static_cast<Enumeration>(field.as_number());
}

std::uint32_t small(const storage::RecordField& field) {
  require_field(field.as_number() <= 0xFFFF'FFFFU, "document");
  return static_cast<std::uint32_t>(field.as_number());
}

/// What may be missing.
void read_more(Document& document, const storage::RecordField& field) {
  switch (field.field) {
    case kWidth:
      document.width = small(field);
      break;
    case kHeight:
      document.height = small(field);
      break;
    case kSupersedes:
      document.supersedes = decode_id<DocumentId>(field.as_bytes());
      break;
    case kReason:
      document.reason = field.as_string();
      break;
    case kJudgedBy:
      document.judged_by = decode_id<PersonId>(field.as_bytes());
      break;
    case kJudgedAt:
      document.judged_at = field.as_time();
      break;
    default:
      break;
  }
}

/// What every document has, ids aside.
void read_plain(Document& document, const storage::RecordField& field) {
  switch (field.field) {
    case kKind:
      document.kind = enumerator<DocumentKind>(field);
      break;
    case kFormat:
      document.format = enumerator<DocumentFormat>(field);
      break;
    case kBytes:
      document.bytes = field.as_number();
      break;
    case kSha256:
      document.sha256 = field.as_string();
      break;
    case kReceivedSha256:
      document.received_sha256 = field.as_string();
      break;
    case kPages:
      document.pages = small(field);
      break;
    case kNumber:
      document.version = small(field);
      break;
    case kSource:
      document.source = enumerator<DocumentSource>(field);
      break;
    case kFiledAt:
      document.filed_at = field.as_time();
      break;
    case kStatus:
      document.status = enumerator<DocumentStatus>(field);
      break;
    case kRevision:
      document.revision = field.as_number();
      break;
    default:
      read_more(document, field);
      break;
  }
}

}  // namespace

const std::string& octets_of(const DocumentSubject& subject) {
  return std::visit([](const auto& id) -> const std::string& { return id.octets(); }, subject);
}

std::string text_of(const DocumentSubject& subject) {
  return std::visit([](const auto& id) { return id.text(); }, subject);
}

std::string Document::encode() const {
  storage::RecordWriter writer(kVersion);
  writer.bytes(kTenant, tenant.octets());
  const bool is_application = std::holds_alternative<ApplicationId>(subject);
  writer.bytes(is_application ? kApplication : kOrganization, octets_of(subject));
  writer.number(kKind, std::to_underlying(kind)).number(kFormat, std::to_underlying(format));
  writer.number(kBytes, bytes).bytes(kSha256, sha256).bytes(kReceivedSha256, received_sha256);
  if (width != 0) writer.number(kWidth, width).number(kHeight, height);
  writer.number(kPages, pages).number(kNumber, version);
  if (supersedes) writer.bytes(kSupersedes, supersedes->octets());
  writer.number(kSource, std::to_underlying(source));
  writer.bytes(kFiledBy, filed_by.octets()).time(kFiledAt, filed_at);
  writer.number(kStatus, std::to_underlying(status));
  if (!reason.empty()) writer.bytes(kReason, reason);
  if (judged_by) writer.bytes(kJudgedBy, judged_by->octets());
  if (judged_at) writer.time(kJudgedAt, *judged_at);
  writer.number(kRevision, revision);
  return std::move(writer).take();
}

Document Document::decode(std::string_view bytes) {
  std::optional<TenantId> tenant;
  std::optional<DocumentSubject> subject;
  std::optional<PersonId> filed_by;
  Document document{.tenant = TenantId::from_octets({}),
                    .subject = ApplicationId::from_octets({}),
                    .filed_by = PersonId::from_octets({})};
  storage::RecordReader reader("document", bytes, kVersion);
  while (const auto field = reader.next()) {
    switch (field->field) {
      case kTenant:
        tenant = decode_id<TenantId>(field->as_bytes());
        break;
      case kApplication:
        subject = decode_id<ApplicationId>(field->as_bytes());
        break;
      case kOrganization:
        subject = decode_id<OrganizationId>(field->as_bytes());
        break;
      case kFiledBy:
        filed_by = decode_id<PersonId>(field->as_bytes());
        break;
      default:
        read_plain(document, *field);
        break;
    }
  }
  require_field(tenant && subject && filed_by && document.sha256.size() == 32, "document");
  document.tenant = *std::move(tenant);
  document.subject = *std::move(subject);
  document.filed_by = *std::move(filed_by);
  return document;
}

std::vector<FoundDocument> documents_of(const storage::Snapshot& snapshot,
                                        const DocumentSubject& subject) {
  std::vector<DocumentId> ids;
  const std::string& prefix = octets_of(subject);
  snapshot.scan(kDocumentsOf, prefix, [&](std::string_view key, std::string_view) {
    if (!key.starts_with(prefix)) return storage::Scan::stop;
    ids.push_back(decode_id<DocumentId>(key.substr(prefix.size())));
    return storage::Scan::proceed;
  });
  std::vector<FoundDocument> found;
  for (DocumentId& id : ids) {
    auto document = kDocuments.get(snapshot, id.octets());
    if (!document) throw storage::CorruptRecord("document " + id.text() + " is not there");
    found.push_back({std::move(id), *std::move(document)});
  }
  return found;
}

std::optional<FoundDocument> current_document(const storage::Snapshot& snapshot,
                                              const DocumentSubject& subject,
                                              DocumentKind kind) {
  std::optional<FoundDocument> current;
  for (FoundDocument& found : documents_of(snapshot, subject)) {
    const bool counts = found.document.status == DocumentStatus::received ||
                        found.document.status == DocumentStatus::accepted;
    if (found.document.kind == kind && counts) current = std::move(found);
  }
  return current;
}

std::string document_bytes(const storage::Snapshot& snapshot, const Document& document) {
  auto bytes = read_blob(snapshot, document.sha256);
  if (!bytes) throw storage::CorruptRecord("the contents of a document are not there");
  return *std::move(bytes);
}

std::string documents_digest(const storage::Snapshot& snapshot, const DocumentSubject& subject) {
  std::string hashes;
  for (const FoundDocument& found : documents_of(snapshot, subject)) {
    const bool counts = found.document.status == DocumentStatus::received ||
                        found.document.status == DocumentStatus::accepted;
    if (counts) hashes += found.document.sha256;
  }
  return ca::sha256(hashes);
}

std::vector<std::string> verify_documents(const storage::Snapshot& snapshot) {
  std::vector<std::string> faults = verify_blobs(snapshot);
  snapshot.scan(kDocuments.name(), "", [&](std::string_view key, std::string_view bytes) {
    const auto id = decode_id<DocumentId>(key);
    const Document document = Document::decode(bytes);
    const auto complain = [&](const std::string& what) {
      faults.push_back("document " + id.text() + " " + what);
    };
    const auto contents = snapshot.get(kBlobs, document.sha256);
    if (!contents || contents->size() != document.bytes) complain("lacks its contents");
    if (!snapshot.get(kBlobUses, document.sha256 + id.octets()))
      complain("does not hold its contents");
    if (!snapshot.get(kDocumentsOf, octets_of(document.subject) + id.octets()))
      complain("is not in the list of " + text_of(document.subject));
    return storage::Scan::proceed;
  });
  snapshot.scan(kDocumentsOf, "", [&](std::string_view key, std::string_view) {
    const auto id = decode_id<DocumentId>(key.substr(std::min(key.size(), kIdOctets)));
    if (!snapshot.get(kDocuments.name(), id.octets()))
      faults.push_back("document " + id.text() + " is in a list and not there");
    return storage::Scan::proceed;
  });
  return faults;
}

}  // namespace policy

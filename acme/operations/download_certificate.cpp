// The certificate resource (RFC 8555 §7.4.2, §9.1).
#include <stdexcept>
#include <utility>

#include "acme/operations/operation.h"
#include "acme/operations/ownership.h"
#include "acme/records/certificate_record.h"
#include "ca/ledger.h"

namespace acme {

namespace {

constexpr std::string_view kCertificate = "certificate";

}  // namespace

boost::asio::awaitable<Result<Reply>> download_certificate(Services& services,
                                                           AuthenticatedRequest request,
                                                           PathParameters path) {
  if (auto read = require_post_as_get(request); !read) {
    co_return std::unexpected(std::move(read).error());
  }
  const Result<CertificateId> id = id_in_path<CertificateId>(path, kCertificate);
  if (!id) co_return std::unexpected(id.error());
  const auto record = services.store.read(
      [&](const storage::Snapshot& snapshot) { return kCertificates.get(snapshot, id->octets()); });
  if (!record) {
    co_return refuse(ProblemType::malformed, "there is no certificate \"" + id->text() + "\"");
  }
  if (record->account != request.account) co_return not_yours(kCertificate, id->text());
  const auto entry = services.store.read([&](const storage::Snapshot& snapshot) {
    return ca::Ledger::find(snapshot, record->issuer_id, record->serial);
  });
  if (!entry || entry->certificate.empty()) {
    throw storage::CorruptRecord("certificate " + id->text() + " is not in the ledger");
  }
  const ca::Issuer* issuer = services.issuers.find(record->issuer_id);
  if (issuer == nullptr) {
    throw std::runtime_error("certificate " + id->text() + " is of an issuer that is not loaded");
  }
  Reply reply;
  reply.media = Media::certificate_chain;
  reply.body = issuer->chain_pem(entry->certificate);
  co_return reply;
}

}  // namespace acme

// The certificate resource (RFC 8555 §7.4.2, §9.1) and the chains it can come with.
#include <stdexcept>
#include <utility>

#include "acme/in_quotes.h"
#include "acme/operations/operation.h"
#include "acme/operations/ownership.h"
#include "acme/records/auto_renewal_record.h"
#include "acme/records/certificate_record.h"
#include "ca/ledger.h"

namespace acme {

namespace {

constexpr std::string_view kCertificate = "certificate";

/// Which chain `path` names, or malformed.
Result<std::size_t> chain_in_path(const PathParameters& path, const ca::Issuer& issuer) {
  if (path.chain.empty()) return 0U;
  for (std::size_t i = 1; i < issuer.chains(); ++i) {
    if (path.chain == std::to_string(i)) return i;
  }
  return refuse(ProblemType::malformed, "there is no alternate chain " + in_quotes(path.chain) +
                                            "; the links of the certificate name those there are");
}

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
  // RFC 8739 §3.1.1: what renews itself is at another URL.
  const bool is_star = record && services.store.read([&](const storage::Snapshot& snapshot) {
    return kAutoRenewals.contains(snapshot, record->order.octets());
  });
  if (!record || is_star) {
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
  const Result<std::size_t> chain = chain_in_path(path, *issuer);
  if (!chain) co_return std::unexpected(chain.error());
  Reply reply;
  reply.media = Media::certificate_chain;
  reply.body = issuer->chain_pem(entry->certificate, *chain);
  for (std::size_t i = 0; i < issuer->chains(); ++i) {
    if (i != *chain) reply.links.push_back({services.urls.chain(*id, i), "alternate"});
  }
  co_return reply;
}

}  // namespace acme

#include "server/api/idempotency.h"

#include <algorithm>
#include <vector>

#include "ca/crypto/hash.h"
#include "storage/key_codec.h"
#include "storage/record_codec.h"
#include "storage/storage_error.h"
#include "storage/table.h"

namespace server::api {
namespace {

constexpr std::uint8_t kVersion = 1;
constexpr std::size_t kSaltOctets = 16;
constexpr std::size_t kSealKeyOctets = 16;
constexpr std::size_t kIvOctets = 12;

struct KeptAnswer {
  std::string digest;
  std::string salt;
  std::string sealed;  // the answer; an answer can hold a secret that is shown once
  ca::Time at{};

  enum Field : std::uint32_t { kDigest = 1, kSalt = 2, kSealed = 3, kAt = 4 };
  [[nodiscard]] std::string encode() const {
    storage::RecordWriter writer(kVersion);
    writer.bytes(kDigest, digest).bytes(kSalt, salt).bytes(kSealed, sealed).time(kAt, at);
    return std::move(writer).take();
  }
  static KeptAnswer decode(std::string_view bytes) {
    KeptAnswer record;
    storage::RecordReader reader("kept answer", bytes, kVersion);
    while (const auto field = reader.next()) {
      if (field->field == kDigest) record.digest = field->as_string();
      if (field->field == kSalt) record.salt = field->as_string();
      if (field->field == kSealed) record.sealed = field->as_string();
      if (field->field == kAt) record.at = field->as_time();
    }
    return record;
  }
};

/// SHA-256 over token and key -> answer.
constexpr storage::Table<KeptAnswer> kAnswers{"api_answers"};
/// Time, key of kAnswers -> nothing.
constexpr storage::TableName kAnswersByTime{"api_answers_by_time"};

std::string row_of(const RepeatableRequest& request) {
  return ca::sha256(ca::sha256(request.token) + request.key);
}

/// The salt is fresh for every answer, so no key is used twice.
std::string seal_key(const RepeatableRequest& request, std::string_view salt) {
  return ca::hmac_sha256(request.token, "answer" + std::string(salt)).substr(0, kSealKeyOctets);
}

std::string no_iv() {
  return std::string(kIvOctets, '\0');
}

enum AnswerField : std::uint32_t {
  kStatus = 1,
  kBody = 2,
  kContentType = 3,
  kObjectVersion = 4,
  kLocation = 5,
  kHeaderName = 6,
  kHeaderValue = 7,
};

std::string encode(const Answer& answer) {
  storage::RecordWriter writer(kVersion);
  writer.number(kStatus, answer.status)
      .bytes(kBody, answer.body)
      .bytes(kContentType, answer.content_type)
      .bytes(kLocation, answer.location);
  if (answer.version) writer.number(kObjectVersion, *answer.version);
  for (const auto& [name, value] : answer.headers) {
    writer.bytes(kHeaderName, name).bytes(kHeaderValue, value);
  }
  return std::move(writer).take();
}

Answer decode(std::string_view bytes) {
  Answer answer;
  storage::RecordReader reader("kept answer", bytes, kVersion);
  while (const auto field = reader.next()) {
    switch (field->field) {
      case kStatus:
        answer.status = static_cast<unsigned>(field->as_number());
        break;
      case kBody:
        answer.body = field->as_string();
        break;
      case kContentType:
        answer.content_type = field->as_string();
        break;
      case kObjectVersion:
        answer.version = field->as_number();
        break;
      case kLocation:
        answer.location = field->as_string();
        break;
      case kHeaderName:
        answer.headers.emplace_back(field->as_string(), "");
        break;
      case kHeaderValue:
        if (answer.headers.empty()) throw storage::CorruptRecord("kept answer: a nameless header");
        answer.headers.back().second = field->as_string();
        break;
      default:
        break;
    }
  }
  return answer;
}

/// Whoever adds one takes two away, so that the table never holds much more than a day.
void forget_old(storage::Transaction& transaction, ca::Time now) {
  constexpr std::size_t kAtOnce = 8;
  std::vector<std::string> old;
  transaction.scan(kAnswersByTime, "", [&](std::string_view key, std::string_view) {
    if (storage::KeyReader(key).time() + kKeptFor > now || old.size() == kAtOnce) {
      return storage::Scan::stop;
    }
    old.emplace_back(key);
    return storage::Scan::proceed;
  });
  for (const std::string& each : old) {
    storage::KeyReader reader(each);
    const ca::Time at = reader.time();
    const std::string row = reader.tail();
    transaction.erase(kAnswersByTime, each);
    const auto kept = kAnswers.get(transaction, row);
    if (kept && kept->at == at) kAnswers.erase(transaction, row);
  }
}

}  // namespace

bool is_idempotency_key(std::string_view key) {
  constexpr std::size_t kMost = 200;
  return !key.empty() && key.size() <= kMost &&
         std::ranges::all_of(key, [](char c) { return c > ' ' && c < '\x7f'; });
}

policy::Allowed<std::optional<Answer>> answer_given(const storage::Snapshot& snapshot,
                                                    const RepeatableRequest& request,
                                                    ca::Time now) {
  const auto kept = kAnswers.get(snapshot, row_of(request));
  if (!kept || kept->at + kKeptFor <= now) return std::nullopt;
  if (kept->digest != request.digest) {
    return policy::Refused(
        policy::Fault{policy::FaultCode::idempotency_mismatch,
                      "The Idempotency-Key was used for another request less than 24 hours ago."});
  }
  const auto opened = ca::open_sealed(seal_key(request, kept->salt), no_iv(), kept->sealed);
  if (!opened) throw storage::CorruptRecord("a kept answer cannot be opened");
  return decode(*opened);
}

void keep_answer(storage::Transaction& transaction,
                 const RepeatableRequest& request,
                 const Answer& answer,
                 ca::RandomSource& random,
                 ca::Time now) {
  forget_old(transaction, now);
  const std::string row = row_of(request);
  KeptAnswer kept{
      .digest = request.digest, .salt = random.bytes(kSaltOctets), .sealed = {}, .at = now};
  kept.sealed = ca::seal(seal_key(request, kept.salt), no_iv(), encode(answer));
  kAnswers.put(transaction, row, kept);
  transaction.put(kAnswersByTime, storage::KeyWriter().time(now).tail(row).take(), "");
}

}  // namespace server::api

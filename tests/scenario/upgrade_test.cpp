// A store that an older version wrote: its records lack what was added to them since. Today's
// program opens it, finds it sound, and goes on with what was begun.
#include <gmock/gmock.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ca/crypto/encoding.h"
#include "storage/record_codec.h"
#include "tests/scenario/world.h"
#include "tests/support/invariants.h"

namespace tests {
namespace {

/// The fields that records of a table had when control, CAA and the ledger were first all noted.
struct OlderForm {
  std::string_view table;
  std::uint32_t newest_field;
  std::vector<std::uint32_t> not_yet = {};  // below that, and added later all the same
  std::uint32_t nested_in = 0;              // a field that is itself a record …
  std::uint32_t newest_nested = 0;          // … with fields up to this one
  std::vector<std::uint32_t> nested_not_yet = {};
};
const OlderForm kForms[] = {
    {.table = "accounts", .newest_field = 5},
    {.table = "orders", .newest_field = 15},
    {.table = "authorizations",
     .newest_field = 9,
     .nested_in = 6,
     .newest_nested = 8,
     .nested_not_yet = {7}},
    {.table = "ledger", .newest_field = 14},
};

bool is_in(const std::vector<std::uint32_t>& fields, std::uint32_t field) {
  return std::ranges::find(fields, field) != fields.end();
}

/// The record without what the older form does not have; counts what was left out.
std::string older(std::string_view record, const OlderForm& form, std::size_t& left_out) {
  storage::RecordReader reader("older form", record, 1);
  storage::RecordWriter writer(1);
  while (const auto field = reader.next()) {
    if (field->field > form.newest_field || is_in(form.not_yet, field->field)) {
      ++left_out;
    } else if (field->is_number) {
      writer.number(field->field, field->number);
    } else if (field->field == form.nested_in) {
      const OlderForm inner{
          .table = form.table, .newest_field = form.newest_nested, .not_yet = form.nested_not_yet};
      writer.bytes(field->field, older(field->bytes, inner, left_out));
    } else {
      writer.bytes(field->field, field->bytes);
    }
  }
  return std::move(writer).take();
}

/// Writes every record of the store as the older version did. Returns how many members went.
std::size_t write_as_before(World& world) {
  std::size_t left_out = 0;
  world.store->write_and_wait([&](storage::Transaction& transaction) {
    for (const OlderForm& form : kForms) {
      std::vector<std::pair<std::string, std::string>> rows;
      transaction.scan({form.table}, "", [&](std::string_view key, std::string_view value) {
        rows.emplace_back(key, value);
        return storage::Scan::proceed;
      });
      for (const auto& [key, value] : rows) {
        transaction.put({form.table}, key, older(value, form, left_out));
      }
    }
  });
  return left_out;
}

// T-B16
TEST(Upgrade, OpensWhatAnOlderVersionWroteAndGoesOn) {
  World world;
  world.meta.terms_of_service = "https://ca.example/terms";
  const JwsClient client = registered(world);
  const auto key = ca::generate_signer(ca::KeyAlgorithm::ecdsa_p256);
  const Json done = issued(world, client, *key, {"done.example"});
  const ClientOrder open = ordered(world, client, {"open.example"});
  const ClientOrder ready = ready_order(world, client, {"ready.example"});
  const ClientOrder claimed = ready_order(world, client, {"claimed.example"});
  body_of(world.post(client, claimed.finalize(), csr_payload(*key, {"claimed.example"})));
  ASSERT_GT(write_as_before(world), 0U) << "there is nothing that older records lack";
  world.restart();
  EXPECT_EQ(faults_of(*world.store, *world.issuer), std::vector<std::string>{});

  world.meta.terms_of_service.clear();  // which terms an old account agreed to is not known
  world.work();
  EXPECT_EQ(read(world, client, claimed.url)["status"], "valid");
  body_of(world.post(client, ready.finalize(), csr_payload(*key, {"ready.example"})));
  world.work();
  EXPECT_EQ(read(world, client, ready.url)["status"], "valid");
  ClientOrder further = open;
  prove(world, client, further, {"open.example"});
  body_of(world.post(client, open.finalize(), csr_payload(*key, {"open.example"})));
  world.work();
  EXPECT_EQ(read(world, client, open.url)["status"], "valid");
  issued(world, client, *key, {"done.example"});
  const std::string leaf = leaf_of(world, client, done["certificate"]);
  body_of(world.post(client, world.url(acme::paths::kRevokeCert),
                     R"({"certificate":")" + ca::base64url(leaf) + R"("})"));
  world.work();
  EXPECT_EQ(faults_of(*world.store, *world.issuer), std::vector<std::string>{});
}

}  // namespace
}  // namespace tests

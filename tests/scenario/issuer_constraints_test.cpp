// Orders for names that the constraints of the issuing CA keep out.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <utility>

#include "tests/scenario/world.h"
#include "tests/support/test_ca.h"
#include "tests/unit/ca/limited_path.h"

namespace tests {
namespace {

class IssuerConstraints : public ::testing::Test {
 protected:
  IssuerConstraints() {
    LimitedPath path = limited_path(world.clock.seconds(), ca::oid::kAnyPolicy);
    auto limited = std::make_unique<ca::Issuer>(std::vector{path.issuing, path.upper},
                                                std::move(path.signer), test_urls());
    const auto replaced = std::exchange(world.issuer, std::move(limited));
    world.restart();
  }
  acme::Result<acme::Reply> order(const std::string& name) {
    return world.post(client, world.url(acme::paths::kNewOrder),
                      R"({"identifiers":[{"type":"dns","value":")" + name + R"("}]})");
  }

  World world;
  JwsClient client = registered(world);
};

// RFC5280-4.2.1.10: before anybody proves a name for nothing.
TEST_F(IssuerConstraints, AreKeptWhenAnOrderIsPlaced) {
  EXPECT_THAT(refusal_of(order("www.example.org"), ProblemType::rejected_identifier),
              testing::HasSubstr("\"www.example.org\" is outside the name constraints"));
  EXPECT_EQ(body_of(order("www.example.com"))["status"], "pending");
}

TEST_F(IssuerConstraints, LetThroughWhatTheyPermit) {
  const auto key = ca::generate_signer(ca::KeyAlgorithm::ecdsa_p256);
  const ClientOrder permitted = ready_order(world, client, {"www.example.com"});
  body_of(world.post(client, permitted.finalize(), csr_payload(*key, {"www.example.com"})));
  world.work();
  EXPECT_EQ(read(world, client, permitted.url)["status"], "valid");
}

}  // namespace
}  // namespace tests

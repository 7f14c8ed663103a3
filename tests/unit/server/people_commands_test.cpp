// `chancery tenant`, `person` and `token` on a store of their own.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "policy/people/api_token.h"
#include "server/commands/beside_server.h"
#include "server/commands/commands.h"
#include "server/system_clock.h"
#include "tests/support/temp_dir.h"

namespace server {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class PeopleCommands : public testing::Test {
 protected:
  PeopleCommands() {
    std::ostringstream ignored;
    InitOptions options;
    options.folder = temp / "ca";
    init(options, ignored);
    choice.folder = temp / "ca";
  }
  template <class Command>
  std::string text(Command command) {
    std::ostringstream out;
    EXPECT_EQ(command(out), ExitCode::ok);
    return out.str();
  }
  std::string tenant() {
    std::string id = text([&](auto& out) { return tenant_create(choice, "Example Ltd", out); });
    id.pop_back();
    return id;
  }
  std::string person(std::optional<std::string> of, std::vector<std::string> roles) {
    std::string id = text([&](auto& out) {
      return person_create({choice, "Ada", "ada@example.org", std::move(of), std::move(roles)},
                           out);
    });
    id.pop_back();
    return id;
  }
  std::expected<policy::TokenHolder, policy::TokenRefusal> holder_of_shown(
      const std::string& shown) {
    const storage::Store store = open_store(choice, storage::OpenMode::read_only);
    return store.read([&](const storage::Snapshot& snapshot) {
      return policy::holder_of(snapshot, shown, ca::IpAddress::parse("192.0.2.4").value(),
                               SystemClock().seconds());
    });
  }

  tests::TempDir temp;
  ConfigChoice choice;
};

TEST_F(PeopleCommands, MakeATokenThatOpens) {
  const std::string of = tenant();
  const std::string ada = person(of, {"org_admin", "applicant"});
  const std::string made = text([&](auto& out) {
    return token_create({choice, ada, {}, "build server", "90d", {"192.0.2.0/24"}}, out);
  });
  const std::string shown = made.substr(made.find("cht_"), 47);
  const std::string id = made.substr(made.find("tok_"), 26);
  const auto holder = holder_of_shown(shown);
  ASSERT_TRUE(holder.has_value());
  EXPECT_EQ(holder->actor.person.text(), ada);
  EXPECT_EQ(holder->actor.tenant->text(), of);

  const std::string about = text([&](auto& out) { return token_show(choice, id, out); });
  EXPECT_THAT(about, HasSubstr("State: open\nPerson: " + ada + "\nRoles: org_admin,applicant\n"));
  EXPECT_THAT(about, HasSubstr("Networks: 192.0.2.0/24\n"));
  EXPECT_THAT(about, Not(HasSubstr("cht_")));
  EXPECT_THAT(text([&](auto& out) { return token_list(choice, out); }),
              StartsWith(id + "  open      "));
  EXPECT_THAT(text([&](auto& out) { return person_list(choice, out); }), HasSubstr("ada@example"));
  EXPECT_THAT(text([&](auto& out) { return tenant_list(choice, out); }), HasSubstr("Example Ltd"));
}

TEST_F(PeopleCommands, EndATokenAndAPerson) {
  const std::string eve = person(std::nullopt, {"specialist"});
  const std::string made =
      text([&](auto& out) { return token_create({choice, eve, {}, "", {}, {}}, out); });
  const std::string id = made.substr(made.find("tok_"), 26);
  text([&](auto& out) { return token_revoke(choice, id, out); });
  EXPECT_THAT(text([&](auto& out) { return token_show(choice, id, out); }),
              HasSubstr("State: disabled\n"));
  text([&](auto& out) { return person_disable(choice, eve, out); });
  EXPECT_THAT(text([&](auto& out) { return person_list(choice, out); }),
              HasSubstr("disabled  authority"));
}

TEST_F(PeopleCommands, RefuseWhatCannotBeUsed) {
  std::ostringstream out;
  const std::string eve = person(std::nullopt, {"specialist"});
  EXPECT_THROW(tenant_create(choice, "", out), UsageError);
  EXPECT_THROW(person_create({choice, "Eve", "eve@ca.example", {}, {"king"}}, out), UsageError);
  EXPECT_THROW(person_create({choice, "Eve", "eve@ca.example", {}, {"system"}}, out), UsageError);
  EXPECT_THROW(person_create({choice, "Eve", "eve@ca.example", "ten_1", {"applicant"}}, out),
               UsageError);
  EXPECT_THROW(token_create({choice, "eve", {}, "", {}, {}}, out), UsageError);
  EXPECT_THROW(token_create({choice, eve, {"admin"}, "", {}, {}}, out), UsageError);
  EXPECT_THROW(token_create({choice, eve, {}, "", "soon", {}}, out), UsageError);
  EXPECT_THROW(token_create({choice, eve, {}, "", {}, {"192.0.2.1/24"}}, out), UsageError);
  EXPECT_THROW(token_revoke(choice, "tok_AAAAAAAAAAAAAAAAAAAAAA", out), std::runtime_error);
  EXPECT_THROW(token_show(choice, "tok_AAAAAAAAAAAAAAAAAAAAAA", out), std::runtime_error);
  EXPECT_THROW(person_disable(choice, "per_AAAAAAAAAAAAAAAAAAAAAA", out), std::runtime_error);
  EXPECT_EQ(out.str(), "");
}

}  // namespace
}  // namespace server

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdio>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include "policy/organizations/organization.h"
#include "server/commands/commands.h"
#include "storage/lmdb_engine.h"
#include "storage/store.h"
#include "tests/support/temp_dir.h"

namespace server {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

/// What a run of the program left.
struct Ended {
  int code = -1;
  std::string out;
  std::string err;
};

std::string text_of(const std::filesystem::path& file) {
  std::ifstream stream(file);
  return {std::istreambuf_iterator<char>(stream), {}};
}

/// One whose id and whose tenant's are of zero octets, beside the running server.
void add_organization(const std::filesystem::path& folder) {
  storage::Store store(
      storage::open_lmdb({.folder = folder, .mode = storage::OpenMode::beside_writer}));
  store.write_and_wait([](storage::Transaction& transaction) {
    const std::string nobody(16, '\0');
    policy::Organization organization{policy::TenantId::from_octets(nobody), {}};
    organization.fields.legal_name = "Example Ltd";
    policy::kOrganizations.put(transaction, nobody, organization);
  });
}

class CommandLine : public testing::Test {
 protected:
  Ended run(const std::string& arguments) {
    const std::string command = std::string(CHANCERY_PROGRAM) + " " + arguments + " >" +
                                (temp / "out").string() + " 2>" + (temp / "err").string();
    const int status = std::system(command.c_str());
    return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, text_of(temp / "out"),
            text_of(temp / "err")};
  }
  [[nodiscard]] std::string ca() const { return (temp / "ca").string(); }

  tests::TempDir temp;
};

TEST_F(CommandLine, SaysItsVersion) {
  const Ended ended = run("--version");
  EXPECT_EQ(ended.code, 0);
  EXPECT_EQ(ended.out, "chancery 0.1.0\n");
}

TEST_F(CommandLine, TeachesEveryCommand) {
  EXPECT_THAT(run("--help").out, HasSubstr("chancery init --dir ca"));
  for (const char* command :
       {"init",          "serve",        "perspective",   "check-config", "verify",
        "backup",        "eab",          "eab create",    "eab list",     "eab show",
        "eab disable",   "stop",         "resume",        "stops",        "catalog",
        "catalog check", "catalog show", "catalog diff",

        "tenant create", "tenant list",  "person create", "person list",  "person disable",
        "token create",  "token list",   "token show",    "token revoke"}) {
    SCOPED_TRACE(command);
    const Ended ended = run(std::string(command) + " --help");
    EXPECT_EQ(ended.code, 0);
    EXPECT_THAT(ended.out, HasSubstr("Examples:"));
    EXPECT_THAT(ended.out,
                HasSubstr("Exit codes: 0 done; 1 failed; 2 wrong arguments or configuration."));
  }
}

// ALI-36: a brand is a file.
TEST_F(CommandLine, ShowsAndChecksTheCatalog) {
  std::filesystem::create_directory(temp / "catalog");
  const std::string folder = " --folder " + (temp / "catalog").string();
  const std::filesystem::path file = temp / "catalog" / "mine.toml";
  std::ofstream(file) << "[[product]]\nname = \"mine\"\nfrom = 2026-03-15\nextends = \"ov\"\n"
                         "description = \"Mine\"\nbrand = \"mine\"\n";
  EXPECT_THAT(run("catalog check" + folder).out, StartsWith("The catalog is fine: "));
  EXPECT_THAT(run("catalog show" + folder).out, HasSubstr("mine@1"));
  EXPECT_THAT(run("catalog show" + folder + " mine").out, HasSubstr("\nbrand = \"mine\"\n"));
  EXPECT_EQ(run("catalog diff" + folder).out, "mine@1: new\n");
  EXPECT_THAT(run("catalog diff" + folder + " ov mine").out,
              HasSubstr("ov@1 -> mine@1\n  - name = \"ov\"\n"));
  EXPECT_EQ(run("catalog diff" + folder + " ov").code, 2);
  EXPECT_EQ(run("catalog show" + folder + " fly").code, 2);

  std::ofstream(file, std::ios::app) << "colour = \"red\"\nlevel = \"xv\"\n";
  const Ended ended = run("catalog check" + folder);
  EXPECT_EQ(ended.code, 2);
  EXPECT_THAT(ended.err, HasSubstr("mine.toml:7: there is no key \"colour\"\n"));
  EXPECT_THAT(ended.err, HasSubstr("mine.toml:8: \"xv\" does not fit"));
  ASSERT_EQ(run("init --dir " + ca()).code, 0);
  const Ended served =
      run("serve --dir " + ca() + " --set catalog.folder=" + (temp / "catalog").string());
  EXPECT_EQ(served.code, 2);
  EXPECT_THAT(served.err, HasSubstr("mine.toml:7: there is no key \"colour\"\n"));
}

TEST_F(CommandLine, RefusesWrongArgumentsWithTwo) {
  for (const char* arguments :
       {"", "fly", "init", "init --dir x --algorithm rsa-1024", "serve --colour red",
        "serve --dir a --config b", "verify --store x", "backup --dir x", "eab", "eab show --dir x",
        "eab disable --dir x", "eab fly", "eab create --max-uses many",
        "eab create --dir x --hold fail", "stop --dir x all", "stop --dir x --reason y",
        "resume --dir x all", "init --dir x --listen nowhere", "init --dir ''"}) {
    SCOPED_TRACE(arguments);
    const Ended ended = run(arguments);
    EXPECT_EQ(ended.code, 2);
    EXPECT_EQ(ended.out, "");
    EXPECT_THAT(ended.err, StartsWith("chancery: "));
    EXPECT_EQ(std::ranges::count(ended.err, '\n'), 1);
  }
}

TEST_F(CommandLine, ListsTheFaultsOfAConfigurationAndEndsWithTwo) {
  std::ofstream(temp / "bad.toml") << "[log]\nlevel = \"loud\"\ncolour = 1\n";
  const std::string file = (temp / "bad.toml").string();
  for (const char* command : {"check-config", "serve", "verify"}) {
    SCOPED_TRACE(command);
    const Ended ended = run(std::string(command) + " --config " + file + " --set dns.dnssec=maybe");
    EXPECT_EQ(ended.code, 2);
    EXPECT_EQ(ended.out, "");
    EXPECT_EQ(ended.err,
              file + ":2: log.level is \"loud\"; expected one of info, warning, error\n" + file +
                  ":3: there is no setting log.colour\n"
                  "--set dns.dnssec: dns.dnssec is \"maybe\"; expected one of auto, on, off\n"
                  "chancery: 3 faults in the configuration\n");
  }
}

TEST_F(CommandLine, RefusesContradictionsWhereverTheConfigurationIsRead) {
  ASSERT_EQ(run("init --dir " + ca()).code, 0);
  for (const char* command : {"check-config", "serve"}) {
    SCOPED_TRACE(command);
    const Ended ended = run(std::string(command) + " --dir " + ca() +
                            " --set listen.acme=127.0.0.1:1 --set listen.public=127.0.0.1:1");
    EXPECT_EQ(ended.code, 2);
    EXPECT_EQ(ended.out, "");
    EXPECT_EQ(ended.err,
              "listen.acme, listen.public: both are 127.0.0.1:1; expected two ports\n"
              "chancery: 1 fault in the configuration\n");
  }
}

// RFC8659-4.2 C-9
TEST_F(CommandLine, SaysWhatACaWithoutACaaIdentityRefuses) {
  ASSERT_EQ(run("init --dir " + ca()).code, 0);
  const std::string check = "check-config --dir " + ca();
  const Ended without = run(check);
  EXPECT_EQ(without.code, 0) << without.err;
  EXPECT_THAT(without.out, HasSubstr("acme.caa_identities is empty: a name whose CAA records "
                                     "restrict issuance is refused.\n"));
  const Ended with = run(check + " --set acme.caa_identities=ca.example");
  EXPECT_EQ(with.code, 0) << with.err;
  EXPECT_EQ(with.out.find("is empty"), std::string::npos) << with.out;
}

TEST_F(CommandLine, FailsWithOneSentence) {
  ASSERT_EQ(run("init --dir " + ca()).code, 0);
  const std::pair<std::string, std::string> rows[] = {
      {"init --dir " + ca(), "already holds a Chancery installation"},
      {"verify --dir " + ca(), ca() + "/store"},
      {"backup --dir " + ca() + " --to " + ca() + "/copy", ca() + "/store"},
      {"serve --dir " + ca() +
           " --set ca.key=absent.key --set listen.acme=127.0.0.1:0 --set listen.public=127.0.0.1:0",
       "absent.key"},
      {"serve --dir " + ca() + " --set tls.key=absent.key", "absent.key"},
      {"serve --dir " + ca() + " --set tls.certificate=absent.pem",
       "absent.pem cannot be read: No such file or directory"},
  };
  for (const auto& [arguments, part] : rows) {
    SCOPED_TRACE(arguments);
    const Ended ended = run(arguments);
    EXPECT_EQ(ended.code, 1);
    EXPECT_EQ(ended.out, "");
    const std::string last = ended.err.substr(ended.err.rfind('\n', ended.err.size() - 2) + 1);
    EXPECT_THAT(last, StartsWith("chancery: "));
    EXPECT_THAT(last, HasSubstr(part));
  }
}

/// The program as a child with a pipe from its standard output.
class Serving {
 public:
  explicit Serving(const std::string& folder, const std::string& log) {
    std::array<int, 2> ends{};
    if (::pipe(ends.data()) != 0) throw std::runtime_error("no pipe");
    child_ = ::fork();
    if (child_ == 0) {
      ::dup2(ends[1], STDOUT_FILENO);
      const std::string file = "log.file=" + log;
      ::execl(CHANCERY_PROGRAM, CHANCERY_PROGRAM, "serve", "--dir", folder.c_str(), "--set",
              "listen.acme=127.0.0.1:0", "--set", "listen.public=127.0.0.1:0", "--set",
              file.c_str(), nullptr);
      ::_exit(127);
    }
    ::close(ends[1]);
    out_ = ::fdopen(ends[0], "r");
  }
  ~Serving() {
    if (child_ > 0) {
      ::kill(child_, SIGKILL);
      end();
    }
    std::fclose(out_);
  }
  Serving(const Serving&) = delete;
  Serving& operator=(const Serving&) = delete;

  std::string line() {
    std::array<char, 256> text{};
    return std::fgets(text.data(), text.size(), out_) == nullptr ? "" : text.data();
  }
  void signal(int number) const { ::kill(child_, number); }
  int end() {
    int status = 0;
    ::waitpid(child_, &status, 0);
    child_ = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }
  [[nodiscard]] std::string status_line(const std::string& key) const {
    const std::string text = text_of("/proc/" + std::to_string(child_) + "/status");
    const std::size_t at = text.find(key + ":");
    return text.substr(at, text.find('\n', at) - at);
  }
  [[nodiscard]] std::string limits() const {
    return text_of("/proc/" + std::to_string(child_) + "/limits");
  }

 private:
  pid_t child_ = -1;
  std::FILE* out_ = nullptr;
};

TEST_F(CommandLine, TakesNoNameThatIsNotUtf8) {
  const Ended ended = run("init --dir " + ca() + " --name $(printf 'a\\377b')");
  EXPECT_EQ(ended.code, 2);
  EXPECT_FALSE(std::filesystem::exists(ca()));
}

TEST_F(CommandLine, ServesUntilASignalAndEndsWithZero) {
  ASSERT_EQ(run("init --dir " + ca()).code, 0);
  for (const int number : {SIGTERM, SIGINT}) {
    Serving serving(ca(), (temp / "log").string());
    EXPECT_THAT(serving.line(),
                testing::MatchesRegex(
                    "Chancery is ready: directory https://localhost:[0-9]+/acme/directory\n"));
    serving.signal(SIGPIPE);
    serving.signal(number);
    EXPECT_EQ(serving.end(), 0);
  }
  EXPECT_THAT(text_of(temp / "log"), HasSubstr("\"server.stopped\""));
  EXPECT_EQ(run("verify --dir " + ca()).code, 0);
}

/// What stands behind `name: ` at the beginning of a line of `text`.
std::string line_of(const std::string& text, const std::string& name) {
  const std::size_t at = ("\n" + text).find("\n" + name + ": ");
  if (at == std::string::npos) return "";
  const std::size_t begin = at + name.size() + 2;
  return text.substr(begin, text.find('\n', begin) - begin);
}

// Clients take them as the words behind an option, and so does `chancery eab show`.
TEST_F(CommandLine, MakesExternalAccountKeysThatLookLikeNoOption) {
  ASSERT_EQ(run("init --dir " + ca()).code, 0);
  EabCreateOptions options;
  options.config.folder = ca();
  for (int i = 0; i < 200; ++i) {  // one text in 64 would begin with a hyphen
    std::ostringstream out;
    ASSERT_EQ(eab_create(options, out), ExitCode::ok);
    EXPECT_THAT(line_of(out.str(), "Key identifier"), Not(StartsWith("-")));
    EXPECT_THAT(line_of(out.str(), "MAC key"), Not(StartsWith("-")));
  }
}

// RFC8555-7.3.4
TEST_F(CommandLine, MakesAndEndsExternalAccountKeysWhileTheServerRuns) {
  ASSERT_EQ(run("init --dir " + ca()).code, 0);
  EXPECT_EQ(run("eab list --dir " + ca()).code, 1) << "there is no store yet";
  const Ended before = run("eab create --dir " + ca() + " --kid early");
  EXPECT_EQ(before.code, 0) << before.err;
  Serving serving(ca(), (temp / "log").string());
  EXPECT_THAT(serving.line(), StartsWith("Chancery is ready"));
  const Ended made = run("eab create --dir " + ca() +
                         " --label 'Example Ltd' --expires-in 90d --max-uses 2 --profile dv"
                         " --domain Example.org --domain b.example");
  EXPECT_EQ(made.code, 0) << made.err;
  const std::string kid = line_of(made.out, "Key identifier");
  const std::string secret = line_of(made.out, "MAC key");
  EXPECT_EQ(kid.size(), 20);
  EXPECT_EQ(secret.size(), 86);  // 64 octets
  EXPECT_NE(secret, line_of(before.out, "MAC key"));

  const Ended shown = run("eab show --dir " + ca() + " " + kid);
  EXPECT_EQ(shown.code, 0) << shown.err;
  EXPECT_EQ(line_of(shown.out, "Label"), "Example Ltd");
  EXPECT_EQ(line_of(shown.out, "State"), "open");
  EXPECT_EQ(line_of(shown.out, "Profiles"), "dv");
  EXPECT_EQ(line_of(shown.out, "Domains"), "example.org, b.example");
  EXPECT_EQ(line_of(shown.out, "Accounts opened"), "0 of 2");
  EXPECT_THAT(shown.out, testing::Not(HasSubstr(secret)));

  const std::string for_organization = "eab create --dir " + ca() +
                                       " --kid bound --default-profile shortlived --hold fail"
                                       " --organization org_AAAAAAAAAAAAAAAAAAAAAA";
  const Ended unknown = run(for_organization);
  EXPECT_EQ(unknown.code, 1);
  EXPECT_THAT(unknown.err, HasSubstr("there is no organization \"org_AAAAAAAAAAAAAAAAAAAAAA\""));
  EXPECT_EQ(run("eab show --dir " + ca() + " bound").code, 1);
  add_organization(temp / "ca" / "store");
  const Ended bound = run(for_organization);
  EXPECT_EQ(bound.code, 0) << bound.err;
  const Ended shown_bound = run("eab show --dir " + ca() + " bound");
  EXPECT_EQ(line_of(shown_bound.out, "Default profile"), "shortlived");
  EXPECT_EQ(line_of(shown_bound.out, "Organization"),
            "org_AAAAAAAAAAAAAAAAAAAAAA of ten_AAAAAAAAAAAAAAAAAAAAAA; until it is validated, "
            "orders fail");

  const Ended ended = run("eab disable --dir " + ca() + " " + kid);
  EXPECT_EQ(ended.code, 0) << ended.err;
  EXPECT_EQ(line_of(run("eab show --dir " + ca() + " " + kid).out, "State"), "disabled");
  const Ended listed = run("eab list --dir " + ca());
  EXPECT_EQ(listed.code, 0);
  EXPECT_EQ(std::ranges::count(listed.out, '\n'), 3);
  EXPECT_THAT(listed.out, testing::ContainsRegex("early +open +never +0 of any number"));
  EXPECT_THAT(listed.out, testing::ContainsRegex(kid + " +disabled +.*0 of 2 +Example Ltd"));
  EXPECT_THAT(listed.out, testing::Not(HasSubstr(secret)));
  serving.signal(SIGTERM);
  EXPECT_EQ(serving.end(), 0);
  EXPECT_EQ(run("verify --dir " + ca()).code, 0);
}

TEST_F(CommandLine, RefusesExternalAccountKeysThatCannotBeUsed) {
  ASSERT_EQ(run("init --dir " + ca()).code, 0);
  const std::string create = "eab create --dir " + ca() + " ";
  for (const char* arguments :
       {"--profile nothing", "--domain '*.a.example'", "--domain a..b", "--expires-in soon",
        "--expires-in 0s", "--max-uses 0", "--kid ''", "--kid 'a b'", "--kid=-x",
        "--label \"$(printf 'a\\nb')\"", "--hold forever", "--default-profile nothing",
        "--organization org_x"}) {
    SCOPED_TRACE(arguments);
    const Ended ended = run(create + arguments);
    EXPECT_EQ(ended.code, 2);
    EXPECT_EQ(ended.out, "");
    EXPECT_THAT(ended.err, StartsWith("chancery: --"));
  }
  EXPECT_FALSE(std::filesystem::exists(temp / "ca" / "store"));
  ASSERT_EQ(run(create + "--kid one").code, 0);
  for (const std::string& arguments : {create + "--kid one", "eab show --dir " + ca() + " two",
                                       "eab disable --dir " + ca() + " two"}) {
    SCOPED_TRACE(arguments);
    const Ended ended = run(arguments);
    EXPECT_EQ(ended.code, 1);
    EXPECT_EQ(ended.out, "");
    EXPECT_THAT(ended.err, StartsWith("chancery: there is "));
  }
}

// X-4 P11 S17
TEST_F(CommandLine, StopsAndResumesWhileTheServerRuns) {
  ASSERT_EQ(run("init --dir " + ca()).code, 0);
  Serving serving(ca(), (temp / "log").string());
  EXPECT_THAT(serving.line(), StartsWith("Chancery is ready"));
  const std::string reason = " --dir " + ca() + " --reason 'incident 12' ";
  EXPECT_EQ(run("stop" + reason + "method http-01").out,
            "Stopped: method http-01. It is in effect, and lasts until `chancery resume`.\n");
  EXPECT_THAT(run("stop" + reason + "method http-01").out, StartsWith("Stopped already: "));
  EXPECT_EQ(run("stop" + reason + "name Example.org").code, 0);
  EXPECT_EQ(run("stop" + reason + "method phone").code, 2) << "there is no such method";
  EXPECT_THAT(run("stop" + reason + "issuer").out,
              testing::ContainsRegex("Stopped: issuer [0-9a-f]+\\."));
  EXPECT_EQ(run("stop" + reason + "--set stops.resume_by_two_persons=true all").code, 0);
  const Ended listed = run("stops --dir " + ca());
  EXPECT_EQ(listed.code, 0) << listed.err;
  EXPECT_EQ(std::ranges::count(listed.out, '\n'), 4);
  EXPECT_THAT(listed.out,
              testing::ContainsRegex("Z +name example.org  \\(command line, .*: incident 12\\)"));
  EXPECT_EQ(run("resume" + reason + "method http-01").out, "Resumed: method http-01.\n");
  EXPECT_EQ(run("resume" + reason + "name example.org").code, 0);
  EXPECT_EQ(run("resume" + reason + "issuer").code, 0);
  EXPECT_THAT(run("resume" + reason + "all").out, StartsWith("Noted; all stays stopped"));
  for (const char* what : {"all", "method http-01", "profile dv"}) {
    const Ended refused = run("resume" + reason + what);
    EXPECT_EQ(refused.code, 1) << what;
    EXPECT_THAT(refused.err, StartsWith("chancery: "));
  }
  EXPECT_THAT(run("stops --dir " + ca()).out, HasSubstr("one of two persons wants to resume"));
  serving.signal(SIGTERM);
  EXPECT_EQ(serving.end(), 0);
  EXPECT_EQ(run("verify --dir " + ca()).code, 0);
}

// what is mistyped opens no incident.
TEST_F(CommandLine, RefusesIncidentsThatSelectNothing) {
  ASSERT_EQ(run("init --dir " + ca()).code, 0);
  for (const auto& [what, sentence] : std::map<std::string, std::string>{
           {"--account nobody", "--account: \"nobody\" is neither an account"},
           {"--account ''", "--account: \"\" is neither an account"},
           {"--account https://ca.example/acme/acct/x", "is neither an account"},
           {"--issued-between 2026-11-03 2026-11-01",
            "--issued-between: 2026-11-01 is before 2026-11-03"},
           {"--issued-between 2026-11-01T00:00:01Z 2026-11-01T00:00:00Z", "is before"},
           {"--issued-between 2026-11-31 2026-12-01", "\"2026-11-31\" is neither a date"},
           {"--issued-between 2026-11-01 tomorrow", "\"tomorrow\" is neither a date"}}) {
    SCOPED_TRACE(what);
    const Ended ended = run("revoke --dir " + ca() + " --reason superseded --why x " + what);
    EXPECT_EQ(ended.code, 2);
    EXPECT_THAT(ended.err, HasSubstr(sentence));
  }
}

// R13 S23
TEST_F(CommandLine, VerifiesAgainstWhatIsKeptElsewhere) {
  ASSERT_EQ(run("init --dir " + ca()).code, 0);
  {
    Serving serving(ca(), (temp / "log").string());
    EXPECT_THAT(serving.line(), StartsWith("Chancery is ready"));
    serving.signal(SIGTERM);
    EXPECT_EQ(serving.end(), 0);
  }
  const std::string verify = "verify --dir " + ca();
  EXPECT_EQ(run(verify).code, 0) << run(verify).out;
  const std::string hash(64, '0');
  EXPECT_THAT(run(verify + " --audit-head 1:" + hash).out, HasSubstr("the log was written anew"));
  const Ended cut = run(verify + " --audit-head 999999:" + hash);
  EXPECT_EQ(cut.code, 1);
  EXPECT_THAT(cut.out, HasSubstr("entries are missing at the end"));
  for (const std::string& bad :
       std::vector<std::string>{"1", "x:" + hash, "0:" + hash, "1:00", ":" + hash}) {
    const Ended refused = run(verify + " --audit-head " + bad);
    EXPECT_EQ(refused.code, 2) << bad;
    EXPECT_THAT(refused.err, HasSubstr("--audit-head"));
  }
  EXPECT_EQ(run(verify + " --signer-ledger " + (temp / "absent").string()).code, 2);
  std::ofstream(temp / "ledger") << "# empty\n";
  EXPECT_THAT(run(verify + " --signer-ledger " + (temp / "ledger").string()).out,
              HasSubstr("the signer's ledger has nothing of its certificate"))
      << "the responder's certificate is one";
}

TEST_F(CommandLine, RefusesStopsOverNothing) {
  ASSERT_EQ(run("init --dir " + ca()).code, 0);
  for (const char* what :
       {"everything", "all dv", "profile", "profile nothing", "method http-02", "account ''",
        "account nobody", "name", "name '*.example.org'", "name a..b", "issuer 12"}) {
    SCOPED_TRACE(what);
    const Ended ended = run("stop --dir " + ca() + " --reason x " + what);
    EXPECT_EQ(ended.code, 2);
    EXPECT_EQ(ended.out, "");
  }
  EXPECT_EQ(run("stop --dir " + ca() + " --reason '' all").code, 2);
  EXPECT_FALSE(std::filesystem::exists(temp / "ca" / "store"));
  const Ended unknown = run("stop --dir " + ca() + " --reason x account AAAAAAAAAAAAAAAAAAAAAA");
  EXPECT_EQ(unknown.code, 1);
  EXPECT_THAT(unknown.err, HasSubstr("there is no account"));
}

TEST_F(CommandLine, CopiesAndProvesTheStoreOfARunningServer) {
  ASSERT_EQ(run("init --dir " + ca()).code, 0);
  Serving serving(ca(), (temp / "log").string());
  EXPECT_THAT(serving.line(), StartsWith("Chancery is ready"));
  const std::string copy = (temp / "copy").string();
  EXPECT_EQ(run("verify --dir " + ca()).code, 0);
  EXPECT_EQ(run("backup --dir " + ca() + " --to " + copy).code, 0);
  EXPECT_EQ(run("backup --dir " + ca() + " --to " + copy).code, 1);
  serving.signal(SIGTERM);
  EXPECT_EQ(serving.end(), 0);
  const Ended proved = run("verify --store " + copy + " --issuer " + ca() + "/issuing.pem");
  EXPECT_EQ(proved.code, 0);
  EXPECT_THAT(proved.out,
              testing::ContainsRegex("[0-9]+ audit entries, 1 ledger entries, 0 orders"));
  EXPECT_THAT(proved.out, HasSubstr("Everything is as it must be."));
}

// S24: no core dumps, private files.
TEST_F(CommandLine, ServesWithPrivateFilesAndWithoutCoreDumps) {
  ASSERT_EQ(run("init --dir " + ca()).code, 0);
  Serving serving(ca(), (temp / "log").string());
  EXPECT_THAT(serving.line(), StartsWith("Chancery is ready"));
  EXPECT_EQ(serving.status_line("Umask"), "Umask:\t0077");
  EXPECT_THAT(serving.limits(), testing::ContainsRegex("Max core file size +0 +0 "));
  serving.signal(SIGTERM);
  EXPECT_EQ(serving.end(), 0);
}

}  // namespace
}  // namespace server

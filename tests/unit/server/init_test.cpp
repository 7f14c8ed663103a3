#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/x509v3.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <fstream>
#include <iostream>
#include <iterator>
#include <map>
#include <sstream>

#include "ca/certificate.h"
#include "ca/crypto/signer.h"
#include "ca/hierarchy.h"
#include "server/ca_files.h"
#include "server/commands/commands.h"
#include "server/commands/tls_certificate.h"
#include "server/system_clock.h"
#include "tests/support/temp_dir.h"

namespace server {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

std::string text_of(const fs::path& file) {
  std::ifstream stream(file);
  return {std::istreambuf_iterator<char>(stream), {}};
}

mode_t mode_of(const fs::path& path) {
  struct stat status{};
  EXPECT_EQ(::stat(path.c_str(), &status), 0) << path;
  return status.st_mode & 07777;
}

std::vector<std::string> entries(const fs::path& folder) {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(folder)) names.push_back(entry.path().filename());
  std::ranges::sort(names);
  return names;
}

InitOptions in(const fs::path& folder) {
  InitOptions options;
  options.folder = folder;
  return options;
}

std::string refusal_of(const InitOptions& options) {
  std::ostringstream out;
  try {
    init(options, out);
  } catch (const std::runtime_error& error) {
    EXPECT_EQ(out.str(), "");
    return error.what();
  }
  return "it was made";
}

using X509Ptr = std::unique_ptr<X509, decltype(&X509_free)>;

X509Ptr read_x509(const fs::path& file) {
  const std::string der = read_certificates(file).front();
  const auto* octets = reinterpret_cast<const unsigned char*>(der.data());
  return {d2i_X509(nullptr, &octets, static_cast<long>(der.size())), X509_free};
}

/// tls.pem, as an ACME client's library sees it.
void expect_listener_certificate(const fs::path& folder) {
  const X509Ptr anchor = read_x509(folder / "tls-ca.pem");
  const X509Ptr leaf = read_x509(folder / "tls.pem");
  EXPECT_EQ(X509_check_issued(anchor.get(), leaf.get()), X509_V_OK);
  EXPECT_EQ(X509_verify(leaf.get(), X509_get0_pubkey(anchor.get())), 1);
  EXPECT_EQ(X509_check_host(leaf.get(), "localhost", 0, 0, nullptr), 1);
  EXPECT_EQ(X509_check_ip_asc(leaf.get(), "127.0.0.1", 0), 1);
  EXPECT_EQ(X509_check_ip_asc(leaf.get(), "::1", 0), 1);
  EXPECT_EQ(X509_check_purpose(leaf.get(), X509_PURPOSE_SSL_SERVER, 0), 1);
}

TEST(Init, MakesExactlyItsFilesWithTheirModes) {
  const tests::TempDir temp;
  const fs::path folder = temp / "ca";
  std::ostringstream out;
  EXPECT_EQ(init(in(folder), out), ExitCode::ok);
  const std::map<std::string, mode_t> expected = {
      {"chancery.toml", 0644}, {"issuing.key", 0600}, {"issuing.pem", 0644},
      {"root.key", 0600},      {"root.pem", 0644},    {"tls-ca.key", 0600},
      {"tls-ca.pem", 0644},    {"tls.key", 0600},     {"tls.pem", 0644},
  };
  std::map<std::string, mode_t> found;
  for (const std::string& name : entries(folder)) found[name] = mode_of(folder / name);
  EXPECT_EQ(found, expected);
  EXPECT_EQ(mode_of(folder), mode_t{0700});
  EXPECT_EQ(entries(temp.path()), std::vector<std::string>{"ca"});
  EXPECT_THAT(out.str(), HasSubstr("Next: chancery serve --dir " + folder.string()));
  EXPECT_THAT(out.str(), HasSubstr("Not fit for public trust"));
}

// BR-7.1.2.6.1
TEST(Init, MakesAHierarchyThatSaysWhereTheCrlOfItsRootIs) {
  const tests::TempDir temp;
  InitOptions options = in(temp / "ca");
  options.names.country = "DE";
  options.terms.crl_url = "http://ca.example/root.crl";
  std::ostringstream out;
  ASSERT_EQ(init(options, out), ExitCode::ok);
  EXPECT_THAT(out.str(), testing::Not(HasSubstr("Not fit for public trust")));
  const auto issuing =
      ca::view_certificate(read_certificates(temp / "ca" / "issuing.pem").front()).value();
  const ca::Extension* crl = ca::find_extension(issuing.extensions, "2.5.29.31");
  ASSERT_NE(crl, nullptr);
  EXPECT_THAT(crl->value, HasSubstr("http://ca.example/root.crl"));
  EXPECT_THAT(issuing.subject, HasSubstr("DE"));
}

TEST(Init, IgnoresTheUmask) {
  const tests::TempDir temp;
  const mode_t before = ::umask(0);
  std::ostringstream out;
  init(in(temp / "open"), out);
  ::umask(0777);
  init(in(temp / "closed"), out);
  ::umask(before);
  for (const char* name : {"open", "closed"}) {
    EXPECT_EQ(mode_of(temp / name), mode_t{0700});
    EXPECT_EQ(mode_of(temp / name / "issuing.key"), mode_t{0600});
    EXPECT_EQ(mode_of(temp / name / "root.pem"), mode_t{0644});
  }
}

// Not rsa-4096: making two such keys takes many seconds, and the name is proved with the signer.
TEST(Init, MakesChainsThatVerify) {
  const std::pair<const char*, ca::KeyKind> rows[] = {
      {"ecdsa-p256", ca::KeyKind::ec_p256},
      {"ecdsa-p384", ca::KeyKind::ec_p384},
      {"rsa-2048", ca::KeyKind::rsa},
  };
  for (const auto& [algorithm, kind] : rows) {
    SCOPED_TRACE(algorithm);
    const tests::TempDir temp;
    const fs::path folder = temp / "ca";
    InitOptions options = in(folder);
    options.algorithm = algorithm;
    std::ostringstream out;
    ASSERT_EQ(init(options, out), ExitCode::ok);
    const ca::Time now = SystemClock().seconds();
    require_chain(read_certificates(folder / "issuing.pem"),
                  read_certificates(folder / "root.pem").front(), now);
    expect_listener_certificate(folder);
    const auto signer = ca::load_signer(folder / "issuing.key");
    EXPECT_EQ(signer->public_key().kind(), kind);
    const auto issuing = ca::view_certificate(read_certificates(folder / "issuing.pem").front());
    EXPECT_EQ(issuing->spki, signer->public_key().spki());
  }
}

TEST(Init, EncryptsTheKeysOfTheHierarchyWhereThereIsAPassphrase) {
  const tests::TempDir temp;
  const fs::path secret = temp / "passphrase";
  std::ofstream(secret) << "correct horse battery\n";
  fs::permissions(secret, fs::perms::owner_read | fs::perms::owner_write);
  InitOptions options = in(temp / "ca");
  options.passphrase_file = secret;
  std::ostringstream out;
  ASSERT_EQ(init(options, out), ExitCode::ok);
  for (const char* key : {"root.key", "issuing.key"}) {
    EXPECT_THROW(ca::load_signer(temp / "ca" / key), std::runtime_error);
    EXPECT_NO_THROW(ca::load_signer(temp / "ca" / key, "correct horse battery"));
  }
  EXPECT_EQ(load_settings(temp / "ca" / "chancery.toml", {})->ca_passphrase_file, secret.string());
  options.folder = temp / "other";
  std::ofstream(secret) << "too short\n";
  EXPECT_THROW(init(options, out), UsageError);
  options.passphrase_file = "relative";
  EXPECT_THROW(init(options, out), UsageError);
  options.passphrase_file = temp / "absent";
  EXPECT_THROW(init(options, out), std::runtime_error);
  EXPECT_FALSE(fs::exists(temp / "other"));
}

TEST(Init, WritesAConfigurationThatIsFineAndSetsWhatWasAskedFor) {
  const tests::TempDir temp;
  InitOptions options = in(temp / "ca");
  options.listen = "127.0.0.1:15000";
  options.base_url = "https://ca.example";
  std::ostringstream out;
  init(options, out);
  const auto settings = load_settings(temp / "ca" / "chancery.toml", {});
  ASSERT_TRUE(settings.has_value());
  EXPECT_EQ(settings->listen_acme, "127.0.0.1:15000");
  EXPECT_EQ(settings->listen_base_url, "https://ca.example");
  EXPECT_EQ(settings->ca_key, (temp / "ca") / "issuing.key");
  EXPECT_EQ(check_config({.file = {}, .folder = temp / "ca", .overrides = {}}, out), ExitCode::ok);
}

TEST(Init, NamesTheListenerLocallyAndByItsBaseUrl) {
  const tests::TempDir temp;
  InitOptions options = in(temp / "ca");
  options.base_url = "https://ca.example:14000";
  std::ostringstream out;
  init(options, out);
  const std::string der = read_certificates(temp / "ca" / "tls.pem").front();
  // GeneralNames (RFC 5280 §4.2.1.6): [2] ca.example, [2] localhost, [7] 127.0.0.1, [7] ::1.
  const std::string names = std::string("\x82\x0a") + "ca.example" + "\x82\x09" + "localhost" +
                            std::string("\x87\x04\x7f\x00\x00\x01", 6) + "\x87\x10" +
                            std::string(15, '\0') + "\x01";
  EXPECT_THAT(der, HasSubstr(names));
}

TEST(Init, TakesAnEmptyFolderAndMakesMissingParents) {
  const tests::TempDir temp;
  fs::create_directory(temp / "empty");
  std::ostringstream out;
  EXPECT_EQ(init(in(temp / "empty/"), out), ExitCode::ok);
  EXPECT_EQ(init(in(temp / "a" / "b" / "ca"), out), ExitCode::ok);
  EXPECT_EQ(entries(temp / "empty").size(), 9U);
  EXPECT_EQ(entries(temp / "a" / "b"), std::vector<std::string>{"ca"});
}

/// Runs `init` in a process of its own on an empty folder that something is mounted on, first with
/// a disk of `bytes`. 0: it did what it must; 77: this machine lets nobody mount.
int init_on_a_mount(const fs::path& folder, const std::string& bytes) {
  const bool is_root = ::geteuid() == 0;
  if (::unshare(is_root ? CLONE_NEWNS : CLONE_NEWUSER | CLONE_NEWNS) != 0) return 77;
  if (::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) return 77;
  if (::mount("tmpfs", folder.c_str(), "tmpfs", 0, ("size=" + bytes).c_str()) != 0) return 77;
  fs::create_directory(folder / "lost+found");  // as new volumes have it
  std::ostringstream out;
  try {
    init(in(folder), out);
    return entries(folder).size() == 10 && mode_of(folder) == 0700 ? 0 : 2;
  } catch (const std::runtime_error& error) {
    std::cerr << error.what() << "\n";
    return entries(folder).size() == 1 ? 1 : 3;
  }
}

TEST(InitDeathTest, FillsAMountPointThatIsEmptyOrLeavesItSo) {
  const tests::TempDir temp;
  fs::create_directory(temp / "volume");
  int status = 0;
  const auto ended = [&](int wanted) {
    return [&status, wanted](int how) {
      status = WIFEXITED(how) ? WEXITSTATUS(how) : -1;
      return status == wanted || status == 77;
    };
  };
  EXPECT_EXIT(::_exit(init_on_a_mount(temp / "volume", "1m")), ended(0), "");
  if (status == 77) GTEST_SKIP() << "mounting is not permitted here";
  EXPECT_EXIT(::_exit(init_on_a_mount(temp / "volume", "16k")), ended(1),
              "No space left on device");
}

TEST(Init, LeavesAnExistingInstallationAlone) {
  const tests::TempDir temp;
  std::ostringstream out;
  init(in(temp / "ca"), out);
  const std::string key = text_of(temp / "ca" / "issuing.key");
  EXPECT_EQ(
      refusal_of(in(temp / "ca")),
      (temp / "ca").string() +
          " already holds a Chancery installation; nothing was changed. Choose another folder");
  EXPECT_EQ(text_of(temp / "ca" / "issuing.key"), key);
  EXPECT_EQ(entries(temp.path()), std::vector<std::string>{"ca"});
}

TEST(Init, RefusesAnythingElseThatIsThere) {
  const tests::TempDir temp;
  fs::create_directory(temp / "full");
  std::ofstream(temp / "full" / "notes.txt") << "mine";
  std::ofstream(temp / "file") << "mine";
  fs::create_symlink(temp / "absent", temp / "link");
  EXPECT_EQ(refusal_of(in(temp / "full")),
            (temp / "full").string() +
                " is not empty (notes.txt is in it); nothing was changed. Choose another folder");
  EXPECT_EQ(refusal_of(in(temp / "file")),
            (temp / "file").string() + " exists and is not a folder");
  EXPECT_EQ(refusal_of(in(temp / "link")),
            (temp / "link").string() + " exists and is not a folder");
  EXPECT_THAT(refusal_of(in(temp / "file" / "ca")), HasSubstr((temp / "file").string()));
  EXPECT_EQ(entries(temp.path()), (std::vector<std::string>{"file", "full", "link"}));
}

// A file that cannot be written stands for a full disk.
TEST(Init, LeavesNothingBehindWhenWritingFails) {
  const tests::TempDir temp;
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  rlimit tiny = before;
  tiny.rlim_cur = 300;
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &tiny), 0);
  const std::string refusal = refusal_of(in(temp / "ca"));
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &before), 0);
  std::signal(SIGXFSZ, handler);
  EXPECT_EQ(refusal, (temp / "ca").string() + "/chancery.toml cannot be written: File too large");
  EXPECT_EQ(entries(temp.path()), std::vector<std::string>{});
}

TEST(Init, RefusesValuesThatCannotBeUsed) {
  const tests::TempDir temp;
  struct Row {
    void (*change)(InitOptions&);
    const char* sentence;
  };
  const Row rows[] = {
      {[](InitOptions& o) { o.algorithm = "rsa-1024"; },
       "--algorithm is \"rsa-1024\"; expected ecdsa-p256, "},
      {[](InitOptions& o) { o.folder.clear(); }, "--dir is \"\"; expected a folder"},
      {[](InitOptions& o) { o.names.organization = ""; },
       "--name is \"\"; expected a name of 1 to 64 octets"},
      {[](InitOptions& o) { o.names.organization = std::string(65, 'a'); },
       "expected a name of 1 to 64 octets"},
      {[](InitOptions& o) { o.names.organization = "two\nlines"; },
       "expected a name of 1 to 64 octets"},
      {[](InitOptions& o) { o.names.organization = "-"; }, "the organization \"-\" says nothing"},
      {[](InitOptions& o) { o.names.country = "ZZ"; }, "the country \"ZZ\" must be a code"},
      {[](InitOptions& o) { o.terms.crl_url = "https://a.b/c"; },
       "the URL \"https://a.b/c\" must begin with http://"},
      {[](InitOptions& o) { o.terms.policies = {"1.2.3"}; }, "it needs 2.5.29.32.0 alone"},
      {[](InitOptions& o) { o.listen = "localhost:1"; },
       "--listen is \"localhost:1\"; expected an IP address"},
      {[](InitOptions& o) { o.base_url = "http://ca.example"; },
       "--base-url is \"http://ca.example\"; expected an https"},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.sentence);
    InitOptions options = in(temp / "ca");
    row.change(options);
    std::ostringstream out;
    try {
      init(options, out);
      ADD_FAILURE() << "it was made";
    } catch (const UsageError& error) {
      EXPECT_THAT(error.what(), HasSubstr(row.sentence));
    }
    EXPECT_EQ(entries(temp.path()), std::vector<std::string>{});
  }
}

}  // namespace
}  // namespace server

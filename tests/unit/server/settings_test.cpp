#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>
#include <cstdint>
#include <fstream>
#include <iterator>
#include <set>

#include "server/config/load.h"
#include "server/config/render.h"
#include "server/config/setting.h"
#include "tests/support/temp_dir.h"

namespace server {
namespace {

const std::filesystem::path kFolder = "/etc/chancery";

/// "name:line: sentence" of every fault, or nothing.
std::vector<std::string> faults_of(std::string_view text,
                                   const std::vector<std::string>& overrides = {}) {
  const auto settings = settings_from(text, "chancery.toml", kFolder, overrides);
  std::vector<std::string> lines;
  if (settings) return lines;
  for (const ConfigFault& fault : settings.error()) lines.push_back(fault.text());
  return lines;
}

Settings settings_of(std::string_view text, const std::vector<std::string>& overrides = {}) {
  return settings_from(text, "chancery.toml", kFolder, overrides).value();
}

TEST(SettingsTable, HasOneRowPerMemberAndKey) {
  std::set<std::string_view> keys;
  for (const Setting& setting : settings_table()) {
    SCOPED_TRACE(setting.key);
    EXPECT_TRUE(keys.insert(setting.key).second);
    EXPECT_EQ(std::ranges::count(settings_table(), setting.member, &Setting::member), 1);
    EXPECT_EQ(find_setting(setting.key), &setting);
    EXPECT_FALSE(setting.doc.empty());
    EXPECT_EQ(setting.doc.back(), '.');
    EXPECT_FALSE(allowed_text(setting).empty());
  }
  EXPECT_EQ(find_setting("listen"), nullptr);
}

TEST(SettingsTable, GivesEverySettingADefaultThatItsOwnRuleAccepts) {
  const Settings settings = default_settings(kFolder);
  for (const Setting& setting : settings_table()) {
    SCOPED_TRACE(setting.key);
    const std::string written = std::string(setting.key) + " = " + value_text(setting, settings);
    EXPECT_EQ(faults_of(written), std::vector<std::string>{});
  }
}

TEST(SettingsTable, KeepsTheNamesThatOthersRelyOn) {
  const Settings settings = default_settings(kFolder);
  EXPECT_EQ(settings.listen_acme, "127.0.0.1:14000");
  EXPECT_EQ(settings.listen_public, "127.0.0.1:14080");
  EXPECT_EQ(settings.storage_path, "/etc/chancery/store");
  EXPECT_EQ(settings.validation_http_port, 80U);
  EXPECT_EQ(settings.validation_tls_port, 443U);
  EXPECT_FALSE(settings.validation_allow_private_addresses);
  std::vector<std::string_view> lab;
  for (const Setting& setting : settings_table()) {
    if (setting.audience == Audience::lab) lab.push_back(setting.key);
  }
  EXPECT_EQ(lab, (std::vector<std::string_view>{"validation.http_port", "validation.tls_port",
                                                "validation.allow_private_addresses"}));
}

TEST(Configuration, ListsEveryFaultWithItsLine) {
  const std::string text = R"(# line 1
[listen]
acme = "localhost:80"
base_url = "http://ca.example"
hosts = ["ca.example", "bad/host"]
colour = "red"

[http]
connections = 0
header_bytes = "63MiB"
idle_timeout = 60
body_timeout = "ten"

[validation]
http_port = 65536
allow_private_addresses = "yes"
[storage]
path = ""
map_size = 1.5
[log]
level = "debug"
[tls]
certificate = true
[dns]
resolvers = [1, 2]
trust_anchor_file = 1979-05-27
[listne]
acme = "127.0.0.1:1"
)";
  const std::vector<std::string> expected = {
      "chancery.toml:3: listen.acme is \"localhost:80\"; expected an IP address and a port such as "
      "127.0.0.1:14000 or [::1]:14000",
      "chancery.toml:4: listen.base_url is \"http://ca.example\"; expected an https URL without a "
      "path, such as https://ca.example:14000",
      "chancery.toml:5: listen.hosts holds \"bad/host\"; expected a host name or an address, with "
      "a "
      "port if it is not 443",
      "chancery.toml:6: there is no setting listen.colour",
      "chancery.toml:9: http.connections is 0; expected a whole number from 1 to 1000000",
      "chancery.toml:10: http.header_bytes is \"63MiB\"; expected a size such as \"64KiB\" from "
      "1KiB to "
      "64KiB",
      "chancery.toml:11: http.idle_timeout is 60; expected a duration such as \"10s\" or \"90d\" "
      "from 1s "
      "to 1h",
      "chancery.toml:12: http.body_timeout is \"ten\"; expected a duration such as \"10s\" or "
      "\"90d\" "
      "from 1s to 5m",
      "chancery.toml:15: validation.http_port is 65536; expected a whole number from 1 to 65535",
      "chancery.toml:16: validation.allow_private_addresses is \"yes\"; expected true or false",
      "chancery.toml:18: storage.path is \"\"; expected a path that is not empty, relative to the "
      "folder of the configuration file",
      "chancery.toml:19: storage.map_size is a number with a fraction; expected a size such as "
      "\"64KiB\" from 16MiB to 16TiB",
      "chancery.toml:21: log.level is \"debug\"; expected one of info, warning, error",
      "chancery.toml:23: tls.certificate is true; expected a path that is not empty, relative to "
      "the folder of the configuration file",
      "chancery.toml:25: dns.resolvers is a list that holds other things than text; expected a "
      "list; "
      "each item an IP address and a port such as 192.0.2.53:53 or [2001:db8::53]:53",
      "chancery.toml:26: dns.trust_anchor_file is a date or time; expected a path, relative to the "
      "folder of the configuration file",
      "chancery.toml:28: there is no setting listne.acme; did you mean listen.acme?",
  };
  EXPECT_EQ(faults_of(text), expected);
}

TEST(Configuration, SaysWhereTheFileIsNotToml) {
  const auto broken = faults_of("[listen]\nacme = \n");
  ASSERT_EQ(broken.size(), 1U);
  EXPECT_TRUE(broken.front().starts_with("chancery.toml:2: this is not TOML: ")) << broken.front();
  const auto twice = faults_of("[log]\nlevel = \"info\"\nlevel = \"error\"\n");
  ASSERT_EQ(twice.size(), 1U);
  EXPECT_TRUE(twice.front().starts_with("chancery.toml:3: ")) << twice.front();
  // The library asserts that a key follows; from a file it must be a fault like any other.
  const auto unfinished = faults_of("[log]\nlevel = \"info\"\n [\n[listen]\n");
  ASSERT_EQ(unfinished.size(), 1U);
  EXPECT_TRUE(
      unfinished.front().starts_with("chancery.toml:3: this is not TOML: a key was expected"))
      << unfinished.front();
}

TEST(Configuration, RefusesNegativeNumbersAndQuotedDots) {
  EXPECT_EQ(
      faults_of("[validation]\nhttp_port = -1\n"),
      std::vector<std::string>{
          "chancery.toml:2: validation.http_port is -1; expected a whole number from 1 to 65535"});
  EXPECT_EQ(
      faults_of("\"listen.acme\" = \"127.0.0.1:1\"\n"),
      std::vector<std::string>{"chancery.toml:1: there is no setting \"listen.acme\"; did you "
                               "mean listen.acme?"});
}

TEST(Configuration, ReadsEveryForm) {
  const Settings settings = settings_of(
      "[listen]\nacme = \"[::1]:0\"\npublic = \"\"\nhosts = [\"a.example\", \"b.example:14000\"]\n"
      "[http]\nconnections = 5\nbody_bytes = \"8KiB\"\nheader_bytes = 2048\nidle_timeout = \"2m\"\n"
      "[validation]\nallow_private_addresses = true\n[tls]\nkey = \"/run/tls.key\"\n"
      "certificate = \"../tls.pem\"\n");
  EXPECT_EQ(settings.listen_acme, "[::1]:0");
  EXPECT_EQ(settings.listen_public, "");
  EXPECT_EQ(settings.listen_hosts, (std::vector<std::string>{"a.example", "b.example:14000"}));
  EXPECT_EQ(settings.http_connections, 5U);
  EXPECT_EQ(settings.http_body_bytes, 8192U);
  EXPECT_EQ(settings.http_header_bytes, 2048U);
  EXPECT_EQ(settings.http_idle_timeout, std::chrono::seconds(120));
  EXPECT_TRUE(settings.validation_allow_private_addresses);
  EXPECT_EQ(settings.tls_key, "/run/tls.key");
  EXPECT_EQ(settings.tls_certificate, "/etc/tls.pem");
  EXPECT_EQ(settings.log_file, "");
}

TEST(Overrides, WinOverTheFileAndTheLastOneWins) {
  const Settings settings = settings_of(
      "[listen]\nacme = \"127.0.0.1:1\"\n",
      {"listen.acme=127.0.0.1:2", "listen.acme=127.0.0.1:3", "validation.http_port=5002",
       "validation.allow_private_addresses=true", "storage.path=elsewhere", "storage.map_size=1GiB",
       "http.idle_timeout=5s", "log.level=\"error\""});
  EXPECT_EQ(settings.listen_acme, "127.0.0.1:3");
  EXPECT_EQ(settings.validation_http_port, 5002U);
  EXPECT_TRUE(settings.validation_allow_private_addresses);
  EXPECT_EQ(settings.storage_path, "/etc/chancery/elsewhere");
  EXPECT_EQ(settings.storage_map_size, std::uint64_t{1} << 30);
  EXPECT_EQ(settings.http_idle_timeout, std::chrono::seconds(5));
  EXPECT_EQ(settings.log_level, "error");
}

TEST(Overrides, TakeListsWithCommasAndAsToml) {
  const std::vector<std::string> two = {"127.0.0.1:8053", "[::1]:53"};
  EXPECT_EQ(settings_of("", {"dns.resolvers=127.0.0.1:8053,[::1]:53"}).dns_resolvers, two);
  EXPECT_EQ(settings_of("", {R"(dns.resolvers=["127.0.0.1:8053", "[::1]:53"])"}).dns_resolvers,
            two);
  EXPECT_EQ(settings_of("", {"dns.resolvers=127.0.0.1:8053"}).dns_resolvers,
            std::vector<std::string>{"127.0.0.1:8053"});
  EXPECT_EQ(
      settings_of("[dns]\nresolvers = [\"192.0.2.1:53\"]\n", {"dns.resolvers="}).dns_resolvers,
      std::vector<std::string>{});
  EXPECT_EQ(settings_of("", {"dns.resolvers=[]"}).dns_resolvers, std::vector<std::string>{});
}

TEST(Overrides, AreCheckedLikeTheFileAndReportedBesideIt) {
  const std::vector<std::string> expected = {
      "chancery.toml:1: there is no setting colour",
      "--set listen.acme: listen.acme is \"nowhere\"; expected an IP address and a port such as "
      "127.0.0.1:14000 or [::1]:14000",
      "--set validation.http_port: validation.http_port is \"http\"; expected a whole number from "
      "1 to "
      "65535",
      "--set validation.allow_private_addresses: validation.allow_private_addresses is \"1\"; "
      "expected "
      "true or false",
      "--set dns.resolver: there is no setting dns.resolver; did you mean dns.resolvers?",
      "--set log.level: expected key=value, such as listen.acme=127.0.0.1:14000",
      "--set dns.resolvers: dns.resolvers holds \"1.1.1.1\"; expected an IP address and a port "
      "such as "
      "192.0.2.53:53 or [2001:db8::53]:53",
  };
  EXPECT_EQ(faults_of("colour = 1\n", {"listen.acme=nowhere", "validation.http_port=http",
                                       "validation.allow_private_addresses=1", "dns.resolver=x",
                                       "log.level", "dns.resolvers=1.1.1.1"}),
            expected);
}

TEST(Configuration, IsRefusedWhereSettingsContradictEachOther) {
  const std::vector<std::string> both = {"listen.acme=127.0.0.1:1", "listen.public=127.0.0.1:1",
                                         "mail.smtp=smtp://127.0.0.1:25", "mail.folder=mail",
                                         "mail.from="};
  const std::vector<std::string> expected = {
      "chancery.toml:1: there is no setting colour",
      "listen.acme, listen.public: both are 127.0.0.1:1; expected two ports",
      "mail.folder, mail.smtp: both are set; expected one of them",
      "mail.from: is not set; mails need an address to come from"};
  EXPECT_EQ(faults_of("colour = 1\n", both), expected);
  EXPECT_EQ(faults_of("", {"listen.acme=127.0.0.1:0", "listen.public=127.0.0.1:0"}),
            std::vector<std::string>{});
  // The default that stands in the place of a refused value is nobody's wish.
  EXPECT_EQ(faults_of("", {"listen.acme=nowhere", "listen.public=127.0.0.1:14000"}).size(), 1U);
}

/// By this process, ever (proc(5)).
std::uint64_t octets_read() {
  std::ifstream stream("/proc/self/io");
  std::string name;
  std::uint64_t count = 0;
  stream >> name >> count;
  EXPECT_EQ(name, "rchar:");
  return count;
}

TEST(LoadSettings, ReadsNoMoreThanAConfigurationCanBe) {
  const auto fault = [](const std::filesystem::path& file) {
    const auto settings = load_settings(file, {});
    return settings ? std::string() : settings.error().at(0).text();
  };
  const std::string sentence = ": the configuration file cannot be read: ";
  ASSERT_EQ(fault("/dev/null"), "/dev/null" + sentence + "it is not a regular file");
  const tests::TempDir temp;
  const std::filesystem::path pipe = temp / "pipe";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  EXPECT_EQ(fault(pipe), pipe.string() + sentence + "it is not a regular file");
  const std::filesystem::path large = temp / "large";
  std::ofstream(large) << "# ";
  std::filesystem::resize_file(large, std::uintmax_t{300} << 20);
  const std::uint64_t before = octets_read();
  EXPECT_EQ(fault(large), large.string() + sentence + "it is longer than 1 MiB");
  EXPECT_LT(octets_read() - before, std::uint64_t{2} << 20);
  std::filesystem::resize_file(large, (std::uintmax_t{1} << 20) + 1);
  EXPECT_EQ(fault(large), large.string() + sentence + "it is longer than 1 MiB");
  std::ofstream(large) << "#" << std::string((std::size_t{1} << 20) - 1, ' ');
  EXPECT_EQ(fault(large), "");
}

TEST(LoadSettings, SaysWhyAFileCannotBeRead) {
  const auto missing = load_settings("/nonexistent/chancery.toml", {});
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().at(0).text(),
            "/nonexistent/chancery.toml: the configuration file cannot be read: No such file or "
            "directory");
  const auto folder = load_settings("/tmp", {});
  ASSERT_FALSE(folder);
  EXPECT_EQ(folder.error().at(0).text(),
            "/tmp: the configuration file cannot be read: it is a folder");
}

TEST(ConfigurationFile, SaysTheDefaultsUnlessOthersAreChosen) {
  const std::string text = configuration_file({{"listen.acme", "\"127.0.0.1:1\""}});
  EXPECT_EQ(faults_of(text), std::vector<std::string>{});
  EXPECT_EQ(settings_of(text).listen_acme, "127.0.0.1:1");
  EXPECT_NE(text.find("\nacme = \"127.0.0.1:1\"\n"), std::string::npos);
  EXPECT_NE(text.find("\n#base_url = \"\"\n"), std::string::npos);
  for (std::size_t start = 0; start < text.size(); start = text.find('\n', start) + 1) {
    EXPECT_LE(text.find('\n', start) - start, 110U);
  }
}

// BR-4.9.9 P-64
TEST(Configuration, LetsOcspAnswersLiveEightHoursToTenDays) {
  const auto with = [](const std::string& life) {
    return "[ocsp]\nanswer_lifetime = \"" + life + "\"\n";
  };
  for (const char* const life : {"8h", "10d", "28800s"}) {
    EXPECT_EQ(faults_of(with(life)), std::vector<std::string>{}) << life;
  }
  for (const char* const life : {"28799s", "7h", "864001s", "11d"}) {
    EXPECT_EQ(faults_of(with(life)).size(), 1U) << life;
  }
}

TEST(ConfigurationFile, StaysValidWhenEveryLineIsSwitchedOn) {
  std::string text = configuration_file({});
  for (std::size_t at = text.find("\n#"); at != std::string::npos; at = text.find("\n#", at + 1)) {
    if (text[at + 2] != ' ') text.erase(at + 1, 1);
  }
  EXPECT_EQ(faults_of(text), std::vector<std::string>{});
  const Settings on = settings_of(text);
  const Settings standard = default_settings(kFolder);
  for (const Setting& setting : settings_table()) {
    EXPECT_EQ(value_text(setting, on), value_text(setting, standard)) << setting.key;
  }
}

// T-B15
// The manual is made from the table: chancery check-config --print-docs > docs/configuration.md
TEST(ConfigurationManual, IsTheOneInTheRepository) {
  std::ifstream file(CHANCERY_SOURCE_DIR "/docs/configuration.md");
  const std::string stored(std::istreambuf_iterator<char>(file), {});
  EXPECT_EQ(configuration_manual(), stored);
}

}  // namespace
}  // namespace server

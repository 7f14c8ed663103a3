// What auditors take away: the evidence of an application, to be checked without the server, and
// samples of what was issued.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <map>
#include <sstream>

#include "ca/audit_events.h"
#include "ca/crypto/hash.h"
#include "policy/domain_control/control.h"
#include "server/api/tar.h"
#include "tests/support/temp_dir.h"
#include "tests/unit/server/api_applications_fixture.h"

namespace server::api {
namespace {

using testing::Contains;
using testing::HasSubstr;
using Files = std::map<std::string, std::string>;

/// The files of a ustar archive.
Files files_of(const std::string& tar) {
  Files files;
  for (std::size_t at = 0; at + 512 <= tar.size() && tar[at] != '\0';) {
    const std::string name = tar.substr(at, 100).c_str();
    const std::size_t size = std::stoull(tar.substr(at + 124, 11), nullptr, 8);
    files[name] = tar.substr(at + 512, size);
    at += 512 + (size + 511) / 512 * 512;
  }
  return files;
}

std::vector<json> lines_of(const std::string& text) {
  std::vector<json> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(json::parse(line));
  return lines;
}
std::string text_of(const std::vector<json>& lines) {
  std::string text;
  for (const json& each : lines) text += each.dump() + "\n";
  return text;
}

class ApiEvidence : public ApiApplications {
 protected:
  ApiEvidence() {
    draft();
    EXPECT_EQ(act("/applications/" + app + ":submit", ada).status, 200U);
    // What others do stands between the entries.
    for (int i = 0; i < 40; ++i) tenant("Somebody " + std::to_string(i));
    send_letter();
    work_through_steps();
  }
  Files exported() {
    const ApiReply bundle = get("/audit/applications/" + app + "/bundle", auditor);
    EXPECT_EQ(bundle.status, 200U);
    EXPECT_EQ(bundle.field("Content-Type"), "application/x-tar");
    return files_of(bundle.response.body);
  }
  /// What the check that needs no server says; `noted` is a head of the log.
  std::string check(const Files& files, const std::string& noted = {}) {
    TarFile tar(kNow);
    for (const auto& [name, octets] : files) tar.add(name, octets);
    const std::string path = (folder / "evidence.tar").string();
    std::ofstream(path, std::ios::binary) << std::move(tar).take();
    const std::string command = "/usr/bin/python3 " CHANCERY_SOURCE_DIR
                                "/docs/examples/check-evidence.py " +
                                path + " " + noted + " 2>&1";
    std::FILE* const out = ::popen(command.c_str(), "r");
    std::string said;
    for (int c = 0; (c = std::fgetc(out)) != EOF;) said += static_cast<char>(c);
    const bool is_good = ::pclose(out) == 0;
    EXPECT_EQ(is_good, said.contains("entries follow")) << said;
    return said;
  }
  /// The files with a manifest that fits them, as somebody leaves them who hides a change.
  static Files listed_anew(Files files) {
    json manifest = json::parse(files.at("manifest.json"));
    manifest["files"] = json::object();
    for (const auto& [name, octets] : files) {
      if (name != "manifest.json") manifest["files"][name] = ca::hex(ca::sha256(octets));
    }
    manifest["auditEntries"] = lines_of(files.at("audit.jsonl")).size();
    files["manifest.json"] = manifest.dump();
    return files;
  }

  std::string auditor = token(std::nullopt, Role::auditor);
  tests::TempDir folder;
};

// A-12 BR-5.4.1: what a third party needs.
TEST_F(ApiEvidence, IsWholeAndListed) {
  const Files files = exported();
  const json manifest = json::parse(files.at("manifest.json"));
  std::size_t papers = 0;
  for (const auto& [name, octets] : files) {
    if (name == "manifest.json") continue;
    EXPECT_EQ(manifest.at("files").at(name), ca::hex(ca::sha256(octets))) << name;
    papers += name.starts_with("documents/") ? 1 : 0;
  }
  EXPECT_EQ(papers, 1U);
  EXPECT_EQ(manifest.at("files").size(), files.size() - 1);
  EXPECT_FALSE(json::parse(files.at("application.json")).at("steps").empty());
  EXPECT_EQ(json::parse(files.at("revisions.json")).size(), 1U);
  EXPECT_EQ(manifest.at("auditHead").at("sequence"), audit().back().sequence);
  EXPECT_GT(manifest.at("auditEntries"), 3U);
}

// A-11 A-12: and can check, down to the head of the log, without what others did.
TEST_F(ApiEvidence, FollowsToTheHeadOfTheLog) {
  const Files files = exported();
  const auto head = audit().back();
  const std::string noted = std::to_string(head.sequence) + ":" + ca::hex(head.hash);
  EXPECT_THAT(check(files), HasSubstr("of the log, " + ca::hex(head.hash)));
  EXPECT_THAT(check(files, noted), HasSubstr("entries follow"));
  EXPECT_THAT(check(files, std::to_string(head.sequence) + ":" + std::string(64, '0')),
              HasSubstr("not the one that was noted"));
  EXPECT_THAT(files.at("chain.jsonl") + files.at("audit.jsonl"),
              testing::Not(HasSubstr("Somebody 7")));
}

TEST_F(ApiEvidence, TellsWhatWasChanged) {
  const Files files = exported();
  Files changed = files;
  changed["revisions.json"] += " ";
  EXPECT_THAT(check(changed), HasSubstr("revisions.json is not what the manifest says"));
  changed = files;
  changed.erase("revisions.json");
  EXPECT_THAT(check(changed), HasSubstr("revisions.json is missing"));

  // Whoever changes an entry can list it anew, and not put it into the chain.
  const auto entries = lines_of(files.at("audit.jsonl"));
  auto lines = entries;
  lines.at(2)["actor"] = "per_nobody";
  changed = files;
  changed["audit.jsonl"] = text_of(lines);
  EXPECT_THAT(check(listed_anew(changed)), HasSubstr("says something else than its body"));
  lines = entries;
  std::string body = lines.at(2).at("body");
  body.back() = body.back() == '0' ? '1' : '0';
  lines.at(2)["body"] = body;
  changed["audit.jsonl"] = text_of(lines);
  EXPECT_THAT(check(listed_anew(changed)), HasSubstr("is not what stands in the chain"));
}

TEST_F(ApiEvidence, TellsWhatWasDropped) {
  const Files files = exported();
  auto entries = lines_of(files.at("audit.jsonl"));
  const std::uint64_t number = entries.at(2).at("sequence");
  entries.erase(entries.begin() + 2);
  Files dropped = files;
  dropped["audit.jsonl"] = text_of(entries);
  EXPECT_THAT(check(listed_anew(dropped)),
              HasSubstr("entry " + std::to_string(number) + " is missing"));
  // With its link too.
  auto links = lines_of(files.at("chain.jsonl"));
  std::erase_if(links, [&](const json& each) { return each.at("sequence") == number; });
  dropped["chain.jsonl"] = text_of(links);
  EXPECT_FALSE(check(listed_anew(dropped)).contains("entries follow"));
  // The end of the chain, with all that is told of it.
  links = lines_of(files.at("chain.jsonl"));
  links.erase(links.begin());
  dropped = files;
  dropped["chain.jsonl"] = text_of(links);
  EXPECT_THAT(check(listed_anew(dropped)), HasSubstr("does not stand where the chain leads"));
}

// BR-5.4.1: what was looked for, where, what was there, and when.
TEST_F(ApiEvidence, SaysHowDomainControlWasSeen) {
  const ApiReply made = send("POST", "/applications", {{"product", "dv"}}, {.token = ada});
  app = made.body.at("id");
  const auto id = policy::ApplicationId::parse(app).value();
  const policy::Product* product = catalog.in_force("dv", clock.seconds());
  policy::ControlOrder order{id,      own, std::nullopt, "",
                             product, {},  {},           clock.seconds() + std::chrono::days(7)};
  order.names.emplace_back(ca::DnsName::parse("shop.example.com").value());
  std::string value;
  store->write_and_wait([&](storage::Transaction& transaction) {
    const auto opened = policy::open_control(transaction, {}, order, random, clock.seconds());
    const policy::ControlItem item = opened.value().items.at(0);
    value = item.value;
    policy::NameLook look{item.name, item.value, {}, {}, true};
    look.finding.is_proven = true;
    look.finding.seen = {"v=spf1 -all", item.value};
    look.finding.trace = {"TXT of " + item.place + ": 2 records, DNSSEC secure", "arin-1 agrees"};
    look.caa = {.is_permitted = true, .detail = "no CAA records up to com"};
    (void)policy::note_looks(transaction, {}, id, *product, {look}, random, clock.seconds(),
                             clock.seconds());
  });
  const Files files = exported();
  const json proof = json::parse(files.at("domain-control.json"));
  const json& name = proof.at("names").at(0);
  EXPECT_EQ(name.at("place"), "_pki-validation.shop.example.com");
  EXPECT_EQ(name.at("expected"), value);
  EXPECT_THAT(name.at("seen"), Contains(value));
  EXPECT_EQ(name.at("caa"), "no CAA records up to com");
  const json& claim = proof.at("claims").at(0);
  EXPECT_EQ(claim.at("method"), "dns-txt");
  EXPECT_EQ(claim.at("validatedAt"), "2026-12-01T00:00:00Z");
  EXPECT_EQ(claim.at("corroborated"), true);
  const std::vector<std::string> expected{
      "looked for \"" + value + "\" at \"_pki-validation.shop.example.com\" by dns-txt",
      "found \"v=spf1 -all\"", "found \"" + value + "\"",
      "TXT of _pki-validation.shop.example.com: 2 records, DNSSEC secure", "arin-1 agrees"};
  EXPECT_EQ(claim.at("evidence"), json(expected));
  // The same in the log, under its hash.
  EXPECT_THAT(files.at("audit.jsonl"), HasSubstr(value));
  EXPECT_THAT(check(files), HasSubstr("entries follow"));
}

class ApiSample : public ApiApplications {
 protected:
  /// As the ledger notes it.
  void issue(int count) {
    store->write_and_wait([&](storage::Transaction& transaction) {
      for (int i = 0; i < count; ++i) {
        ca::append_audit(transaction, {.time = clock.seconds(),
                                       .event = ca::audit_event::kCertificateIssued,
                                       .actor = "server",
                                       .subject = "a" + std::to_string(++serial_),
                                       .facts = {{"issuer", "one"}, {"order", "order-1"}}});
      }
      return true;
    });
  }
  json sample(const std::string& query) {
    const ApiReply reply = get("/audit/sample", auditor, query);
    EXPECT_EQ(reply.status, 200U) << reply.response.body;
    return reply.body;
  }
  std::string refusal(const std::string& query) {
    const ApiReply reply = get("/audit/sample", auditor, query);
    EXPECT_EQ(reply.pointers().size(), 1U);
    return reply.code() + " " + (reply.pointers().empty() ? "" : reply.pointers().front());
  }

  std::string auditor = token(std::nullopt, Role::auditor);
  const std::string december = "from=2026-12-01T00:00:00Z&to=2027-01-01T00:00:00Z";

 private:
  int serial_ = 0;
};

// BR-8.7 EVG-8.1.3: at least three of a hundred, at random, and the same for whoever asks again.
TEST_F(ApiSample, IsDrawnByTheLogAlone) {
  issue(67);
  clock.advance(std::chrono::days(31));
  issue(50);
  const json drawn = sample(december);
  EXPECT_EQ(drawn.at("population"), 67);
  EXPECT_EQ(drawn.at("percent"), 3);
  ASSERT_EQ(drawn.at("certificates").size(), 3U);
  issue(1);
  EXPECT_EQ(sample(december), drawn);

  // What an auditor does with the log in hand.
  std::vector<std::pair<std::string, std::uint64_t>> ranks;
  std::string seed;
  for (const ca::AuditEntry& entry : audit()) {
    if (entry.time < kNow + std::chrono::days(31)) seed = entry.hash;
  }
  for (const ca::AuditEntry& entry : audit()) {
    if (entry.event == "certificate.issued" && entry.time < kNow + std::chrono::days(31)) {
      ranks.emplace_back(ca::sha256(seed + entry.hash), entry.sequence);
    }
  }
  std::ranges::sort(ranks);
  std::vector<std::uint64_t> chosen;
  for (const json& each : drawn.at("certificates")) chosen.push_back(each.at("sequence"));
  EXPECT_THAT(chosen,
              testing::UnorderedElementsAre(ranks[0].second, ranks[1].second, ranks[2].second));
  EXPECT_EQ(drawn.at("seed"), ca::hex(seed));
  EXPECT_EQ(drawn.at("certificates").at(0).at("order"), "order-1");
}

TEST_F(ApiSample, IsNeverEmptyWhereSomethingWasIssued) {
  clock.advance(std::chrono::days(31));
  EXPECT_TRUE(sample(december).at("certificates").empty());
  issue(1);
  clock.advance(std::chrono::days(31));
  EXPECT_EQ(sample("from=2027-01-01T00:00:00Z&to=2027-02-01T00:00:00Z").at("certificates").size(),
            1U);
  EXPECT_TRUE(sample(december).at("certificates").empty());
  issue(10);
  clock.advance(std::chrono::days(31));
  EXPECT_EQ(sample("from=2026-12-01T00:00:00Z&to=2027-03-01T00:00:00Z&percent=100")
                .at("certificates")
                .size(),
            11U);
}

TEST_F(ApiSample, AsksForAPeriodThatIsOver) {
  EXPECT_EQ(refusal("from=2026-12-01T00:00:00Z&to=2026-12-02T00:00:00Z"), "validation /?to");
  EXPECT_EQ(refusal("to=2026-11-01T00:00:00Z"), "validation /?from");
  EXPECT_EQ(refusal("from=2026-11-01T00:00:00Z"), "validation /?to");
  EXPECT_EQ(refusal("from=2026-11-01T00:00:00Z&to=2026-11-01T00:00:00Z"), "validation /?from");
  const std::string past = "from=2026-10-01T00:00:00Z&to=2026-11-01T00:00:00Z&percent=";
  for (const char* percent : {"2", "0", "101", "3.5", "-3", "x", ""}) {
    EXPECT_EQ(refusal(past + percent), "validation /?percent") << percent;
  }
  const std::string desk = token(std::nullopt, Role::supervisor);
  EXPECT_EQ(get("/audit/sample", desk, past + "3").status, 403U);
}

}  // namespace
}  // namespace server::api

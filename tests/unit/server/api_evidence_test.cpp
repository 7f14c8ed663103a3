// What auditors take away: the evidence of an application, to be checked without the server.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <map>
#include <sstream>

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
  /// As the ledger and the desk note what the application brought about.
  void note(std::string_view event,
            const std::string& subject,
            std::vector<std::pair<std::string_view, std::string>> facts) {
    store->write_and_wait([&](storage::Transaction& transaction) {
      ca::append_audit(transaction, {clock.seconds(), event, "server", subject, std::move(facts)});
      return true;
    });
  }
  /// What the check says of the files with other octets under `name`, or without it, listed anew.
  std::string check_with(Files files,
                         const std::string& name,
                         const std::optional<std::string>& octets) {
    files.erase(name);
    if (octets) files[name] = *octets;
    return check(listed_anew(std::move(files)));
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

// the time too is under the hash.
TEST_F(ApiEvidence, TellsATimeThatWasChanged) {
  Files files = exported();
  auto lines = lines_of(files.at("audit.jsonl"));
  for (json& each : lines) each["at"] = "2026-11-30T00:00:00Z";
  files["audit.jsonl"] = text_of(lines);
  EXPECT_THAT(check(listed_anew(files)), HasSubstr("says something else than its body"));
}

TEST_F(ApiEvidence, ProvesNothingWithoutEntries) {
  Files files = exported();
  files["audit.jsonl"] = files["chain.jsonl"] = "";
  std::erase_if(files, [](const auto& each) { return each.first.starts_with("documents/"); });
  EXPECT_THAT(check(listed_anew(files)), HasSubstr("there are no entries"));
}

// the entries hold the hashes of papers. A new manifest does not help.
TEST_F(ApiEvidence, TellsAPaperThatWasChangedDroppedOrAdded) {
  Files files = exported();
  const auto paper = std::ranges::find_if(
      files, [](const auto& each) { return each.first.starts_with("documents/"); });
  ASSERT_NE(paper, files.end());
  const std::string name = paper->first;
  const std::string document = name.substr(0, name.find('.'));
  EXPECT_THAT(check_with(files, name, paper->second + " "),
              HasSubstr(name + " is not what the log says"));
  EXPECT_THAT(check_with(files, name, {}), HasSubstr(document + " is in the log and not here"));
  EXPECT_THAT(check_with(files, "documents/doc_other.pdf", "%PDF"),
              HasSubstr("documents/doc_other.pdf is not in the log"));
  // Nor does it help to show the entry as a link alone.
  auto entries = lines_of(files.at("audit.jsonl"));
  auto links = lines_of(files.at("chain.jsonl"));
  for (const json& each : entries) {
    if (each.at("event") != "document.received") continue;
    for (json& link : links) {
      if (link.at("sequence") == each.at("sequence")) link["here"] = false;
    }
  }
  std::erase_if(entries, [](const json& each) { return each.at("event") == "document.received"; });
  files["audit.jsonl"] = text_of(entries);
  files["chain.jsonl"] = text_of(links);
  EXPECT_THAT(check(listed_anew(files)), HasSubstr(name + " is not in the log"));
}

TEST_F(ApiEvidence, TellsAMessageThatWasChangedOrDropped) {
  for (const char* text : {"Which letter?", "The one with the seal."}) {
    const ApiReply written = send("POST", "/applications/" + app + "/messages",
                                  {{"kind", "to_applicant"}, {"text", text}}, {.token = eve});
    ASSERT_EQ(written.status, 201U) << written.response.body;
  }
  const Files files = exported();
  EXPECT_THAT(check(files), HasSubstr("entries follow"));
  const json messages = json::parse(files.at("messages.json"));
  const auto first_with = [&](const char* member, const char* value) {
    json changed = messages;
    changed[0][member] = value;
    return check_with(files, "messages.json", changed.dump());
  };
  for (const auto& [member, value] :
       {std::pair{"text", "Which seal?"}, std::pair{"kind", "note"},
        std::pair{"role", "supervisor"}, std::pair{"at", "2026-11-30T00:00:00Z"},
        std::pair{"personId", "per_nobody"}}) {
    EXPECT_THAT(first_with(member, value), HasSubstr("message 1 is not what the log says"));
  }
  json fewer = messages;
  fewer.erase(0);
  EXPECT_THAT(check_with(files, "messages.json", fewer.dump()),
              HasSubstr("messages.json has other messages than the log"));
  EXPECT_THAT(check_with(files, "messages.json", {}),
              HasSubstr("messages.json has other messages than the log"));
}

TEST_F(ApiEvidence, TellsCertificatesAndAnswersOfRegistriesThatWereChanged) {
  const std::string answer = ca::hex(ca::sha256("{}"));
  note("certificate.issued", "a1",
       {{"order", app}, {"certificate_sha256", ca::hex(ca::sha256("DER"))}});
  note("application.issued", app, {{"certificate", "one/a1"}});
  note("application.registrant_looked_up", app, {{"domain", "example.org"}, {"sha256", answer}});
  Files files = exported();
  EXPECT_THAT(check(files), HasSubstr("certificates/a1 is in the log and not here"));
  files["certificates/a1.cer"] = "DER";
  EXPECT_THAT(check(listed_anew(files)),
              HasSubstr("registrants/" + answer + " is in the log and not here"));
  files["registrants/" + answer + ".json"] = "{}";
  EXPECT_THAT(check(listed_anew(files)), HasSubstr("entries follow"));
  EXPECT_THAT(check_with(files, "certificates/a1.cer", "DEX"),
              HasSubstr("certificates/a1.cer is not what the log says"));
  EXPECT_THAT(check_with(files, "registrants/" + answer + ".json", "[]"),
              HasSubstr("registrants/" + answer + ".json is not what the log says"));
}

// also where an ACME order stands between, whose entry is not about the application.
TEST_F(ApiEvidence, TellsAnOrderedCertificateThatWasChanged) {
  const std::string hash = ca::hex(ca::sha256("DER"));
  note("application.issued", app, {{"certificate", "one/a1"}, {"certificate_sha256", hash}});
  note("application.issued_again", app, {{"certificate", "one/a2"}, {"certificate_sha256", hash}});
  Files files = exported();
  files["certificates/a1.cer"] = files["certificates/a2.cer"] = "DER";
  const std::string said = check(listed_anew(files));
  EXPECT_THAT(said, HasSubstr("entries follow"));
  EXPECT_THAT(said, testing::Not(HasSubstr("certificates/a1.cer")));
  EXPECT_THAT(check_with(files, "certificates/a1.cer", "DEX"),
              HasSubstr("certificates/a1.cer is not what the log says"));
  EXPECT_THAT(check_with(files, "certificates/a2.cer", "DEX"),
              HasSubstr("certificates/a2.cer is not what the log says"));
  // Two entries that contradict each other prove neither.
  note("certificate.issued", "a1",
       {{"order", app}, {"certificate_sha256", ca::hex(ca::sha256("DEX"))}});
  files = exported();
  files["certificates/a1.cer"] = files["certificates/a2.cer"] = "DER";
  EXPECT_THAT(check(listed_anew(files)), HasSubstr("certificates/a1.cer is not what the log says"));
}

// What rests on no entry is not passed off as proven.
TEST_F(ApiEvidence, NamesWhatIsToldOnly) {
  note("application.issued", app, {{"certificate", "one/a1"}});
  Files files = exported();
  files["certificates/a1.cer"] = "DER";
  EXPECT_THAT(check(listed_anew(files)),
              HasSubstr("told only: README, application.json, certificates/a1.cer, "
                        "domain-control.json, revisions.json\n"));
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
      "looked for \"" + value +
          "\" at \"_pki-validation.shop.example.com\" by dns-txt on "
          "behalf of \"shop.example.com\"",
      "found \"v=spf1 -all\"", "found \"" + value + "\"",
      "TXT of _pki-validation.shop.example.com: 2 records, DNSSEC secure", "arin-1 agrees"};
  EXPECT_EQ(claim.at("evidence"), json(expected));
  // The same in the log, under its hash.
  EXPECT_THAT(files.at("audit.jsonl"), HasSubstr(value));
  EXPECT_THAT(check(files), HasSubstr("entries follow"));
  json other = proof;
  other["claims"][0]["evidence"][1] = "found \"nothing of the kind\"";
  EXPECT_THAT(check_with(files, "domain-control.json", other.dump()),
              HasSubstr(claim.at("id").get<std::string>() + " is not what the log says"));
}

}  // namespace
}  // namespace server::api

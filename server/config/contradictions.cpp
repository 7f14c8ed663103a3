#include "server/config/contradictions.h"

#include <array>
#include <optional>

namespace server {
namespace {

using Sentence = std::optional<std::string>;

/// Port 0 is any free port, for each its own.
Sentence one_address_twice(const Settings& settings) {
  const std::string& address = settings.listen_acme;
  if (address != settings.listen_public || address.ends_with(":0")) return std::nullopt;
  return "both are " + address + "; expected two ports";
}

Sentence two_ways_for_mail(const Settings& settings) {
  if (settings.mail_folder.empty() || settings.mail_smtp.empty()) return std::nullopt;
  return "both are set; expected one of them";
}

Sentence mail_from_nobody(const Settings& settings) {
  const bool is_sent = !settings.mail_folder.empty() || !settings.mail_smtp.empty();
  if (!is_sent || !settings.mail_from.empty()) return std::nullopt;
  return "is not set; mails need an address to come from";
}

struct Row {
  std::array<std::string_view, 2> keys;  // the second may be empty
  Sentence (*sentence)(const Settings& settings);
};

constexpr std::array kRows{
    Row{{"listen.acme", "listen.public"}, one_address_twice},
    Row{{"mail.folder", "mail.smtp"}, two_ways_for_mail},
    Row{{"mail.from", ""}, mail_from_nobody},
};

}  // namespace

std::vector<Contradiction> contradictions(const Settings& settings) {
  std::vector<Contradiction> all;
  for (const Row& row : kRows) {
    Sentence sentence = row.sentence(settings);
    if (!sentence) continue;
    Contradiction found{.keys = {}, .sentence = *std::move(sentence)};
    for (const std::string_view key : row.keys) {
      if (!key.empty()) found.keys.push_back(key);
    }
    all.push_back(std::move(found));
  }
  return all;
}

}  // namespace server

// Rules for settings that hold text. Each says what was expected, or nothing if the value is fine.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace server::text_rules {

std::optional<std::string> anything(std::string_view value);
std::optional<std::string> not_empty(std::string_view value);
std::optional<std::string> listen_address(std::string_view value);
std::optional<std::string> listen_address_or_nothing(std::string_view value);
std::optional<std::string> https_base_url_or_nothing(std::string_view value);
std::optional<std::string> http_base_url_or_nothing(std::string_view value);
std::optional<std::string> web_address_or_nothing(std::string_view value);
std::optional<std::string> host(std::string_view value);
std::optional<std::string> dns_name(std::string_view value);
std::optional<std::string> dns_name_or_nothing(std::string_view value);
std::optional<std::string> resolver(std::string_view value);
std::optional<std::string> dnssec_mode(std::string_view value);
std::optional<std::string> ocsp_urls(std::string_view value);
std::optional<std::string> ocsp_nonce(std::string_view value);
std::optional<std::string> perspective(std::string_view value);
std::optional<std::string> fingerprint(std::string_view value);
std::optional<std::string> rate(std::string_view value);
std::optional<std::string> account_id(std::string_view value);
std::optional<std::string> network(std::string_view value);
std::optional<std::string> mail_address_or_nothing(std::string_view value);
std::optional<std::string> smtp_server_or_nothing(std::string_view value);
std::optional<std::string> smtp_tls(std::string_view value);
std::optional<std::string> absolute_path(std::string_view value);
/// What ca::read_secret() takes.
std::optional<std::string> secret_source_or_nothing(std::string_view value);
std::optional<std::string> log_level(std::string_view value);

}  // namespace server::text_rules

// Every setting's value, with its default. The names, ranges and texts are in settings_table.cpp.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace server {

/// What the program runs with. A member is named after its setting: `listen.acme` is `listen_acme`.
/// The defaults are filled in from the table (default_settings), so a plain Settings{} is not
/// usable.
struct Settings {
  std::string listen_acme;
  std::string listen_base_url;
  std::string listen_public;
  std::string listen_public_url;
  std::vector<std::string> listen_hosts;

  std::uint64_t http_connections = 0;
  std::uint64_t http_header_bytes = 0;
  std::uint64_t http_body_bytes = 0;
  std::chrono::seconds http_handshake_timeout{};
  std::chrono::seconds http_header_timeout{};
  std::chrono::seconds http_body_timeout{};
  std::chrono::seconds http_idle_timeout{};
  std::chrono::seconds http_handler_timeout{};
  std::chrono::seconds http_drain_timeout{};

  std::uint64_t server_threads = 0;
  std::uint64_t server_worker_threads = 0;

  std::filesystem::path storage_path;
  std::uint64_t storage_map_size = 0;

  std::filesystem::path tls_certificate;
  std::filesystem::path tls_key;

  std::filesystem::path ca_certificate;
  std::filesystem::path ca_key;
  std::filesystem::path ca_root;
  std::filesystem::path ca_issuers;
  std::string ca_passphrase_file;
  std::uint64_t ca_hsm_sessions = 0;
  std::chrono::seconds ca_hsm_timeout{};
  std::filesystem::path ca_signer_ledger;
  std::vector<std::string> ca_weak_key_lists;
  bool ca_weak_key_lists_required = false;

  std::uint64_t crl_shards = 0;

  std::filesystem::path ct_log_list;
  std::chrono::seconds ct_timeout{};

  std::string ocsp_urls_in_certificates;
  std::string ocsp_nonce;
  std::chrono::seconds ocsp_answer_lifetime{};
  std::uint64_t ocsp_kept_answers = 0;

  std::vector<std::string> dns_resolvers;
  std::string dns_dnssec;
  std::filesystem::path dns_trust_anchor_file;
  std::chrono::seconds dns_timeout{};

  std::uint64_t validation_http_port = 0;
  std::uint64_t validation_tls_port = 0;
  bool validation_allow_private_addresses = false;
  std::chrono::seconds validation_fetch_timeout{};
  std::uint64_t validation_concurrent = 0;
  std::string validation_cname_zone;

  std::string acme_terms_of_service;
  std::string acme_website;
  std::string agreement_version;
  std::filesystem::path agreement_file;
  std::chrono::seconds acme_authorization_lifetime{};
  std::string acme_rate_limit_help;
  std::vector<std::string> acme_caa_identities;
  bool acme_caa_reports = false;
  std::string rdap_server;
  bool acme_external_account_required = false;

  std::vector<std::string> auto_renewal_profiles;
  std::chrono::seconds auto_renewal_min_lifetime{};
  std::chrono::seconds auto_renewal_max_duration{};
  bool auto_renewal_certificate_get = false;

  std::string limits_new_accounts_per_network;
  std::string limits_new_orders_per_account;
  std::string limits_certificates_per_registered_domain;
  std::string limits_certificates_per_name_set;
  std::string limits_failed_validations_per_account_and_name;
  std::vector<std::string> limits_exempt_accounts;
  std::vector<std::string> limits_exempt_networks;

  std::vector<std::string> perspectives_remotes;
  std::filesystem::path perspectives_certificate;
  std::filesystem::path perspectives_key;
  std::chrono::seconds perspectives_timeout{};
  std::string perspective_listen;
  std::vector<std::string> perspective_clients;

  bool stops_resume_by_two_persons = false;

  std::filesystem::path catalog_folder;
  std::filesystem::path catalog_registration_agencies;

  std::string mail_from;
  std::filesystem::path mail_folder;
  std::string mail_smtp;
  std::string mail_smtp_user;
  std::filesystem::path mail_smtp_password_file;
  std::string mail_smtp_tls;
  std::filesystem::path sms_folder;

  std::filesystem::path log_file;
  std::string log_level;
};

}  // namespace server

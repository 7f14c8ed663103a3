// The table of settings: one row each. docs/configuration.md and chancery.toml are made from it.
#include <algorithm>

#include "server/config/setting.h"
#include "server/config/setting_rows.h"
#include "server/config/text_rules.h"

namespace server {
namespace {

namespace rules = text_rules;

constexpr std::uint64_t kMinute = 60;
constexpr std::uint64_t kHour = 60 * kMinute;
constexpr std::uint64_t kDay = 24 * kHour;
constexpr std::uint64_t kKiB = 1024;
constexpr std::uint64_t kMiB = 1024 * kKiB;
constexpr std::uint64_t kTiB = 1024 * 1024 * kMiB;

Setting lab(Setting setting) {
  setting.audience = Audience::lab;
  return setting;
}

const std::vector<Setting> kRows = {
    text("listen.acme",
         &S::listen_acme,
         "\"127.0.0.1:14000\"",
         rules::listen_address,
         "Where the ACME listener (HTTPS) accepts connections. Port 0 takes any free port."),
    text("listen.base_url",
         &S::listen_base_url,
         "\"\"",
         rules::https_base_url_or_nothing,
         "What every ACME URL starts with, as clients see it. Change it only with care: "
         "account and order URLs that clients have stored begin with it. Empty means "
         "https://localhost and the port of listen.acme."),
    text("listen.public",
         &S::listen_public,
         "\"127.0.0.1:14080\"",
         rules::listen_address_or_nothing,
         "Where CRLs and the issuing certificate are served over plain HTTP (RFC 5280 section "
         "4.2.1.13). Empty switches the listener off."),
    text("listen.public_url",
         &S::listen_public_url,
         "\"\"",
         rules::http_base_url_or_nothing,
         "What the CRL and issuer URLs in certificates start with. Empty means "
         "http://localhost and the port of listen.public. Without both there are no URLs, and no "
         "server for web products that live longer than seven days (BR 7.1.2.11.2)."),
    text_list("listen.hosts",
              &S::listen_hosts,
              "[]",
              rules::host,
              "Further values of the Host header that the ACME listener accepts, beside those of "
              "listen.base_url, the bound address and the names of this machine's loopback."),
    number("http.connections",
           &S::http_connections,
           "10000",
           Range{1, 1'000'000},
           "Open connections per listener. Beyond that, the one idle for longest makes room; if "
           "none is idle, new ones wait."),
    size("http.header_bytes",
         &S::http_header_bytes,
         "\"8KiB\"",
         Range{kKiB, 64 * kKiB},
         "The longest request header that is read."),
    size("http.body_bytes",
         &S::http_body_bytes,
         "\"64KiB\"",
         Range{4 * kKiB, kMiB},
         "The longest request body that is read."),
    duration("http.handshake_timeout",
             &S::http_handshake_timeout,
             "\"5s\"",
             Range{1, kMinute},
             "How long a TLS handshake may take."),
    duration("http.header_timeout",
             &S::http_header_timeout,
             "\"10s\"",
             Range{1, 5 * kMinute},
             "How long a request header may take to arrive."),
    duration("http.body_timeout",
             &S::http_body_timeout,
             "\"20s\"",
             Range{1, 5 * kMinute},
             "How long a request body may take to arrive."),
    duration("http.idle_timeout",
             &S::http_idle_timeout,
             "\"60s\"",
             Range{1, kHour},
             "How long a kept connection may stay silent between two requests."),
    duration("http.handler_timeout",
             &S::http_handler_timeout,
             "\"30s\"",
             Range{1, 5 * kMinute},
             "How long an answer may take to be worked out. The client then gets 503."),
    duration("http.drain_timeout",
             &S::http_drain_timeout,
             "\"10s\"",
             Range{0, 5 * kMinute},
             "How long answers in progress may take to finish when the server is told to stop."),
    number(
        "server.threads",
        &S::server_threads,
        "0",
        Range{0, 1024},
        "Threads that read and answer requests and validate. 0 takes one per processor, but leaves "
        "one of several to the thread that writes the store."),
    number("server.worker_threads",
           &S::server_worker_threads,
           "0",
           Range{0, 1024},
           "Threads for what computes for long: CRLs, and signatures of keys slower than P-256. 0 "
           "takes "
           "one per processor."),
    path("storage.path",
         &S::storage_path,
         "\"store\"",
         rules::not_empty,
         "The folder of the store. It must lie on a local disk. The first start creates it."),
    size("storage.map_size",
         &S::storage_map_size,
         "\"64GiB\"",
         Range{16 * kMiB, 16 * kTiB},
         "How large the store can grow. This is address space, not disk: the file grows as it "
         "is used. When it is full, new orders are refused while reading and revoking go on."),
    path("tls.certificate",
         &S::tls_certificate,
         "\"tls.pem\"",
         rules::not_empty,
         "PEM of the HTTPS listener's certificate, followed by its chain."),
    path("tls.key",
         &S::tls_key,
         "\"tls.key\"",
         rules::not_empty,
         "PEM of the HTTPS listener's private key. Nobody but its owner may be able to read "
         "it."),
    number("crl.shards",
           &S::crl_shards,
           "1",
           Range{1, 1024},
           "How many parts the CRL has that new certificates name; 1: they name the whole CRL."),
    text("rdap.server",
         &S::rdap_server,
         "\"\"",
         rules::web_address_or_nothing,
         "Where registrants of domains are looked up (RFC 9082), such as "
         "https://rdap.registry.example/. Empty: people look."),
    path("ct.log_list",
         &S::ct_log_list,
         "\"\"",
         rules::anything,
         "Logs of Certificate Transparency that every certificate is shown to before it is issued, "
         "in the format of Chrome's log list, version 3. Empty switches logging off."),
    duration("ct.timeout",
             &S::ct_timeout,
             "\"15s\"",
             Range{1, 5 * kMinute},
             "How long enough logs have to answer. After that the order ends."),
    text("ocsp.urls_in_certificates",
         &S::ocsp_urls_in_certificates,
         "\"none\"",
         rules::ocsp_urls,
         "Which certificates name the OCSP responder (RFC 6960), which listens on listen.public in "
         "any case: none, all, or long_lived, which leaves it out of those of at most seven days "
         "(BR 7.1.2.11.2)."),
    text("ocsp.nonce",
         &S::ocsp_nonce,
         "\"ignore\"",
         rules::ocsp_nonce,
         "What happens to the nonce of an OCSP request: ignore, so that answers come from memory, "
         "or echo, so that each is signed for its request (RFC 6960 section 4.4.1)."),
    duration("ocsp.answer_lifetime",
             &S::ocsp_answer_lifetime,
             "\"4d\"",
             Range{8 * kHour, 10 * kDay},
             "From thisUpdate to nextUpdate of an OCSP answer (BR 4.9.9). At half of it, and after "
             "four days at the latest, a newer one is made. A revocation shows at once."),
    number("ocsp.kept_answers",
           &S::ocsp_kept_answers,
           "20000",
           Range{32, 10'000'000},
           "OCSP answers kept in memory, about 1 KiB each. Others are signed again when they are "
           "asked for."),
    text_list("dns.resolvers",
              &S::dns_resolvers,
              "[]",
              rules::resolver,
              "Resolvers that all look-ups are sent to, as address:port. Empty means that names "
              "are resolved from the root servers on, by this program itself. On the command line: "
              "a list with commas, or a TOML list."),
    text("dns.dnssec",
         &S::dns_dnssec,
         "\"auto\"",
         rules::dnssec_mode,
         "Whether DNSSEC is validated (BR 4.2.2.2): on, off, or auto, which is on unless "
         "validation.allow_private_addresses is true."),
    path("dns.trust_anchor_file",
         &S::dns_trust_anchor_file,
         "\"\"",
         rules::anything,
         "The trust anchors of DNSSEC, as DS or DNSKEY records. Empty means "
         "/usr/share/dns/root.key where that exists (package dns-root-data), else the two "
         "root keys known when this program was made."),
    duration("dns.timeout",
             &S::dns_timeout,
             "\"5s\"",
             Range{1, kMinute},
             "How long one look-up may take."),
    lab(number("validation.http_port",
               &S::validation_http_port,
               "80",
               Range{1, 65'535},
               "The port that stands in for port 80 when a challenge is fetched. RFC 8555 section "
               "8.3 and BR 1.6.1 (Authorized Ports) demand 80.")),
    lab(number("validation.tls_port",
               &S::validation_tls_port,
               "443",
               Range{1, 65'535},
               "The port that stands in for port 443 when a challenge redirects to https, and for "
               "tls-alpn-01. RFC 8737 section 3 and BR 1.6.1 demand 443.")),
    lab(boolean(
        "validation.allow_private_addresses",
        &S::validation_allow_private_addresses,
        "false",
        "Lets validation dial loopback, private and other special-purpose addresses, and "
        "lets special-use and internal names (.test, .internal, .corp and the like) be ordered. "
        "With "
        "it, dns.dnssec = \"auto\" means off. Never for a CA that anyone else trusts: BR "
        "4.2.2 forbids such names, and dialling such addresses opens your network to whoever "
        "can order.")),
    duration("validation.fetch_timeout",
             &S::validation_fetch_timeout,
             "\"10s\"",
             Range{1, kMinute},
             "How long fetching one challenge may take, with all redirects."),
    number("validation.concurrent",
           &S::validation_concurrent,
           "1000",
           Range{1, 100'000},
           "Validations that may run at the same time."),
    text("validation.cname_zone",
         &S::validation_cname_zone,
         "\"dcv.invalid\"",
         rules::dns_name_or_nothing,
         "The domain under which the CNAME records of applications point. Nothing has to answer "
         "there. Empty: applications are not offered the method dns-cname."),
    text("acme.terms_of_service",
         &S::acme_terms_of_service,
         "\"\"",
         rules::web_address_or_nothing,
         "URL of the subscriber agreement, shown in the directory. When it is set, new accounts "
         "must agree, and when it changes, those that agreed to another URL must agree again "
         "before they order or finalize (RFC 8555 section 7.3.3)."),
    text("acme.website",
         &S::acme_website,
         "\"\"",
         rules::web_address_or_nothing,
         "URL of a page about this CA, shown in the directory."),
    duration("acme.authorization_lifetime",
             &S::acme_authorization_lifetime,
             "\"398d\"",
             Range{kHour, 398 * kDay},
             "The longest that a proof of control counts, for its order and for later ones of the "
             "same account, whatever its product says: 30 days for those of the house, 13 months "
             "for its SM2 ones. Later orders use it while 21 hours are left; with less than that "
             "from the start, every order proves its names anew. The limits of BR 4.2.1 hold "
             "whatever stands here."),
    text("acme.rate_limit_help",
         &S::acme_rate_limit_help,
         "\"\"",
         rules::web_address_or_nothing,
         "URL of a page about the rate limits, which every refusal by one of them links to (RFC "
         "8555 section 6.6)."),
    text_list("acme.caa_identities",
              &S::acme_caa_identities,
              "[]",
              rules::dns_name,
              "Names by which CAA records mean this CA (RFC 8659 section 4.2), shown in the "
              "directory. Without one, a name whose CAA records restrict issuance is refused."),
    boolean("acme.caa_reports",
            &S::acme_caa_reports,
            "false",
            "Whether orders that CAA records forbid are reported by mail to whom the records name "
            "(RFC 8659 section 4.4): at most one a day to an address, and a hundred in all. Needs "
            "mail.smtp or mail.folder."),
    boolean(
        "acme.external_account_required",
        &S::acme_external_account_required,
        "false",
        "Whether new accounts need an external account binding (RFC 8555 section 7.3.4), with a "
        "key made by `chancery eab create`. A binding that is sent is verified in any case; "
        "accounts that exist already are not asked for one."),
    text(
        "limits.new_accounts_per_network",
        &S::limits_new_accounts_per_network,
        "\"off\"",
        rules::rate,
        "How many accounts one IPv4 address, or one IPv6 block of 48 bits, may open. For a CA that "
        "strangers use: \"10 per 3h\"."),
    text("limits.new_orders_per_account",
         &S::limits_new_orders_per_account,
         "\"off\"",
         rules::rate,
         "How many orders and pre-authorizations one account may make. Orders that come back "
         "because they are open already are not counted. For a CA that strangers use: \"300 per "
         "3h\"."),
    text("limits.certificates_per_registered_domain",
         &S::limits_certificates_per_registered_domain,
         "\"off\"",
         rules::rate,
         "How many certificates there may be with names under one registered domain (a public "
         "suffix and one label), or for one IPv4 address or IPv6 block of 64 bits, whoever orders "
         "them. For a CA that strangers use: \"50 per 7d\"."),
    text("limits.certificates_per_name_set",
         &S::limits_certificates_per_name_set,
         "\"off\"",
         rules::rate,
         "How many certificates there may be with exactly the same names. For a CA that strangers "
         "use: \"5 per 7d\"."),
    text("limits.failed_validations_per_account_and_name",
         &S::limits_failed_validations_per_account_and_name,
         "\"off\"",
         rules::rate,
         "How many validations of one name by one account may fail before it has to wait. For a CA "
         "that strangers use: \"5 per 1h\"."),
    text_list("limits.exempt_accounts",
              &S::limits_exempt_accounts,
              "[]",
              rules::account_id,
              "Accounts that are not limited: the last part of their URLs."),
    text_list("limits.exempt_networks",
              &S::limits_exempt_networks,
              "[]",
              rules::network,
              "Addresses and blocks of addresses that may open any number of accounts, such as a "
              "proxy that stands before this server."),
    boolean("stops.resume_by_two_persons",
            &S::stops_resume_by_two_persons,
            "false",
            "Whether it takes two people to end a stop that is made from now on (`chancery stop`, "
            "`chancery resume`). A CA that strangers trust should say true."),
    path("catalog.folder",
         &S::catalog_folder,
         "\"\"",
         rules::anything,
         "A folder of further products, offices and calendars: all its files that end in .toml, "
         "beside those that the program brings. A version of a product that both have is taken "
         "from the folder. Empty means none. `chancery catalog check` lists every fault."),
    path("catalog.registration_agencies",
         &S::catalog_registration_agencies,
         "\"\"",
         rules::anything,
         "The file with the agencies that organizations in EV certificates may be registered at "
         "(docs/agencies.md), instead of the one that the program brings. Empty means that one."),
    text("agreement.version",
         &S::agreement_version,
         "\"1\"",
         rules::not_empty,
         "The version of the subscriber agreement that is published now. An application states it "
         "as `terms` when it is submitted; another one is refused (see docs/applications.md)."),
    path("agreement.file",
         &S::agreement_file,
         "\"\"",
         rules::anything,
         "The text of that version. Its SHA-256 is kept with every acceptance, and the server does "
         "not start with another text under the same version. Empty means that none is kept."),
    path("log.file",
         &S::log_file,
         "\"\"",
         rules::anything,
         "Where the log goes, one JSON object per line. Empty means standard error."),
    text("log.level",
         &S::log_level,
         "\"info\"",
         rules::log_level,
         "The least severity that is logged: info, warning or error."),
};

}  // namespace

const std::vector<Setting>& settings_table() {
  static const std::vector<Setting> table = [] {
    std::vector<Setting> all = kRows;
    for (const auto& more :
         {auto_renewal_settings(), ca_settings(), message_settings(), perspective_settings()}) {
      all.insert(all.end(), more.begin(), more.end());
    }
    return all;
  }();
  return table;
}

const Setting* find_setting(std::string_view key) {
  const auto found = std::ranges::find(settings_table(), key, &Setting::key);
  return found == settings_table().end() ? nullptr : &*found;
}

}  // namespace server

#include "policy/domain_control/finding.h"

#include <array>
#include <cstddef>

namespace policy {

namespace {

constexpr std::array<ControlCodeFacts, 13> kCodes{{
    {ControlCode::txt_missing, "txt_missing",
     "Add the TXT record shown to the zone of the domain, at exactly the host shown, and wait "
     "until "
     "the name servers of the zone serve it."},
    {ControlCode::txt_mismatch, "txt_mismatch",
     "Replace the value of the TXT record by the value shown, without quotes or spaces around it."},
    {ControlCode::cname_missing, "cname_missing",
     "Add the CNAME record shown to the zone of the domain; no other record may stand at that "
     "host."},
    {ControlCode::cname_mismatch, "cname_mismatch",
     "Let the CNAME record point to exactly the name shown. If your provider appends the zone, put "
     "a dot behind the value."},
    {ControlCode::ns_missing, "ns_missing",
     "Check with the registrar that the domain is registered and delegated, and that its name "
     "servers answer."},
    {ControlCode::file_missing, "file_missing",
     "Put the file at exactly the path shown on every server behind the name, reachable over HTTP "
     "on port 80 from everywhere."},
    {ControlCode::file_mismatch, "file_mismatch",
     "Let the file hold the value shown and nothing else; look out for caches and error pages that "
     "answer with status 200."},
    {ControlCode::http_status, "http_status",
     "Let the server answer the path shown with status 200; look out for access rules and "
     "firewalls."},
    {ControlCode::redirect_refused, "redirect_refused",
     "Redirect with status 301, 302, 307 or 308 to http or https on the ports 80 and 443, without "
     "a "
     "circle, or serve the file without a redirect."},
    {ControlCode::dnssec_bogus, "dnssec_bogus",
     "The zone is signed, and its signatures are wrong: renew them, or have the DS record at the "
     "registrar corrected."},
    {ControlCode::caa_forbids, "caa_forbids",
     "Add a CAA record that permits this authority, or remove the one that forbids it."},
    {ControlCode::frequently, "frequently",
     "Wait half a minute before the next check; the server looks by itself as well."},
    {ControlCode::not_corroborated, "not_corroborated",
     "Let the name servers and web servers of the domain show the same everywhere in the world; "
     "look out for caches, firewalls by country and secondaries that lag behind."},
}};

}  // namespace

std::span<const ControlCodeFacts> control_codes() {
  return kCodes;
}

const ControlCodeFacts& facts_of(ControlCode code) {
  return kCodes.at(static_cast<std::size_t>(code));
}

std::string_view text_of(ControlCode code) {
  return facts_of(code).text;
}

}  // namespace policy

// The settings of orders that renew their certificate by themselves (RFC 8739).
#include "server/config/setting_rows.h"
#include "server/config/text_rules.h"

namespace server {

std::vector<Setting> auto_renewal_settings() {
  constexpr std::uint64_t kDay = std::uint64_t{24} * 60 * 60;
  return {
      text_list("auto_renewal.profiles", &S::auto_renewal_profiles, "[]", text_rules::not_empty,
                "Profiles whose orders may ask for certificates that this server renews by itself "
                "(STAR, RFC 8739), without another proof of control. None that names an "
                "organization. Empty offers it to nobody; orders that have it go on until their "
                "end date. "
                "`chancery stop profile NAME` holds them up."),
      duration("auto_renewal.min_lifetime", &S::auto_renewal_min_lifetime, "\"1d\"",
               Range{1, 7 * kDay},
               "The shortest lifetime that such an order may ask for: each is a signature, a CAA "
               "check and a row of the ledger every so often (RFC 8739 section 6.2)."),
      duration("auto_renewal.max_duration", &S::auto_renewal_max_duration, "\"30d\"",
               Range{1, 398 * kDay},
               "How long such an order may go on renewing. Never longer than a proof of control "
               "counts under its profile."),
      boolean("auto_renewal.certificate_get", &S::auto_renewal_certificate_get, "false",
              "Whether such an order may ask that anybody who knows its URL reads the certificate "
              "without a signature (RFC 8739 section 3.4)."),
  };
}

}  // namespace server

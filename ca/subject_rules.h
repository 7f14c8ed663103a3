// Rules on what a subject says. A request that breaks one is refused; most run a second time, as
// lints on the subject of the finished TBSCertificate.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "ca/certificate_profile.h"
#include "ca/subject.h"

namespace ca {

/// One rule. `fault` returns an empty string if it is kept, else one sentence without a full stop.
struct SubjectRule {
  std::string_view source;  // "EVG 7.1.4.2.3"
  std::string (*fault)(const Subject& subject, const CertificateProfile& profile);
};

namespace subject_rule {
std::string forbidden_attribute(const Subject& subject, const CertificateProfile& profile);
std::string missing_attribute(const Subject& subject, const CertificateProfile& profile);
std::string missing_place(const Subject& subject, const CertificateProfile& profile);
std::string too_long(const Subject& subject, const CertificateProfile& profile);
std::string bad_text(const Subject& subject, const CertificateProfile& profile);
std::string says_nothing(const Subject& subject, const CertificateProfile& profile);
std::string unknown_country(const Subject& subject, const CertificateProfile& profile);
std::string business_category(const Subject& subject, const CertificateProfile& profile);
std::string registration_number(const Subject& subject, const CertificateProfile& profile);
std::string organization_identifier(const Subject& subject, const CertificateProfile& profile);
}  // namespace subject_rule

/// The table. Every function is fit for any input.
inline constexpr SubjectRule kSubjectRules[] = {
    {"BR 7.1.2.7.2 to 7.1.2.7.5", subject_rule::forbidden_attribute},
    {"BR 7.1.2.7.3 to 7.1.2.7.5", subject_rule::missing_attribute},
    {"BR 7.1.2.7.3, 7.1.2.7.4; EVG 7.1.4.2.6", subject_rule::missing_place},
    {"BR 7.1.4.2", subject_rule::too_long},
    {"RFC 5280 §4.1.2.4", subject_rule::bad_text},
    {"BR 7.1.2.7.3 to 7.1.2.7.5", subject_rule::says_nothing},
    {"BR 7.1.2.7.3, 7.1.2.7.4; EVG 7.1.4.2.4", subject_rule::unknown_country},
    {"EVG 7.1.4.2.3", subject_rule::business_category},
    {"EVG 7.1.4.2.5", subject_rule::registration_number},
    {"EVG 7.1.4.2.8, Appendix H", subject_rule::organization_identifier},
};

}  // namespace ca

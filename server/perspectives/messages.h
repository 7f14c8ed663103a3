// What the CA and its perspectives say to each other: JSON after the Open MPIC API, version 3.
#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "acme/validation/caa.h"
#include "acme/validation/subject.h"
#include "ca/names/dns_name.h"
#include "policy/domain_control/control.h"

namespace server {

/// The CAA records of a name are to be judged for an applicant.
struct CaaQuestion {
  ca::DnsName name;
  acme::CaaApplicant applicant;
};

/// What an application was told to place is to be looked for.
struct ControlQuestion {
  policy::ControlItem item;
  std::vector<std::string> issuer_domains;
  policy::TenantId tenant;
};

/// `check_type` "dcv" or "caa".
using Question = std::variant<acme::ValidationSubject, CaaQuestion, ControlQuestion>;

/// A question with the mark by which its answer is known.
struct Inquiry {
  Question question;
  std::string trace;
};

/// What a perspective saw.
struct Sighting {
  bool passed = false;
  std::string seen;  // what it rests on, or the error
};

std::string inquiry_json(const Inquiry& inquiry);
/// The end of a sentence if `text` is no inquiry: "has no check_type".
std::expected<Inquiry, std::string> parse_inquiry(std::string_view text);

std::string sighting_json(const Inquiry& inquiry, const Sighting& sighting);
/// What an answer to `inquiry` says, or why it is none: one that is to another inquiry, for another
/// name, token or account, or that is not complete, counts for nothing.
std::expected<Sighting, std::string> parse_sighting(std::string_view text, const Inquiry& inquiry);

}  // namespace server

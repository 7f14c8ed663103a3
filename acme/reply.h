// What an operation answers, free of HTTP: the server turns it into a status, headers and a body.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace acme {

enum class Outcome { ok, created };
enum class Media { json, certificate_chain };

/// A web link (RFC 8288).
struct Link {
  std::string url;
  std::string relation;
};

/// First and last second of the certificate that a reply carries (RFC 8739 §3.3).
struct CertificateTimes {
  std::chrono::sys_seconds not_before;
  std::chrono::sys_seconds not_after;
};

struct Reply {
  Outcome outcome = Outcome::ok;
  Media media = Media::json;
  std::string body;
  std::optional<std::string> location;
  std::optional<std::chrono::seconds> retry_after;
  /// For how long the client keeps this before it asks again (RFC 9773 §4.3): hours, where
  /// retry_after is what a client sleeps in the middle of an order. Never both.
  std::optional<std::chrono::seconds> fresh_for = {};
  std::vector<Link> links;  // beside `index`, which the server adds to everything
  std::optional<CertificateTimes> certificate_times = {};
  /// For how long a cache on the way may give this out to others (RFC 8739 §4.3); without it
  /// nothing is cached.
  std::optional<std::chrono::seconds> cached_for = {};
};

}  // namespace acme

// Which methods prove what, and at which domain (BR 3.2.2.4, applications §III.3).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ca/names/identifier.h"
#include "policy/ids.h"
#include "policy/product.h"
#include "policy/quorum.h"

namespace policy {

struct Application;  // policy/applications/application.h

/// What methods need of the house. The same for all applications.
struct ControlHouse {
  std::vector<std::string> issuer_domains;  // of our CAA records; none: no auto-dns
  std::string cname_zone;                   // under which CNAMEs point; empty: no dns-cname
  Corroborators corroborators = Corroborators::nobody;
};

/// The house as `product` is judged: with whom its trust has to ask (corroborators_for).
ControlHouse house_for(ControlHouse house, const Product& product);

/// Whether `method` can prove control of `identifier`, whatever a product offers: a file proves no
/// wildcard (TCG-32), and the DNS no address.
bool can_prove(ControlMethod method, const ca::Identifier& identifier);

/// The domains at which control by `method` may be shown for `identifier`, nearest first: the name
/// itself without its `*.`, and for methods of the DNS every domain above it down to the registered
/// one (BR 3.2.2.4; never by a file or another act of one host). None if it cannot prove it.
std::vector<std::string> control_domains(const ca::Identifier& identifier, ControlMethod method);

/// Why control of `identifier` cannot be proven by `method` here, whatever a product offers, as the
/// end of a sentence that begins with the name; nothing if it can. Methods of a record that stays
/// need no provider of ours for the zone, but a name of this authority (TFR-44, C-09).
std::optional<std::string_view> obstacle(ControlMethod method,
                                         const ca::Identifier& identifier,
                                         const ControlHouse& house);

/// What `product` offers for `identifier`, in its order (TCG-30, TCD-04, TCD-05).
std::vector<ControlMethod> methods_for(const Product& product,
                                       const ca::Identifier& identifier,
                                       const ControlHouse& house);

/// The name under which CAA and persistent records know a customer (RFC 8657 §3, C-6): an `acct:`
/// URI.
std::string account_uri(const TenantId& tenant, const ControlHouse& house);

/// The label of BR 4.2.2.1 for CAA: "ca-tbr-7". None for methods that BR 3.2.2.4 has no number for.
std::string_view tbr_label(ControlMethod method);

/// `names` with what `www` pairing adds: to a registered domain its `www`, to that `www` its
/// registered domain (TCG-18, C-10). As a set.
std::vector<ca::Identifier> with_www_pairs(std::vector<ca::Identifier> names);

/// Whether the certificate of `application` has the other halves too: as its product says, unless
/// the applicant declined. An ACME order gets exactly the names that its client asked for.
bool pairs_www(const Product& product, const Application& application);

/// The names that the certificate of `application`, made under `product`, has.
std::vector<ca::Identifier> certified_names(const Product& product, const Application& application);

}  // namespace policy

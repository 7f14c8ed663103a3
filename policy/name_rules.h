// Which names may be ordered at all (BR 4.2.2, RFC 6761).
#pragma once

#include <optional>
#include <vector>

#include "policy/fault.h"
#include "policy/product.h"
#include "policy/violation.h"

namespace policy {

/// Whether names that only a laboratory can resolve (`.test`, `.example`, `.internal`, …) may be
/// ordered. A public CA never allows them: BR 4.2.2 forbids Internal Names.
enum class SpecialUseNames { refused, allowed_in_lab };

/// Judges the identifiers of one order under `product`: the number of names, each against the table
/// of special-use and reverse-mapping domains and, for public trust outside a laboratory, the
/// top-level domains there are (BR 4.2.2), kinds and suffixes that the product takes, a wildcard
/// against the methods that can prove it and the public suffixes (BR 3.2.2.6), and what a wildcard
/// of the same order covers already. Returns every violation, one per name at fault, or nothing.
std::optional<Violations> check_names(const Product& product,
                                      const std::vector<ca::Identifier>& identifiers,
                                      SpecialUseNames special_use);

/// Who shows control of an application's names: the application by what it has placed, or the ACME
/// order that waits for it.
enum class ShownBy { application, acme_order };

/// The same for an application, with the codes of the API and pointers to where each name stands
/// ("/identifiers/0/value"). Beside what binds orders: the least number of names, how many there
/// may be of each kind, and what is had by combining certificates only. Any method of the product
/// counts, not only those of ACME; onion names are for ACME orders alone, since their CAA records
/// come with the request to finalize (RFC 9799). The other half of a `www` pair is not counted.
std::vector<FaultAt> application_name_faults(const Product& product,
                                             const std::vector<ca::Identifier>& identifiers,
                                             SpecialUseNames special_use,
                                             ShownBy shown_by = ShownBy::application);

/// Whether the registrant of `identifier` has to be the applicant (ALI-08).
bool needs_registrant_match(const Product& product, const ca::Identifier& identifier);

/// The methods of `product` that can prove control of `identifier`, in the product's order
/// (BR 3.2.2.4: http-01 never proves a wildcard). None for the subdomains of a public suffix or of
/// anything but a plain DNS name.
std::vector<ValidationMethod> methods_for(const Product& product,
                                          const ca::Identifier& identifier,
                                          Coverage coverage = Coverage::name);

/// Whether a product of `catalog` offers `method`.
bool offers(const Catalog& catalog, ValidationMethod method);
/// Whether a product of `catalog` has a method that proves all names under one.
bool offers_subdomains(const Catalog& catalog);

}  // namespace policy

// What a certificate for an application says beyond its names, from what was vetted.
#pragma once

#include <string_view>

#include "ca/crypto/public_key.h"
#include "ca/issuer.h"
#include "ca/subject.h"
#include "ca/time.h"
#include "policy/applications/application.h"
#include "policy/organizations/organization.h"
#include "policy/product.h"
#include "storage/transaction.h"

namespace policy {

/// The attributes that a product of `level` has of an organization, word for word as it was
/// approved (BR 7.1.2.7.4, EVG 7.1.4.2). Empty for dv. A country without states has none.
ca::Subject subject_of(const Organization& organization, ValidationLevel level);

/// The subject that names `organization` at `level` as it is stored now: for applications and for
/// orders of ACME alike. Empty for dv. Throws storage::CorruptRecord, about `whose` ("order …"), if
/// it is not stored.
ca::Subject subject_naming(const storage::Snapshot& snapshot,
                           const OrganizationId& organization,
                           ValidationLevel level,
                           std::string_view whose);

/// The subject for `application` as its organization is stored now; empty where the product names
/// none.
ca::Subject subject_for(const storage::Snapshot& snapshot, const Application& application);

/// What is to be signed for `application`: its names with their pairs, the key of its request, and
/// the subject. Nothing else of the request is taken.
ca::IssuanceRequest request_for(const storage::Snapshot& snapshot,
                                const Application& application,
                                const Product& product,
                                ca::PublicKey key,
                                ca::Time now);

}  // namespace policy

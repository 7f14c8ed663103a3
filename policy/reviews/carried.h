// What was found out for an earlier application and still holds, entered for a later one of the
// same organization that people have to look at all the same: because of its people or its names.
#pragma once

#include <optional>
#include <vector>

#include "ca/time.h"
#include "policy/applications/application.h"
#include "policy/applications/revision.h"
#include "policy/ids.h"
#include "policy/product.h"
#include "policy/reviews/evidence.h"
#include "policy/reviews/matters.h"
#include "storage/transaction.h"

namespace policy {

/// Whether a result for `revision` was taken over: it was found before that was submitted.
bool is_carried(const StepResult& result, const std::optional<Revision>& revision);

/// Enters the good results that the steps of org_vetting had for `before`, with their age and
/// whoever found them, and a note that says where they are from: those about the organization, and
/// those whose people and names are among `settled`. What is too old at `now`, was said of papers
/// or was entered already is left out. Returns who found something of it: they have collected
/// evidence in this case too (EVG 3.2.2.13).
std::vector<PersonId> carry_findings(storage::Transaction& transaction,
                                     const Application& application,
                                     const Product& product,
                                     const Application& before,
                                     const std::vector<SettledMatter>& settled,
                                     ca::Time now);

}  // namespace policy

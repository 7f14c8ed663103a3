// How many SCTs of which logs a certificate needs (Chrome CT policy, Apple CT policy).
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

#include "ca/crypto/random.h"
#include "ca/ct/sct.h"

namespace ca::ct {

/// SCTs of distinct logs that an inclusive validity of that length needs: 2 up to 180 days, else 3.
std::size_t scts_needed(std::chrono::seconds validity);

/// Whether SCTs of these logs are enough: `needed` distinct logs, two distinct operators, and one
/// log of RFC 6962.
bool are_enough(const std::vector<const Log*>& logs, std::size_t needed);

/// Why certificates of that inclusive validity can never be logged by these logs: one sentence.
/// Empty if from `now` on there is an instant at which one could end. Logs take the certificates of
/// a span of time, so a list may be good for the ones of next year only; that is seen at each
/// certificate.
std::string list_fault(const std::vector<Log>& logs, std::chrono::seconds validity, Time now);

/// The logs that take a certificate of that notAfter, in the order in which to ask: at random, but
/// so that a short beginning is enough wherever that can be. Empty if all of them are not enough.
std::vector<const Log*> submission_order(const std::vector<Log>& logs,
                                         Time not_after,
                                         std::size_t needed,
                                         RandomSource& random);

}  // namespace ca::ct

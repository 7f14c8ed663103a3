// What subscribers call their applications and certificates, and how they group them.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "policy/applications/application.h"
#include "policy/fault.h"

namespace policy {

inline constexpr std::size_t kMaxAlias = 200;  // TFR-50, in characters
inline constexpr std::size_t kMaxTags = 50;    // TFR-53
/// Of a key, of a value, and of a project, in characters.
inline constexpr std::size_t kMaxTagText = 127;

/// Everything that is wrong with them, with its place: texts that are no plain line or too long,
/// too many tags, a key that stands there twice.
std::vector<FaultAt> faults_of(const Labels& labels);

/// Whether a tag has this key, or is spelled so as a whole: "stage", "stage=production". A key may
/// hold '=' itself: then either reading counts.
bool has_tag(const Labels& labels, std::string_view tag);

}  // namespace policy

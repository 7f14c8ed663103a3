// How a picture is to be turned: the one thing of a camera's notes that is kept (Exif 2.3, 4.6.4).
#pragma once

#include <string>
#include <string_view>

namespace policy {

/// The orientation 2 to 8 that the contents of an APP1 segment say, or 1 (upright) if they say
/// nothing that can be read.
unsigned exif_orientation(std::string_view app1);

/// A whole APP1 segment, marker and length included, that says nothing but `orientation`.
std::string orientation_segment(unsigned orientation);

}  // namespace policy

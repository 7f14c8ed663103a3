#include "policy/documents/inspection.h"

#include <utility>

namespace policy {

bool ends_like_an_archive(std::string_view bytes) {
  using namespace std::string_view_literals;
  // APPNOTE.TXT 4.3.16: the end record is 22 octets and a comment of at most 65,535.
  constexpr std::size_t kReach = 22 + 65'535;
  if (bytes.size() > kReach) bytes.remove_prefix(bytes.size() - kReach);
  return bytes.contains("PK\x05\x06"sv);
}

Inspection inspect_document(DocumentFormat format, std::string_view bytes) {
  if (ends_like_an_archive(bytes)) return std::unexpected("ends like a ZIP archive");
  switch (format) {
    case DocumentFormat::jpeg:
      return inspect_jpeg(bytes);
    case DocumentFormat::png:
      return inspect_png(bytes);
    case DocumentFormat::gif:
      return inspect_gif(bytes);
    case DocumentFormat::pdf:
      return inspect_pdf(bytes);
  }
  std::unreachable();
}

}  // namespace policy

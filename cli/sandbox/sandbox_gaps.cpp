// Words about gaps.
#include "cli/sandbox/sandbox_gaps.h"

#include <string>

#include "cli/note.h"

namespace weir::cli {

void tell_gaps(const std::vector<sandbox::Confinement>& entered, ErrorStyle errors) {
  std::string gaps;
  for (const sandbox::Confinement& means : entered) {
    if (means.holds) continue;
    gaps += (gaps.empty() ? "" : "; ") + std::string{means.name} + ": " + means.detail;
  }
  if (gaps.empty()) return;
  tell({.kind = "sandbox_incomplete", .message = "the sandbox has gaps: " + gaps}, errors);
}

}  // namespace weir::cli

// pycap, as its published document names it: packets of an adapter or a file as tuples of headers.
#pragma once

#include <string>

#include "weir/api.h"
#include "weir/compat/pycap/capture.h"
#include "weir/compat/pycap/error.h"
#include "weir/compat/pycap/inject.h"
#include "weir/compat/pycap/protocol.h"

/// Names, defaults and meanings are the published ones, of the document and of the package that it
/// describes; docs/coming-from-pycap.md says what was decided where both are silent, and what
/// weir's own API has in place of each.
namespace weir::compat::pycap {

/// pycap(device, filename, snaplen, promisc, timeout). One thread at a time.
class WEIR_API pycap : public capture::capture {
 public:
  using error = weir::compat::pycap::error;

  /// Reads the file where one is named, and captures otherwise; then as capture::capture. Throws as
  /// that and its fromFile() do.
  explicit pycap(const std::string& device = {}, const std::string& filename = {},
                 int snaplen = 65535, bool promisc = false, int timeout = 255);
};

}  // namespace weir::compat::pycap

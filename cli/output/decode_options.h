// The option that says what other numbers name: -d.
#pragma once

#include <string>
#include <vector>

#include "weir/wire/decoders.h"

namespace CLI {
class App;
}

namespace weir::cli {

/// As tshark's: -d udp.port==4790,vxlan, as often as wanted.
class DecodeOptions {
 public:
  void declare(CLI::App& app);

  /// Throws UsageError for what cannot be read or is not known.
  [[nodiscard]] wire::Decoders decoders() const;
  /// What decides how packets are decoded, a blank before each; empty if nothing does.
  [[nodiscard]] std::string text() const;

 private:
  std::vector<std::string> assignments_;
};

}  // namespace weir::cli

// tcpdump's -L and -y: the link types of adapters, listed or asked for.
#pragma once

#include <optional>
#include <string>

#include "cli/live/live_options.h"
#include "weir/capture/live.h"
#include "weir/link_type.h"

namespace CLI {
class App;
}

namespace weir::cli {

class LinkTypeOptions {
 public:
  void declare(CLI::App& app);

  /// Whether to list() is all there is to do.
  [[nodiscard]] bool is_listing() const noexcept { return lists_; }
  /// Prints what packets of these adapters are, in tcpdump's words. Needs rights for monitor mode
  /// alone. Throws Error.
  static void list(const LiveInput& input, const capture::LiveOptions& live);
  /// What every adapter's packets have to be; none if that does not matter. Throws UsageError.
  [[nodiscard]] std::optional<LinkType> wanted() const;

 private:
  bool lists_ = false;
  std::string name_;
};

}  // namespace weir::cli

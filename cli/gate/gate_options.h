// The options of weir gate.
#pragma once

#include <string>
#include <vector>

#include "cli/gate/gate_run.h"

namespace CLI {
class App;
}

namespace weir::cli {

class GateOptions {
 public:
  void declare(CLI::App& app);

  /// Throws UsageError.
  [[nodiscard]] GateRunOptions resolve() const;

 private:
  [[nodiscard]] gate::GateOptions gate() const;

  std::vector<std::string> adapters_;
  std::vector<std::string> rules_;
  std::string file_;
  std::vector<std::string> policies_;
  std::string deadline_;
  std::string segments_ = "segment";
  std::string altitude_;
  std::string interval_;
  std::string duration_;
  std::string confirm_;
  std::string log_;
  bool dry_run_ = false;
  bool json_ = false;
  SandboxOptions sandbox_;
};

}  // namespace weir::cli

// The option group "sandbox", the same for all commands that have it.
#pragma once

namespace CLI {
class App;
}

namespace weir::cli {

class SandboxOptions {
 public:
  void declare(CLI::App& app);

  /// For what cannot be done in it.
  void leave_out() noexcept { left_out_ = true; }

  /// Not with --no-sandbox; nor where a sanitizer is built in, which needs what is refused.
  [[nodiscard]] bool is_wanted() const noexcept;

 private:
  bool left_out_ = false;
};

}  // namespace weir::cli

// Declares --no-sandbox.
#include "cli/sandbox/sandbox_options.h"

#include <CLI/CLI.hpp>

// gcc and clang each have their own way to say it.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define WEIR_SANITIZED
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define WEIR_SANITIZED
#endif
#endif

namespace weir::cli {

void SandboxOptions::declare(CLI::App& app) {
  app.add_flag("--no-sandbox", left_out_,
               "keep all rights while packets are parsed, to debug; see weir doctor")
      ->group("sandbox");
}

bool SandboxOptions::is_wanted() const noexcept {
#ifdef WEIR_SANITIZED
  return false;
#else
  return !left_out_;
#endif
}

}  // namespace weir::cli

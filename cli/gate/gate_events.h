// What the gate's threads tell: packets go to the log, all else waits for the command's own thread.
#pragma once

#include <cstddef>
#include <map>
#include <mutex>
#include <span>
#include <string>
#include <vector>

#include "cli/gate/verdict_log.h"
#include "cli/live/stop_descriptor.h"
#include "cli/note.h"
#include "weir/gate/options.h"
#include "weir/gate/rule.h"

namespace weir::cli {

/// Accepts what is held. Its functions are called by several threads.
class GateEvents {
 public:
  /// `log`: null for none; both must outlive this. `wake` is stopped where there is something to be
  /// told, and when the log can take no more.
  GateEvents(VerdictLog* log, const StopDescriptor& wake) noexcept : log_{log}, wake_{wake} {}

  /// Borrow this.
  [[nodiscard]] gate::Handlers handlers();

  /// What is logged of packets that these rules decide about.
  void know(std::span<const gate::Rule> rules);
  /// They are those in force from now on: of others only those before are known any longer.
  void forget_all_but(std::span<const gate::Rule> rules);
  /// Those since the last call. Beyond some thousands the rest is left out, and counted.
  [[nodiscard]] std::vector<Note> take();

 private:
  static constexpr std::size_t most_notes = 1'000;

  void log(const Packet& packet, const std::string& rule, const char* verdict) noexcept;
  [[nodiscard]] const char* verdict_of(const std::string& rule);
  void put(Note note);

  VerdictLog* log_;
  const StopDescriptor& wake_;
  std::mutex mutex_{};
  using Verdicts = std::map<std::string, const char*>;
  /// By the rule's id, which never comes back as that of another rule.
  Verdicts verdicts_{};
  /// Of the rules before, whose packets may still be on their way.
  Verdicts verdicts_before_{};
  std::vector<Note> notes_{};
  std::size_t left_out_ = 0;
};

}  // namespace weir::cli

// A gate in a process that has given up its rights before it took a packet, told what to do.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "sys/file_descriptor.h"
#include "weir/gate/options.h"

namespace weir::test {

class ConfinedGate {
 public:
  /// In the namespace of this thread; before it there are no other threads. Held packets are
  /// accepted. Throws std::runtime_error with the gate's own words.
  ConfinedGate(gate::Attachment how, const std::string& rules);
  ConfinedGate(const ConfinedGate&) = delete;
  ConfinedGate& operator=(const ConfinedGate&) = delete;
  /// Kills it.
  ~ConfinedGate();

  /// As parse_rules() reads them. Returns why not, or nothing.
  std::string put(const std::string& rules) { return ask("put " + rules); }
  /// Names, each with a blank behind it.
  [[nodiscard]] std::string adapters() { return ask("adapters"); }
  /// What on_error was told, each with a line end behind it.
  [[nodiscard]] std::string errors() { return ask("errors"); }
  /// Packets that were held and accepted.
  [[nodiscard]] std::uint64_t accepted() { return std::stoull(ask("accepted")); }
  /// Returns why not, or nothing.
  std::string stop() { return ask("stop"); }

  void signal(int number) const noexcept;
  void wait() noexcept;
  [[nodiscard]] pid_t id() const noexcept { return process_; }
  /// The process that keeps its rights.
  [[nodiscard]] pid_t broker() const;

 private:
  [[nodiscard]] std::string ask(const std::string& question);

  sys::FileDescriptor socket_{};
  pid_t process_ = -1;
};

}  // namespace weir::test

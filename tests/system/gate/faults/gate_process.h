// A gate in a process of its own, told what to do, to be stopped and killed.
#pragma once

#include <sys/types.h>

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "sys/file_descriptor.h"
#include "system/gate/faults/streams.h"
#include "weir/gate/gate.h"

namespace weir::test {

/// What its handler does to a packet.
enum class Deed : std::uint8_t {
  stamp,         ///< stamps it (StreamPayload::stamp) and accepts it
  keep,          ///< moves it away, for ever
  leave,         ///< returns undecided
  grow,          ///< makes it longer than the adapter takes, and accepts it
  raise,         ///< throws
  dawdle,        ///< takes 20 ms, then stamps it
  decide_twice,  ///< stamps and accepts it, then drops it
};

struct GateSetup {
  gate::GateOptions options{};
  std::vector<gate::Rule> rules{};
  /// Otherwise a broker keeps them, and the gate, which is started once, is in a sandbox.
  bool has_rights = true;
};

/// The gate's counters, summed up over adapters and directions.
struct GateSums {
  gate::Tally seen{};
  gate::Tally hooked{};
  gate::Tally fates{};
  gate::Tally full_passed{};
  gate::Tally full_dropped{};
  gate::Tally hang_passed{};
  gate::Tally hang_dropped{};
  gate::Tally reinjected{};
  gate::HeldCounters held{};
  std::uint64_t adapters = 0;
};

class GateProcess {
 public:
  /// In the namespace of this thread; before it there are no other threads.
  explicit GateProcess(const GateSetup& setup);
  GateProcess(const GateProcess&) = delete;
  GateProcess& operator=(const GateProcess&) = delete;
  /// Kills it.
  ~GateProcess();

  /// These return when it is done. Throw std::runtime_error with the gate's own words.
  void start();
  void stop();
  /// Returns at once.
  void begin_to_start();
  /// Changes rules a thousand times a second from now on, until told to settle.
  void change_rules();
  /// Returns how many changes were made.
  std::uint64_t settle();
  [[nodiscard]] GateSums sums();
  /// Makes the process so much larger.
  void grow(std::uint64_t bytes);
  /// Its own memory, without the rings, in bytes; its open descriptors.
  [[nodiscard]] std::uint64_t memory() const;
  [[nodiscard]] std::size_t descriptors() const;

  void set(Deed deed) noexcept { shared_->deed = deed; }
  [[nodiscard]] std::uint64_t handled() const noexcept { return shared_->handled; }
  [[nodiscard]] std::uint64_t errors() const noexcept { return shared_->errors; }

  /// Returns when, just before.
  Moment signal(int number) const noexcept;
  /// Waits for its end; returns its status as waitpid(2) has it.
  int wait();
  [[nodiscard]] pid_t id() const noexcept { return process_; }

 private:
  struct Shared {
    std::atomic<Deed> deed{Deed::stamp};
    std::atomic<std::uint64_t> handled{0};
    std::atomic<std::uint64_t> errors{0};
    std::uint64_t argument = 0;
    std::uint64_t changes = 0;
    GateSums sums{};
    std::array<char, 1024> words{};
  };
  class Gated;

  void tell(char command);

  Shared* shared_;
  sys::FileDescriptor commands_{};
  sys::FileDescriptor answers_{};
  /// Where it works, and leaves a core dump.
  std::string folder_;
  pid_t process_ = -1;
};

}  // namespace weir::test

// What all threads of a gate share to handle packets.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>

#include "gate/rules/changes.h"
#include "gate/teller.h"
#include "gate/view.h"
#include "weir/gate/options.h"

namespace weir::gate {

struct Handling {
  const Handlers& handlers;
  CurrentView views{};
  Changes& changes;
  /// Records of packets whose adapter or rule nobody knows any more: dropped.
  std::atomic<std::uint64_t> strays{0};
  std::atomic<std::uint64_t> notices{0};
  /// on_error and on_adapter.
  Teller teller{handlers};

  /// To on_notified.
  void show(const Packet& packet, const std::string& rule) noexcept;
  /// With what is being handled as an exception, if something is.
  void report(GateError::Where where, const std::string& message) noexcept;
  void tell_adapter(const std::string& adapter, bool came) noexcept;
};

/// CLOCK_MONOTONIC, nanoseconds.
[[nodiscard]] std::uint64_t monotonic_now() noexcept;

/// Words for what is being thrown; in a catch block.
[[nodiscard]] std::string thrown_words();

/// Whether this thread is in a call of a handler.
[[nodiscard]] bool is_in_handler() noexcept;

/// As long as it lives, it is.
class InHandler {
 public:
  InHandler() noexcept;
  InHandler(const InHandler&) = delete;
  InHandler& operator=(const InHandler&) = delete;
  ~InHandler();
};

/// Whether this thread is in on_start (Workers) of the gate that has these handlers.
[[nodiscard]] bool is_in_on_start(const Handlers& handlers) noexcept;

/// As long as it lives, it is.
class InOnStart {
 public:
  explicit InOnStart(const Handlers& handlers) noexcept;
  InOnStart(const InOnStart&) = delete;
  InOnStart& operator=(const InOnStart&) = delete;
  ~InOnStart();

 private:
  InHandler in_handler_{};
};

}  // namespace weir::gate

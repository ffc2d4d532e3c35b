// Adapters coming, going and changing, as the kernel tells it (rtnetlink).
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "weir/capture/adapter.h"
#include "weir/error.h"
#include "weir/source.h"

namespace weir::capture {

struct AdapterEvent {
  enum class Kind : std::uint8_t {
    added,
    removed,
    renamed,  ///< old_name tells from what
    up,       ///< by the administrator and by its carrier
    down,
    changed,  ///< anything else of Adapter
  };
  Kind kind = Kind::changed;
  /// After the event; of one that was removed, before.
  Adapter adapter{};
  std::string old_name{};
};

/// "added", "removed", ...
[[nodiscard]] WEIR_API const char* name(AdapterEvent::Kind kind) noexcept;

/// Follows the adapters of this network namespace from its construction on. Where the kernel had to
/// drop messages the list is read anew and what differs is told as events: nothing is missed for
/// good. What the kernel does not tell comes with the adapter's next event: alias and alternative
/// names of one that is down, and a speed that changes by itself. Movable; one thread at a time,
/// but stop() from anywhere.
class WEIR_API AdapterWatch {
 public:
  /// Throws SystemError.
  AdapterWatch();
  AdapterWatch(AdapterWatch&&) noexcept;
  AdapterWatch& operator=(AdapterWatch&&) noexcept;
  ~AdapterWatch();

  /// The adapters as of the last event told, as capture::adapters() has them but for the order of
  /// addresses. Valid until next().
  [[nodiscard]] const std::vector<Adapter>& adapters() const noexcept;

  /// The events that are there, waiting no longer than the deadline for the first; empty at the
  /// deadline and once stopped. Throws SystemError.
  [[nodiscard]] std::vector<AdapterEvent> next(Deadline deadline = Deadline::for_ever());

  /// Readable while events may be there, for event loops. Not to be read or closed.
  [[nodiscard]] int file_descriptor() const noexcept;

  /// Ends a wait, now and later. From another thread or a signal handler.
  void stop() noexcept;

 private:
  struct WEIR_PRIVATE State;
  std::unique_ptr<State> state_;
};

}  // namespace weir::capture

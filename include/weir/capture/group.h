// Several adapters as one packet source.
#pragma once

#include <cstddef>
#include <cstdint>
#include <future>
#include <memory>
#include <span>
#include <string>

#include "weir/api.h"
#include "weir/capture/live.h"
#include "weir/source.h"

namespace weir::capture {

/// What happened to an adapter of a group.
enum class GroupEventKind : std::uint8_t {
  gone,     ///< it was removed or taken down; all that it had has been delivered
  away,     ///< the same, but it is waited for (LiveOptions::resume)
  resumed,  ///< it is back
};
struct GroupEvent {
  GroupEventKind kind = GroupEventKind::gone;
  /// Its place in interfaces().
  std::size_t adapter = 0;
};

/// Adapters in step: each with its own ring, filter and counters, in turn, by one clock.
///
/// A batch holds packets of one adapter, whose place in interfaces() is their interface_index; its
/// `now` is the least of those of all adapters that are not gone. The group is `gone` when its last
/// adapter is. After stop() it goes on until all that the adapters had received by then has been
/// delivered, and only then says `stopped`. A signal handler that runs while next_batch() waits
/// ends the wait: `timeout`. Movable; one thread at a time, but stop() and post() from anywhere,
/// stop() from a signal handler too.
class WEIR_API Group final : public PacketSource {
 public:
  /// Without adapters.
  Group();
  Group(Group&&) noexcept;
  Group& operator=(Group&&) noexcept;
  ~Group() override;

  /// Opens one more and returns its place in interfaces(), whose memory may move. A group that was
  /// `gone` goes on with it; one that was stopped does not. Throws as Live.
  std::size_t add(const std::string& adapter, const LiveOptions& options = {});

  /// One for each adapter. Valid until add().
  [[nodiscard]] std::span<const Interface> interfaces() const noexcept override;
  void stop() noexcept override;

  /// What happened since the batch before; valid as long as the batch. Where there was no packet
  /// either, the batch's state is `timeout` or `would_block`, whatever the deadline: ask again.
  /// Where next_batch() throws they are told with the batch that follows.
  [[nodiscard]] std::span<const GroupEvent> events() const noexcept;

  /// Changes an adapter's settings before the next packets are taken, from any thread. The future
  /// is ready once that holds, or has what Live::change() threw; a group that ends before breaks
  /// the promise. Throws Error (invalid_argument) for an adapter that is none.
  std::future<void> post(std::size_t adapter, LiveChange change);

  /// Cumulative since opening, of one adapter; at the end too. Throws Error (invalid_argument) for
  /// an adapter that is none.
  [[nodiscard]] LiveStatistics statistics(std::size_t adapter);

 private:
  struct WEIR_PRIVATE State;
  WEIR_PRIVATE Batch next(Deadline deadline) override;
  std::unique_ptr<State> state_;
};

}  // namespace weir::capture

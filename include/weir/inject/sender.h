// Sends frames on an adapter: one, many times, a batch, or what has been queued.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <type_traits>

#include "weir/api.h"
#include "weir/bytes.h"
#include "weir/error.h"
#include "weir/inject/sent.h"
#include "weir/packet.h"

namespace weir::inject {

struct SenderOptions {
  /// Bytes the send queue has room for at first. It grows by itself; to set it avoids that.
  std::size_t queue_size = std::size_t{256} << 10;
  /// Bytes it has at most, what is kept beside each frame (8 bytes) included.
  std::size_t largest_queue = std::size_t{64} << 20;
  /// How long one frame may be tried again when the adapter's queue or the socket's buffer is full.
  Duration patience = std::chrono::seconds{1};
  /// TCP and UDP on IP longer than the adapter's MTU are cut by the kernel, which fills in lengths,
  /// sequence numbers and checksums (segmentation offload); other frames as long are refused.
  bool segment = false;
  /// Nothing leaves: frames are looked at, and counted as if they had. A Replay does not wait then.
  bool dry_run = false;
  /// Asked by the thread that sends, before each call of the kernel and every 100 ms while room is
  /// waited for. After true what is left is refused, or waits on in the queue: Refusal::stopped.
  /// Must not throw.
  std::function<bool()> stop{};
};

/// Refers to something callable that writes a frame into the bytes it is given. Lives no longer
/// than what it refers to; one thread at a time.
class FillFrame {
 public:
  template <class F>
    requires std::is_invocable_v<F&, MutableBytes> &&
                 (!std::is_same_v<std::remove_cvref_t<F>, FillFrame>)
  FillFrame(F&& fill) noexcept  // NOLINT: made where one is wanted, as std::function is
      : of_{const_cast<void*>(static_cast<const void*>(&fill))},
        call_{[](void* of, MutableBytes to) {
          (*static_cast<std::remove_reference_t<F>*>(of))(to);
        }} {}
  void operator()(MutableBytes to) const { call_(of_, to); }

 private:
  void* of_;
  void (*call_)(void* of, MutableBytes to);
};

/// Sends on one adapter. Queueing disciplines and filters of traffic control see the
/// frames, and so do captures there.
///
/// A frame is complete but for what the adapter adds (preamble, FCS): link-layer header, checksums.
/// It begins with the header of the adapter's link_type(); adapters without one (tun, WireGuard)
/// take IP packets. Frames leave in the order of the calls; with a queue, behind what waits there.
/// Frames of 14 bytes to the MTU's are taken as they are; drivers pad what is too short for the
/// wire.
///
/// Needs CAP_NET_RAW when opened, nothing afterwards. Allocates nothing but for a growing queue.
/// Movable; one thread at a time.
class WEIR_API Sender {
 public:
  /// `adapter` is a name or alternative name. Throws SystemError (not_found, permission_denied),
  /// Error (invalid_argument) for "any" and adapters whose own headers weir does not know.
  explicit Sender(const std::string& adapter, const SenderOptions& options = {});
  Sender(Sender&&) noexcept;
  Sender& operator=(Sender&&) noexcept;
  /// What waits in the queue is given up.
  ~Sender();

  /// At once, `times` times.
  Sent send(Bytes frame, std::uint64_t times = 1) noexcept;
  /// At once, with few calls of the kernel. Borrows the bytes until it returns.
  Sent send(std::span<const Bytes> frames) noexcept;
  /// The same, all of them `times` times; the captured bytes of each, if its link type is the
  /// adapter's.
  Sent send(std::span<const Packet> packets, std::uint64_t times = 1) noexcept;
  /// Has `fill` write a frame of `length` bytes where it is sent from, and sends it. What stands
  /// there before means nothing. What `fill` throws comes out, and there is no frame. A frame that
  /// did not leave is refused; it does not wait in the queue.
  Sent send(std::size_t length, FillFrame fill);

  /// Behind what waits already, to be sent by flush(). `frames` of the result are those queued.
  Sent queue(Bytes frame, std::uint64_t times = 1) noexcept;
  Sent queue(std::span<const Packet> packets, std::uint64_t times = 1) noexcept;
  Sent queue(std::size_t length, FillFrame fill);
  /// Sends what waits. What an adapter that is down or full did not take waits on.
  Sent flush() noexcept;
  /// Refuses what waits: Refusal::stopped.
  void discard() noexcept;

  [[nodiscard]] SendCounts counts() const noexcept;
  /// The name the kernel has for it.
  [[nodiscard]] const std::string& adapter() const noexcept;
  /// What frames begin with.
  [[nodiscard]] LinkType link_type() const noexcept;
  /// Bytes behind the link-layer header that the adapter takes at most, as it was when opened.
  [[nodiscard]] std::uint32_t mtu() const noexcept;
  [[nodiscard]] bool is_dry_run() const noexcept;

 private:
  class WEIR_PRIVATE Transmission;
  std::unique_ptr<Transmission> transmission_;
};

/// Flushes each. The frames are added up; the refusal is the first there was.
WEIR_API Sent flush(std::span<Sender> senders) noexcept;

}  // namespace weir::inject

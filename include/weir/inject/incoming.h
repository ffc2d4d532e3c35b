// Frames inserted as received: the local stack takes them as if an adapter had received them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "weir/api.h"
#include "weir/bytes.h"
#include "weir/inject/sent.h"
#include "weir/link_type.h"
#include "weir/packet.h"

namespace weir::inject {

/// The ways into an adapter.
enum class IncomingMethod : std::uint8_t {
  /// The kernel runs an XDP program of ours on the frame, as though the adapter's driver had (Linux
  /// 5.18). Nothing is attached to any adapter, no other adapter sees the frame, and it has been
  /// through the stack when the call returns. For frames of at most longest_by_xdp bytes.
  xdp,
  /// The frame is written to a TAP adapter of our own ("weirN"), whose program (tcx, before Linux
  /// 6.6 clsact) hands it on to the adapter. A quarter of the work, for frames of any length IP
  /// has; a capture on all adapters sees them twice, and what the machine cannot keep up with the
  /// adapter drops and counts.
  redirect,
};

/// A stable name: "xdp", "redirect".
[[nodiscard]] WEIR_API const char* name(IncomingMethod method) noexcept;

/// Bytes of the longest frame that goes by XDP.
inline constexpr std::size_t longest_by_xdp = 3'072;

struct IncomingOptions {
  /// The only one to be used. Nothing: XDP, where the kernel offers it, for the frames that are not
  /// too long for it, redirect for all others; its TAP adapter is made for the first of those,
  /// which takes rights again.
  std::optional<IncomingMethod> method{};
  /// Asked by the thread that inserts, before each frame. After true what is left is refused:
  /// Refusal::stopped. Must not throw.
  std::function<bool()> stop{};
};

/// An adapter that frames are inserted into. Local sockets receive them, captures on the adapter
/// see each once, as incoming, and filters, routing and forwarding apply as to any other. The
/// adapter's own counters do not count them.
///
/// Frames begin with the link header (802.1Q tags included), on adapters without one (tun, wg) with
/// the IP header; all checksums are finished, since the stack verifies them. A loopback adapter
/// takes IPv6; IPv4 only where net.ipv4.conf.lo.accept_local is set, and for 127.0.0.0/8
/// net.ipv4.conf.lo.route_localnet too.
///
/// Whatever it makes goes with it or with its process, however that ends. Movable; one thread at a
/// time, in the network namespace it was made in.
class WEIR_API Incoming {
 public:
  /// `adapter` is a name or alternative name. Throws SystemError: not_found, permission_denied
  /// without CAP_NET_ADMIN and CAP_BPF, system_call where the kernel does not offer the method
  /// asked for; Error (invalid_argument) for "any" and adapters that are neither Ethernet nor IP.
  explicit Incoming(const std::string& adapter, const IncomingOptions& options = {});
  Incoming(Incoming&&) noexcept;
  Incoming& operator=(Incoming&&) noexcept;
  Incoming(const Incoming&) = delete;
  Incoming& operator=(const Incoming&) = delete;
  ~Incoming();

  /// One frame, `times` times.
  Sent insert(Bytes frame, std::uint64_t times = 1) noexcept;
  /// One behind the other.
  Sent insert(std::span<const Bytes> frames) noexcept;
  /// The same; the captured bytes of each, if its link type is the adapter's.
  Sent insert(std::span<const Packet> packets) noexcept;

  /// Nothing is ever queued or retried.
  [[nodiscard]] SendCounts counts() const noexcept;
  /// How a frame of this length goes.
  [[nodiscard]] IncomingMethod method(std::size_t length = 0) const noexcept;
  /// What frames begin with: ethernet, or raw.
  [[nodiscard]] LinkType link_type() const noexcept;
  /// The name the kernel has for it.
  [[nodiscard]] const std::string& adapter() const noexcept;

 private:
  class WEIR_PRIVATE Door;
  std::unique_ptr<Door> door_;
};

/// Opens the adapter for one frame. Throws as Incoming(); a frame that cannot be taken is a value.
WEIR_API Sent insert_incoming(const std::string& adapter, Bytes frame);

}  // namespace weir::inject

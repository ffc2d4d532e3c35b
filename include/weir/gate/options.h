// How a gate is set up, and what it calls.
#pragma once

#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "weir/error.h"
#include "weir/gate/held_packet.h"
#include "weir/gate/policy.h"
#include "weir/packet.h"

namespace weir::gate {

class Broker;
class Driver;

/// What the kernel hangs the gate's programs to.
enum class Attachment : std::uint8_t {
  best,    ///< tcx where the kernel has it (Linux 6.6), otherwise clsact
  tcx,     ///< goes with the process, whatever ends it
  clsact,  ///< a filter stays behind a killed process; it passes everything then
};

/// Frames that stand for several segments (TSO, GSO, GRO).
enum class Segments : std::uint8_t {
  cut,   ///< the kernel makes wire-sized packets of them, each held for itself
  keep,  ///< TCP is held in one piece, which is faster; all else is cut
};

/// Threads that run the handlers.
struct Workers {
  /// That many are started, and more, up to `max`, once packets wait and all are busy. With a `max`
  /// of one all packets are handled in the order they came, with more those of each flow.
  unsigned min = 1;
  unsigned max = 1;
  /// Bytes of each thread's stack; 0 for the system's.
  std::size_t stack_size = 0;
  /// Called in each thread before its first packet; false, or an exception: the thread is not used.
  /// While start() waits for it the gate does not run yet for it, and cannot be changed by it: what
  /// does so throws Error (invalid_argument) then.
  std::function<bool()> on_start{};
  /// Called in each thread that was used, behind its last packet.
  std::function<void()> on_end{};
  /// Called before each batch of packets, copies or calls (Gate::call_in_worker); what it returns
  /// is destroyed behind the batch.
  std::function<std::shared_ptr<void>()> around_batch{};
};

struct GateOptions {
  /// Names or alternative names; empty: every adapter, those that come later too.
  std::vector<std::string> adapters{};
  /// Gates of the machine run by altitude: what leaves goes from the highest to the lowest, what
  /// arrives the other way. Equal ones run in the order they were started.
  std::int32_t altitude = 0;
  Policies policies{};
  /// How long a packet is held at most; 0: for ever.
  Duration deadline = std::chrono::seconds{1};
  /// Without a sign of life for that long the process counts as hanging; 0: never.
  Duration hang_limit = std::chrono::milliseconds{100};
  Segments segments = Segments::cut;
  /// Bytes of a packet the handler is shown; the whole packet is held. 0: all.
  std::uint32_t snapshot_length = 0;
  /// Bytes of the rings that held packets and copies wait in; rounded up to powers of two.
  std::size_t ring_size = std::size_t{16} << 20;
  std::size_t notice_ring_size = std::size_t{4} << 20;
  /// Packets held at a time in the process; more follow Policies::ring_full.
  std::size_t most_held = 65'536;
  /// Bytes of memory for them at a time, where they are moved away or there are several workers,
  /// edits included; more follow Policies::ring_full. 2 KiB each, 10 KiB and more of longer ones.
  std::size_t most_held_bytes = std::size_t{1} << 30;
  /// Flows that verdicts hold for (RestOfFlow::same); the least used goes first.
  std::uint32_t flow_verdicts = 65'536;
  /// Bytes by which handlers make TCP segments longer at most: the maximum segment size of SYNs
  /// that are held and go on is lowered by that much.
  std::uint16_t tcp_growth = 0;
  /// Takes no packet: rules match and count, hold, drop and notify do nothing else.
  bool counts_only = false;
  /// Loopback adapters take held IPv4 back only with net.ipv4.conf.lo.accept_local and
  /// route_localnet: set while the gate is there, restored afterwards. If false, lo with IPv4 held
  /// is refused where they are not set.
  bool set_loopback = true;
  Workers workers{};
  /// Does what needs rights once start() has come to before_threads; of one gate, which is started
  /// once. None: the threads that start the gate, change its rules and follow its adapters need
  /// them.
  std::shared_ptr<Broker> broker{};
  /// Called in start(), before the gate starts threads and takes packets: with a broker nothing
  /// that follows needs rights, and it may give them up, as sandbox::enter() does. What it throws,
  /// start() throws.
  std::function<void()> before_threads{};
  /// The programs at the hooks; none: the library's own. start() refuses one that is not usable
  /// (Driver::is_usable).
  std::shared_ptr<const Driver> driver{};
  // For tests, and where something is to be compared.
  Attachment attachment = Attachment::best;
  /// Watches its own process from within the kernel where the kernel offers it.
  bool watch_owner = true;
};

/// Something that went wrong beside a packet's way.
struct GateError {
  enum class Where : std::uint8_t { handler, worker, adapter, rule, kernel };
  Where where = Where::kernel;
  /// "handler: what it threw", "eth1: attach: Operation not permitted".
  std::string message{};
  /// What was thrown, by a handler above all; null if nothing was.
  std::exception_ptr exception{};
};

/// on_held and on_notified are called by the gate's workers, on_error and on_adapter by a thread of
/// their own, one after another: they may come somewhat later, but before stop() returns.
struct Handlers {
  /// Decide, or move the packet away to decide later. What it throws decides by
  /// Policies::exception and goes to on_error.
  std::function<void(HeldPacket&)> on_held{};
  /// A copy of a packet that has gone on, or that a rule that is shown decides about, and the id of
  /// the rule; valid until it returns.
  /// PacketFlags::checksum_not_ready tells that the adapter was to fill its checksum in.
  std::function<void(const Packet&, const std::string& rule)> on_notified{};
  std::function<void(const GateError&)> on_error{};
  /// An adapter the gate has come to, or that has gone.
  std::function<void(const std::string& adapter, bool came)> on_adapter{};
};

}  // namespace weir::gate

// Rebuilds flows from packets: a bounded table driven by packet time.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "weir/error.h"
#include "weir/flow/history.h"
#include "weir/flow/live_flows.h"
#include "weir/flow/observer.h"
#include "weir/memory.h"
#include "weir/source.h"
#include "weir/wire/decoders.h"

namespace weir::flow {

/// How fragments without a transport header find their flow.
enum class Fragments : std::uint8_t {
  join,      ///< by the datagram's first fragment, if that came before
  separate,  ///< they count for a flow with ports 0
};

/// What flows are ranked by, both directions together; among equals the smaller id comes first.
enum class Order : std::uint8_t {
  packets,      ///< most first
  bytes,        ///< most first, of whole frames
  packet_rate,  ///< packets by the time from start() to end(), highest first; 0 if that is no time
  byte_rate,    ///< bytes by that time
  start,        ///< earliest first
};

/// How fast a flow is, both directions together, per second: exponentially weighted, so that what
/// was sent counts less by the factor e for each time constant since.
struct Rates {
  double packets = 0;
  /// Of whole frames.
  double bytes = 0;
  /// As Counters::ip_bytes.
  double ip_bytes = 0;
};

/// The key of the hash that places flows; keep it secret where traffic may be hostile.
struct HashKey {
  std::uint64_t words[2] = {0, 0};  // NOLINT: plain aggregate
};

/// The time by a clock that goes evenly; from which moment on does not matter.
using Clock = Duration (*)() noexcept;

/// When flows end, and what makes packets belong together.
struct TrackerOptions {
  /// Silence that ends a flow; zero is off.
  Duration idle = std::chrono::seconds{600};
  /// Age that cuts a flow in two, which share originator and state; zero is off.
  Duration active = Duration::zero();
  /// Silence that ends a closed or reset TCP flow; zero is off.
  Duration fin = std::chrono::seconds{30};
  /// Flows in the table at most; for a new one another is evicted: the least recently used of those
  /// that are over, unanswered and short, or whose handshake is not complete; of the others only
  /// when they are nearly all. At least 1, at most 2^31 - 1: what is beyond is taken for the
  /// nearest.
  std::uint32_t max_flows = 2'097'152;
  /// Each direction is a flow of its own (RFC 5103: uniflows), with its own times and end. Its
  /// sender is the originator, and its FIN alone closes it.
  bool unidirectional = false;
  /// VLAN identifiers become part of the key.
  bool vlan = false;
  /// Key on the innermost IP header instead of the outermost.
  bool inner = false;
  Fragments fragments = Fragments::join;
  HashKey hash_key{};
  /// Where the table takes the memory for its flows and histories; null is that of the heap. With
  /// memory::huge_pages() a table of many flows is faster: 2 MiB come at once, and are found with
  /// one look. It must outlive the tracker.
  Memory* memory = nullptr;
  /// What is kept of each packet: nothing, unless fields are chosen.
  HistoryOptions history{};
  /// What packets are decoded with; the tracker keeps a copy.
  wire::Decoders decoders{};
  /// The time constant T of Tracker::rates(); zero is off, and takes no memory.
  Duration rates = Duration::zero();
  /// Observer::on_second() is called.
  bool seconds = false;
  /// What TrackerFacts::reaping is measured by, since a tracker has no clock of its own.
  Clock clock = nullptr;
};

/// What a tracker has met. packets = tracked + without_ip. A packet on which the next ones decide
/// (a SYN on the ports of an open connection, a time stamp far ahead) is counted when they have, at
/// the latest by finish().
struct TrackerCounts {
  std::uint64_t packets = 0;
  std::uint64_t tracked = 0;
  /// Packets with no (readable) IP header.
  std::uint64_t without_ip = 0;
  /// Packets earlier than the largest time stamp before them.
  std::uint64_t backward = 0;
  /// Packets more than a day later than all before them while the next one is not. They count for
  /// their flows, but are not the time.
  std::uint64_t outlier = 0;
  /// flows_started = flows_ended + flows in the table.
  std::uint64_t flows_started = 0;
  std::uint64_t flows_ended = 0;
  std::uint64_t flows_evicted = 0;
  /// Of those: the ones that were answered, or long, and not over.
  std::uint64_t flows_evicted_kept = 0;
  /// Later fragments of TCP, UDP and SCTP, or of datagrams that go on with an extension header,
  /// that found no first fragment.
  std::uint64_t fragments_unmatched = 0;
  /// Datagrams the fragment table dropped for room.
  std::uint64_t fragments_evicted = 0;
  /// Of `tracked`: packets no observer was handed though one asked for them, since more than 4,096,
  /// or 16 MiB, waited at once for a decision, or since an on_start() has thrown at them, or an
  /// on_packet() at one that had waited before them. One that was there from the beginning is
  /// handed all others, at the latest by finish().
  std::uint64_t packets_untold = 0;
  /// Wire lengths of `packets`.
  std::uint64_t frame_bytes = 0;
  /// Packets looked up in the table that found their flow, or what the active timeout has left of
  /// it; and that did not, each of which has started one. A SYN on the ports of a connection that
  /// is open has found that one. hits + misses = tracked + those that wait to be counted.
  std::uint64_t hits = 0;
  std::uint64_t misses = 0;
  /// Of those: TCP segments with SYN, and with FIN.
  std::uint64_t syn_packets = 0;
  std::uint64_t fin_packets = 0;
};

/// How a tracker stands. A value.
struct TrackerFacts {
  TrackerCounts counts{};
  /// Live flows, and those of each IP protocol.
  std::size_t flows = 0;
  std::array<std::uint32_t, 256> flows_by_protocol{};
  /// The first time stamp and the latest, outliers left out; none before there was one. A packet
  /// without is as late as the present.
  std::optional<Timestamp> first{};
  std::optional<Timestamp> last{};
  /// Tracker::memory().
  std::size_t memory = 0;
  /// Time spent ending flows by timeouts, observers included: one turn in 16 is measured, and the
  /// others by what they did. None without TrackerOptions::clock.
  std::optional<Duration> reaping{};

  /// counts.packets by the time from `first` to `last`; 0 if that is no time.
  [[nodiscard]] WEIR_API double packets_per_second() const noexcept;
};

/// One table of flows. One thread; no clock of its own: time is the largest packet time stamp so
/// far, outliers left out, or what advance() says. Packets without a time stamp belong to the
/// present.
class WEIR_API Tracker {
 public:
  /// The observer must outlive the tracker, or be detached before.
  explicit Tracker(Observer& observer, const TrackerOptions& options = {});
  Tracker(Tracker&&) noexcept;
  Tracker& operator=(Tracker&&) noexcept;
  ~Tracker();

  /// One more observer: told from now on, after those that came before it, of flows that are in the
  /// table already when they end. It must outlive the tracker, or be detached. All are told what
  /// one of them throws at; that leaves the call when all were. From within a callback, it is told
  /// what comes after the event under way; packets, where nobody asked for them before, from the
  /// next on.
  void attach(Observer& observer);
  /// It is told nothing any more, of the event under way neither: it may be destroyed, from within
  /// its own callback too. The tracker counts on with nobody to tell. To replace an observer,
  /// attach one and detach the other, in either order: no event comes between.
  void detach(const Observer& observer) noexcept;

  /// Counts a batch: parsed, hashed, prefetched, then applied. No allocation but for table growth.
  /// If the observer throws, the packets behind the one it was told about are not counted; nor is
  /// that one, if on_end() or on_second() threw.
  void add(std::span<const Packet> packets);
  void add(const Packet& packet) { add({&packet, 1}); }

  /// Lets time pass in silence; ends what is due. Times before the present are ignored; one that is
  /// more than a day ahead counts when a later call goes further.
  void advance(Timestamp now);

  /// Ends every flow still in the table, oldest last use first, then calls on_finish(). More
  /// packets may follow. If the observer throws, another call goes on where this one stopped.
  void finish();

  // What is asked of the live flows: those size() counts, with all packets counted so far. Not
  // from within a callback: that throws an Error (invalid_argument), as the flow it tells of may
  // be half out. What is handed out is valid until a member is called that is not const.

  /// The flow of these two endpoints, whichever began it, or of what `one` sends to the other
  /// (TrackerOptions::unidirectional); null if none lives. Ports are 0 for protocols without.
  /// `vlans` are those of its packets, outer first: two at most are part of the key; where none are
  /// (TrackerOptions::vlan), some match nothing; nor do addresses of two versions, or of none.
  /// Nothing is allocated.
  [[nodiscard]] const Flow* find(std::uint8_t protocol, const Endpoint& one, const Endpoint& other,
                                 std::span<const std::uint16_t> vlans = {}) const;
  /// All of them, to walk through.
  [[nodiscard]] LiveFlows flows() const;
  /// The first `count` of an order, in that order; all, if there are no more. Of the others none is
  /// sorted or kept: memory is that of `count`. Throws std::bad_alloc.
  [[nodiscard]] std::vector<const Flow*> top(std::size_t count, Order order) const;

  /// How fast a flow is at the present, also if it has been silent since, or is told to end now.
  /// With no packets before, a steady stream shows 63 % of its rate after one T, 95 % after three;
  /// a packet by itself is 1/T. None if rates are off (TrackerOptions::rates), or the flow has
  /// ended; the parts the active timeout cuts have one. Nothing is allocated.
  [[nodiscard]] std::optional<Rates> rates(const Flow& flow) const noexcept;
  /// The packets kept of a live flow (TrackerOptions::history), or of one that a callback is
  /// handed: from within callbacks too, on_end() included, where a flow leaves its history behind.
  /// Nothing of any other. A copy of all that is kept of the flow, outside the budget and memory().
  /// Throws std::bad_alloc.
  [[nodiscard]] FlowHistory history(const Flow& flow) const;
  [[nodiscard]] HistoryCounts history_counts() const noexcept;
  /// HistoryCounts::packets of one IP protocol.
  [[nodiscard]] std::uint64_t history_packets(std::uint8_t protocol) const noexcept;

  [[nodiscard]] TrackerCounts counts() const noexcept;
  /// All at once, at the price of a copy of 1.5 KB: no flow is touched.
  [[nodiscard]] TrackerFacts facts() const noexcept;
  /// Flows started and not ended; within finish(), those told of as well, until all are.
  [[nodiscard]] std::size_t size() const noexcept;
  /// Those of one IP protocol.
  [[nodiscard]] std::size_t size(std::uint8_t protocol) const noexcept;
  /// Heap memory held by the tables and by packets that wait, in bytes.
  [[nodiscard]] std::size_t memory() const noexcept;

 private:
  struct WEIR_PRIVATE State;
  std::unique_ptr<State> state_;
};

}  // namespace weir::flow

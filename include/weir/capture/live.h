// Live packets of an adapter: a ring shared with the kernel (AF_PACKET, TPACKET_V3).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "weir/capture/adapter.h"
#include "weir/error.h"
#include "weir/filter/filter.h"
#include "weir/source.h"

namespace weir::capture {

class Backend;

/// Which packets: those to this host, those it sends, or both.
enum class Traffic : std::uint8_t { any, in, out };

/// Several sources sharing an adapter's packets: each packet goes to exactly one of them.
struct Fanout {
  enum class By : std::uint8_t {
    hash,  ///< flows stay together; fragments are reassembled for that (PACKET_FANOUT_FLAG_DEFRAG)
    cpu,   ///< of the processor that received it
    rollover,  ///< to the next source when the ring of one is full
  };
  By by = By::hash;
  /// The same for all that share; see unique_fanout().
  std::uint16_t id = 0;
};
/// An id no other group of this network namespace has. Throws SystemError.
[[nodiscard]] WEIR_API std::uint16_t unique_fanout();

/// Bytes a ring may have at most: what memory could be had now without driving others out of it.
[[nodiscard]] WEIR_API std::size_t largest_ring();

/// How to open. What may change later is in LiveChange.
struct LiveOptions {
  /// Bytes kept of each packet, 1 to 262144; 0 is 262144.
  std::uint32_t snapshot_length = 0;
  /// Bytes of the ring, at most largest_ring(); rounded up to whole blocks, two at least. A block
  /// has 128 KiB, more where the adapter is set to packets longer than that (BIG TCP), up to
  /// 512 KiB. Packets longer than a block are cut; that of "any" always has 128 KiB.
  std::size_t ring_size = std::size_t{64} << 20;
  /// A block that is not full is handed over after once to twice this long; whole milliseconds, 1
  /// to 60,000. Whatever comes, the ring has room for this times its number of blocks in which
  /// nobody takes any; so the longer, the more a pause may last and the less each packet costs.
  /// Before Linux 6.18 a tick of the kernel (up to 10 ms) at least.
  Duration retire = std::chrono::milliseconds{20};
  /// Hand packets over as soon as the kernel can, whatever that costs: retire is 1 ms then.
  bool immediate = false;
  /// Also what is addressed to others; ends with the source. Means nothing for "any".
  bool promiscuous = false;
  Traffic traffic = Traffic::any;
  /// What to let through; its program for the link type of the adapter runs in the kernel as far as
  /// that goes.
  filter::Filter filter{};
  /// Run the filter in user space alone: then statistics() counts every packet the adapter had.
  bool filter_in_user_space = false;
  /// Take the adapter's time stamps where it makes any. It is not told to: ptp4l and hwstamp_ctl
  /// do that.
  bool adapter_clock = true;
  std::optional<Fanout> fanout{};
  /// When the adapter goes down or away: wait for it, or another of its name and kind, to come
  /// up, instead of being gone. With fanout only for it. Also when it is down at first.
  bool resume = false;
  /// Wi-Fi: every frame on the air, with radiotap headers; through libpcap, without fanout and
  /// resume.
  bool monitor_mode = false;
};

/// How long to sleep once file_descriptor() is readable, before next_batch(), for others to come:
/// to be woken once for many blocks costs less, and a fifth of the retire time is not missed. Less
/// where the ring might be full by then. A next_batch() that waits does so by itself.
[[nodiscard]] WEIR_API Duration gathering_time(const LiveOptions& options) noexcept;

/// What may change while capturing; what is absent stays. Takes effect for packets that arrive from
/// now on, and for those that wait in the ring: nothing stale is delivered, nothing is lost. What
/// waits was cut to the old snapshot length, and a new filter sees only what was kept of it.
struct LiveChange {
  std::optional<filter::Filter> filter{};
  /// At most that of LiveOptions, which 0 stands for.
  std::optional<std::uint32_t> snapshot_length{};
  std::optional<bool> promiscuous{};
  std::optional<Traffic> traffic{};
};

/// received = delivered + filtered + dropped + waiting; what the kernel does not tell is absent.
struct LiveStatistics {
  /// Packets that passed the kernel's part of the filter, whether or not there was room for them.
  std::uint64_t received = 0;
  std::uint64_t delivered = 0;
  /// By the filter in user space, traffic direction included.
  std::uint64_t filtered = 0;
  /// For want of room in the ring.
  std::uint64_t dropped = 0;
  /// Still in the ring, not looked at yet: part of received until then.
  std::uint64_t waiting = 0;
  /// Beside the identity: dropped by the adapter and its driver since opening, absent while it is
  /// away; Linux counts among them what arrived but no protocol wanted, captured or not. Of one
  /// that was removed (LiveOptions::resume) what it had told when last asked; so too where a driver
  /// sets its counters back.
  std::optional<std::uint64_t> dropped_by_adapter{};
  /// Beside the identity: refused by the kernel's part of the filter, direction included. The
  /// kernel does not count them: 0 where it has been given nothing to refuse by since opening,
  /// absent otherwise, and always on "any" and the loopback adapter, whose packets come once.
  std::optional<std::uint64_t> filtered_in_kernel{};
};

/// An adapter as a packet source.
///
/// Packets are views into the ring, a batch is what is at hand of one block, and the block goes
/// back to the kernel with the next call of next_batch(): change() and stop() leave a batch as it
/// is, the end of the source ends it. VLAN tags that the kernel took out are put back. Packets of
/// the loopback adapter are seen coming in, not also going out. Needs CAP_NET_RAW when opened
/// (CAP_NET_ADMIN too for monitor mode), nothing afterwards. Movable; one thread at a time, but
/// stop() from anywhere.
///
/// An adapter that is removed or taken down is `gone`, after all that was in the ring, and stays
/// so; one that is up again before anybody asked was never away. Bluetooth, USB, netfilter log and
/// other devices libpcap alone can read are captured through libpcap: promiscuous cannot change
/// then, directions of packets are unknown.
class WEIR_API Live final : public PacketSource {
 public:
  /// `adapter` is a name or alternative name, or "any" for all adapters (cooked headers,
  /// LINUX_SLL2). Throws SystemError (not_found; permission_denied; ENETDOWN for an adapter that is
  /// down), Error (invalid_argument), FilterError for a
  /// filter that makes no sense for its link type.
  explicit Live(const std::string& adapter, const LiveOptions& options = {});
  Live(Live&&) noexcept;
  Live& operator=(Live&&) noexcept;
  ~Live() override;

  [[nodiscard]] std::span<const Interface> interfaces() const noexcept override;
  void stop() noexcept override;

  [[nodiscard]] LinkType link_type() const noexcept;
  /// May be called from within a walk of its own packets: takes effect after the batch. A new
  /// filter takes some milliseconds. Throws Error (invalid_argument), SystemError, FilterError; all
  /// is then as before.
  void change(const LiveChange& change);
  /// Cumulative since opening.
  [[nodiscard]] LiveStatistics statistics();
  /// Readable while packets may be there, or the adapter went down, for event loops; not by
  /// stop(). Stays the same. Not to be read or closed.
  [[nodiscard]] int file_descriptor() const noexcept;
  /// What stamps packets: PacketFlags::software_clock or adapter_clock.
  [[nodiscard]] PacketFlags clock() const noexcept;

 private:
  WEIR_PRIVATE Batch next(Deadline deadline) override;
  std::unique_ptr<Backend> backend_;
};

}  // namespace weir::capture

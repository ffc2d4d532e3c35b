// Statistics mode: counts an adapter's packets where they are, and passes none of them up.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "weir/capture/live.h"
#include "weir/error.h"
#include "weir/filter/filter.h"

namespace weir::capture {

/// Where packets are counted.
enum class CountingMode : std::uint8_t {
  kernel,  ///< by a program of the kernel: the only one that loses nothing however busy it is
  ring,    ///< in user space, from a ring that gets the first byte of each
};

/// How to count. What may change later is in CounterChange.
struct CounterOptions {
  bool promiscuous = false;
  Traffic traffic = Traffic::any;
  /// What to count.
  filter::Filter filter{};
  /// Do not try to count in the kernel.
  bool ring_only = false;
  /// Bytes of the ring, if there is to be one; rounded up to whole blocks of 128 KiB. Of the usual
  /// size it has room for ten seconds in which nobody reads, unless very much comes.
  std::size_t ring_size = std::size_t{64} << 20;
};

/// What may change while counting; what is absent stays. Each packet is counted by what held before
/// or by what holds now, none by neither or both.
struct CounterChange {
  std::optional<filter::Filter> filter{};
  std::optional<bool> promiscuous{};
  std::optional<Traffic> traffic{};
};

/// Totals since opening. All of one read belong together.
struct Counts {
  std::uint64_t packets = 0;
  /// On the wire: as Packet::wire_length, VLAN tags and cooked headers included; of what the
  /// adapter cuts into packets or has put together (TSO, GRO) the length of the whole.
  std::uint64_t bytes = 0;
  /// Neither in packets nor in bytes, for want of room in the ring; absent in the kernel, where
  /// nothing is dropped.
  std::optional<std::uint64_t> dropped{};
  /// The adapter went down or away, and all that it had has been counted.
  bool gone = false;
};

/// Counts the packets of an adapter. Needs CAP_NET_RAW when opened, and for the kernel mode CAP_BPF
/// when opened and when changed. One thread at a time.
class WEIR_API Counter {
 public:
  /// As Live: names, "any", what is thrown. What needs the kernel mode and does not get it counts
  /// in a ring: without CAP_BPF, with a filter the kernel refuses, with a filter where headers are
  /// cooked.
  explicit Counter(const std::string& adapter, const CounterOptions& options = {});
  Counter(Counter&&) noexcept;
  Counter& operator=(Counter&&) noexcept;
  ~Counter();

  [[nodiscard]] CountingMode mode() const noexcept;
  /// Why it is not the kernel that counts: "create a BPF map: Operation not permitted"; empty if it
  /// does.
  [[nodiscard]] const std::string& why_ring() const noexcept;
  /// Of what the filter sees.
  [[nodiscard]] LinkType link_type() const noexcept;

  /// Does not wait. In the kernel mode it reads memory, and asks the kernel only whether the
  /// adapter is still there; in the ring mode it empties the ring, which is to happen often enough,
  /// and packets of the last 40 ms may not be in it yet.
  /// Throws SystemError.
  [[nodiscard]] Counts read();
  /// Readable when read() has something to do: a ring to empty, an adapter that went away. Not to
  /// be read or closed.
  [[nodiscard]] int file_descriptor() const noexcept;

  /// By the adapter and its driver since opening, where the kernel tells. Throws SystemError.
  [[nodiscard]] std::optional<std::uint64_t> dropped_by_adapter() const;

  /// Once this has returned, no packet is decided on by what held before. Throws FilterError, Error
  /// (invalid_argument) for a filter that cannot be counted by in the mode this counter is in, and
  /// SystemError; all is then as before.
  void change(const CounterChange& change);

 private:
  struct WEIR_PRIVATE State;
  std::unique_ptr<State> state_;
};

}  // namespace weir::capture

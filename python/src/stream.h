// A packet source as Python drives it: packet by packet, the GIL given up at each batch.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "packet_object.h"
#include "weir/filter/filter.h"
#include "weir/print/packet_text.h"
#include "weir/source.h"

namespace weir::python {

/// Shared by the Python source, its iterators and its packets. Every call needs the GIL.
class Stream {
 public:
  /// How long next() waits before it says that nothing came; none is for ever.
  Stream(std::unique_ptr<PacketSource> source, std::optional<filter::Filter> filter,
         std::optional<Duration> timeout);
  ~Stream();

  enum class Got : std::uint8_t { packet, timeout, end, raised };
  /// The next packet that the filter wants, in `last`: a new one, or the one there if nobody else
  /// holds it. `raised`: an exception is set, by a signal handler or for want of memory. Throws
  /// what the source throws.
  Got next(const std::shared_ptr<Stream>& self, PacketObject*& last);
  /// A whole batch in place of one packet: what next() has left of the last one, else the next.
  /// Valid until the stream is asked for more. `now` is its clock.
  Got next_batch(std::span<const Packet>& packets, Timestamp& now);
  /// Ends next() in whatever thread.
  void stop() noexcept;
  /// Ends the source; packets stay.
  void close();
  [[nodiscard]] bool is_closed() const noexcept { return !source_; }

  /// Of all interfaces so far; null beyond.
  [[nodiscard]] const Interface* interface(std::uint32_t index) const noexcept;
  [[nodiscard]] PacketSource* source() const noexcept { return source_.get(); }
  /// What prints its packets, and remembers what was printed.
  print::PacketText& text();

 private:
  Got refill();
  Batch ask(std::chrono::steady_clock::time_point until);
  void note_interfaces();

  std::unique_ptr<PacketSource> source_;
  std::optional<filter::Filter> filter_;
  std::optional<Duration> timeout_;
  std::vector<Packet> chosen_;
  std::span<const Packet> rest_;
  std::size_t batch_bytes_ = 0;
  Timestamp now_{};
  std::uint64_t delivered_ = 0;
  std::vector<Interface> interfaces_;
  std::optional<print::PacketText> text_;
  Loan loan_;
  bool is_busy_ = false;
  bool has_ended_ = false;
};

}  // namespace weir::python

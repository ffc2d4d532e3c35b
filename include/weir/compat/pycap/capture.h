// pycap.capture: packets of an adapter or of a file, each as its headers, what is left, and when.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "weir/api.h"
#include "weir/bytes.h"
#include "weir/compat/pycap/error.h"
#include "weir/compat/pycap/protocol.h"
#include "weir/packet.h"

namespace weir::compat::pycap {

/// What next() returns: the tuple of Python. It borrows from the packet. A value: const calls from
/// several threads at once.
class item {
 public:
  static constexpr std::size_t max_headers = 3;

  /// From lowest to highest: Ethernet; ARP or ip; tcp, udp or an ICMP message. Link headers that
  /// pycap has no name for are left out where IP or ARP follows.
  [[nodiscard]] std::span<const protocol::any_header> headers() const noexcept {
    return std::span{headers_}.first(size_);
  }
  /// One of them; null if the packet has none.
  template <class Header>
  [[nodiscard]] const Header* find() const noexcept {
    for (const protocol::any_header& one : headers()) {
      if (const auto* const found = std::get_if<Header>(&one)) return found;
    }
    return nullptr;
  }
  /// What was captured behind them, padding too.
  Bytes rest{};
  Timestamp time{};

  /// Precondition: fewer than max_headers are there.
  void add(const protocol::any_header& one) noexcept { headers_[size_++] = one; }

 private:
  std::array<protocol::any_header, max_headers> headers_{};
  std::size_t size_ = 0;
};

/// The headers of a packet. Throws protocol::error for an IP header that is incomplete, of another
/// version, or has a wrong length; protocol::not_implemented for ARP of other addresses than
/// Ethernet's and IPv4's.
[[nodiscard]] WEIR_API item decoded(const Packet& packet);

/// pycap.stats(). Received are those that passed the filter, dropped ones included; what the kernel
/// does not tell is 0.
struct statistics {
  std::uint64_t received = 0;
  std::uint64_t dropped = 0;
  std::uint64_t dropped_by_interface = 0;
};

namespace capture {

/// Packets of an adapter, or of a file. What cannot be opened throws as weir::capture::Live and
/// savefile::Reader do. Movable; one thread at a time.
class WEIR_API capture {
 public:
  /// `device`: name of an adapter; empty: weir::capture::default_adapter(). `snaplen`: bytes, 0 to
  /// 262144, which 0 stands for. `timeout`: milliseconds that next() waits; 0 is for ever. Throws
  /// SystemError (not_found, permission_denied; ENETDOWN), Error (invalid_argument).
  explicit capture(const std::string& device = {}, int snaplen = 65535, bool promisc = false,
                   int timeout = 255);
  /// "-" is standard input. Throws SystemError, FormatError.
  [[nodiscard]] static capture fromFile(const std::string& filename);
  capture(capture&& other) noexcept;
  capture& operator=(capture&& other) noexcept;
  ~capture();

  /// The next packet; none at the end of a file. Throws capture::error (system_call) once the
  /// timeout is reached, and may be called again then; as decoded() does, then the next call goes
  /// on behind that packet; SystemError once the adapter is gone, FormatError where a file is
  /// damaged.
  std::optional<item> next();
  /// Throws capture::error (invalid_argument) for a file.
  [[nodiscard]] statistics stats();
  /// DLT_ number of the packets, of a file with several that of the first.
  [[nodiscard]] int datalink();
  /// pcap-filter(7); empty lets all through. Holds for all packets that come out of next() from now
  /// on; host names are looked up here. `optimize`: it always is. Throws FilterError, also for one
  /// that makes no sense for the link type; the one before then holds.
  void filter(const std::string& filter, bool optimize = false);

  /// The adapter; empty while reading a file.
  [[nodiscard]] const std::string& device() const noexcept;
  /// The file; none while capturing.
  [[nodiscard]] const std::optional<std::string>& filename() const noexcept;

  /// Not published: how long next() waits; none is for ever, as for a file.
  [[nodiscard]] std::optional<Duration> timeout() const noexcept;
  /// Not published: what next_packet() has found.
  enum class Got : std::uint8_t { packet, nothing, end };
  /// Not published: the next packet as it is, valid until the next call; waits for so long at most.
  /// Throws as next(), but for what decoded() and the timeout throw.
  Got next_packet(Packet& packet, Duration longest);

  /// Not published: what next() throws once the timeout is reached. Precondition: there is one.
  [[nodiscard]] error timed_out() const;

  /// Walks next() to the end of a file.
  class Iterator;
  [[nodiscard]] Iterator begin();
  [[nodiscard]] std::default_sentinel_t end() const noexcept { return {}; }

 private:
  struct WEIR_PRIVATE State;
  WEIR_PRIVATE explicit capture(std::unique_ptr<State> state) noexcept;
  std::unique_ptr<State> state_;
};

class capture::Iterator {
 public:
  using value_type = item;
  using difference_type = std::ptrdiff_t;

  explicit Iterator(capture& of) : of_{&of}, item_{of.next()} {}
  const item& operator*() const noexcept { return *item_; }
  const item* operator->() const noexcept { return &*item_; }
  Iterator& operator++() {
    item_ = of_->next();
    return *this;
  }
  void operator++(int) { ++*this; }
  bool operator==(std::default_sentinel_t) const noexcept { return !item_; }

 private:
  capture* of_;
  std::optional<item> item_;
};

inline capture::Iterator capture::begin() { return Iterator{*this}; }

}  // namespace capture

}  // namespace weir::compat::pycap

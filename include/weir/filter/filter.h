// Filter expressions: pcap-filter(7) text to something that decides on packets.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "weir/api.h"
#include "weir/packet.h"

namespace weir::filter {

struct FilterOptions {
  /// Look host names up (hosts file, DNS); otherwise only addresses are understood.
  bool allow_names = false;
};

/// One compiled expression for one link type. Immutable; may be shared between threads.
class WEIR_API Filter {
 public:
  /// Compiles through libpcap. Throws FilterError with the compiler's words: filter_link_type if
  /// the expression is right for other link types, otherwise filter_syntax; also for text over
  /// 16 KiB or with a NUL byte.
  Filter(const std::string& expression, LinkType link_type, FilterOptions options = {});
  Filter(Filter&&) noexcept;
  Filter& operator=(Filter&&) noexcept;
  ~Filter();

  [[nodiscard]] LinkType link_type() const noexcept;
  /// Whether the compiler has found that the expression can never match.
  [[nodiscard]] bool rejects_all() const noexcept;
  [[nodiscard]] bool matches(const Packet& packet) const noexcept;
  /// Appends the descriptors (never the bytes) of the packets that match to `out`.
  void select(std::span<const Packet> packets, std::vector<Packet>& out) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace weir::filter

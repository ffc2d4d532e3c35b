// Writes a microsecond pcap of Ethernet frames and keeps the books of what it wrote.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace bench {

/// What a frame or flow is counted as.
enum class Kind : std::uint8_t { tcp4, tcp6, udp4, udp6, icmp4, icmp6, arp };
inline constexpr std::array kind_names{"tcp4", "tcp6", "udp4", "udp6", "icmp4", "icmp6", "arp"};

/// The sidecar file: what a correct tool must find in the trace.
struct Truth {
  struct Count {
    std::uint64_t packets = 0;
    std::uint64_t bytes = 0;
    /// Distinct bidirectional five-tuples; address pairs for ICMP; always 0 for ARP.
    std::uint64_t flows = 0;
  };
  std::array<Count, kind_names.size()> kinds{};
  std::uint64_t retransmitted = 0;
  std::uint64_t reordered = 0;
  /// Packets with an offset or the more-fragments bit, and the datagrams they came from.
  std::uint64_t fragments = 0;
  std::uint64_t fragmented_datagrams = 0;

  Count& operator[](Kind kind) noexcept { return kinds[static_cast<std::size_t>(kind)]; }
};

class TraceFile {
 public:
  /// Throws std::system_error.
  explicit TraceFile(const std::string& path);
  TraceFile(const TraceFile&) = delete;
  TraceFile& operator=(const TraceFile&) = delete;
  ~TraceFile();

  /// Appends one frame, given as two pieces, and counts it.
  void write(Kind kind, std::uint64_t time_us, std::span<const std::uint8_t> headers,
             std::span<const std::uint8_t> rest);

  /// Writes what is buffered and closes. Throws std::system_error.
  void close();

  Truth& truth() noexcept { return truth_; }

 private:
  void put32(std::uint32_t value);
  void put(std::span<const std::uint8_t> bytes);
  void flush();

  int fd_;
  std::size_t used_ = 0;
  std::vector<std::uint8_t> buffer_;
  Truth truth_;
};

/// Writes "name value" lines to path. Throws std::system_error.
void write_truth(const std::string& path, const std::string& title, const Truth& truth);

}  // namespace bench

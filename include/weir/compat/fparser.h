// FParser, as its published document names it: flows of a file or an adapter, found in the
// background and told as they end.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <iterator>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "weir/api.h"
#include "weir/error.h"
#include "weir/flow/history.h"
#include "weir/flow/owned_flow.h"
#include "weir/flow/tracker.h"

/// Names, defaults and meanings are the published ones, of the document and of the package that it
/// describes; what the document does not have is marked.
namespace weir::compat::fparser {

// NOLINTBEGIN(readability-identifier-naming): published names

/// Of flows (FlowId::type). From the package, as all up to FlowInfo.
inline constexpr int FLOW_TYPE_TCP = 1;
inline constexpr int FLOW_TYPE_UDP = 2;

/// How FParser::flow_iter() sorts, highest first.
inline constexpr int SORT_NONE = 0;
inline constexpr int SORT_PKTS = 1;
inline constexpr int SORT_BYTES = 2;
/// Packets and bytes a second.
inline constexpr int SORT_PPS = 3;
inline constexpr int SORT_BPS = 4;

/// Severities of syslog(3): what is more than the level asked for is not logged.
inline constexpr int LOG_ERR = 3;
inline constexpr int LOG_WARNING = 4;
inline constexpr int LOG_INFO = 6;

// NOLINTEND(readability-identifier-naming)

/// Who sends to whom.
struct FlowId {
  std::string src{};
  std::uint16_t sport = 0;
  std::string dest{};
  std::uint16_t dport = 0;
  /// FLOW_TYPE_TCP or FLOW_TYPE_UDP.
  int type = 0;
  bool operator==(const FlowId&) const = default;
};

/// What a flow amounts to.
struct FlowInfo {
  std::uint64_t size_pkts = 0;
  /// IP headers and what is behind them, by their lengths.
  std::uint64_t size_bytes = 0;
  /// Packets and bytes a second, when the flow was handed out or has ended: exponentially weighted,
  /// 0.35 of each second's own.
  double pps = 0;
  double Bps = 0;  // NOLINT: its published name
  /// Microseconds since 1970.
  std::int64_t first_rx = 0;
  std::int64_t last_rx = 0;
  bool operator==(const FlowInfo&) const = default;
};

/// What was kept of one packet; what it does not have is 0. From the package, as a tuple in that
/// order: of UDP the first four.
struct FlowPacket {
  /// Microseconds since 1970.
  std::int64_t timestamp = 0;
  std::uint16_t ip_id = 0;
  /// Or hop limit.
  std::uint8_t ttl = 0;
  /// IP header and what is behind it, by its length.
  std::uint32_t ip_length = 0;
  std::uint8_t flags = 0;
  std::uint32_t seq = 0;
  std::uint32_t ack = 0;
  std::uint16_t window = 0;
  bool operator==(const FlowPacket&) const = default;
};

/// Successive values of a field, each by `increment` larger than the one before it. From the
/// package.
struct EncodedRun {
  std::uint32_t value = 0;
  /// Modulo the size of the field: 255 is one less, of a TTL.
  std::uint32_t increment = 0;
  /// Values behind the first.
  std::uint32_t count = 0;
  bool operator==(const EncodedRun&) const = default;
};

/// A flow and its packets as they were when it was handed out, or when it ended. It outlives its
/// parser. A value: const calls, and walks, from several threads at once.
class WEIR_API Flow {
 public:
  class Iterator {
   public:
    using value_type = FlowPacket;
    using difference_type = std::ptrdiff_t;

    Iterator() noexcept = default;
    explicit Iterator(flow::FlowHistory::Iterator at) noexcept : at_{at} {}

    [[nodiscard]] WEIR_API FlowPacket operator*() const noexcept;
    Iterator& operator++() noexcept {
      ++at_;
      return *this;
    }
    void operator++(int) noexcept { ++at_; }
    bool operator==(std::default_sentinel_t end) const noexcept { return at_ == end; }

   private:
    flow::FlowHistory::Iterator at_{};
  };

  /// Of a TCP or UDP flow, with what was kept of its packets and how fast it was.
  explicit Flow(const flow::Flow& flow, flow::FlowHistory packets = {},
                flow::Rates rates = {}) noexcept
      : flow_{flow}, packets_{std::move(packets)}, rates_{rates} {}

  [[nodiscard]] FlowId get_id() const;
  [[nodiscard]] FlowInfo get_info() const noexcept;
  /// Packets that were kept: len(flow). FlowInfo::size_pkts has had those as well that made room.
  [[nodiscard]] std::size_t size() const noexcept { return packets_.size(); }
  /// These packets, as they came. Iterators borrow from this object.
  [[nodiscard]] Iterator begin() const noexcept { return Iterator{packets_.begin()}; }
  [[nodiscard]] std::default_sentinel_t end() const noexcept { return {}; }

  /// How well the package packs the fields of these packets: of each field the runs it makes,
  /// "ttl_fields", and the values behind the first of them, "ttl_stride". From the package, as the
  /// next two.
  [[nodiscard]] std::map<std::string, std::uint64_t> get_encodings() const;
  /// The runs of the IP identification, and of the TTL.
  [[nodiscard]] std::vector<EncodedRun> get_id_encoded() const;
  [[nodiscard]] std::vector<EncodedRun> get_ttl_encoded() const;

  /// Not published: all else that weir knows of it. Borrows from this object.
  [[nodiscard]] const flow::Flow& flow() const noexcept { return flow_.flow(); }

 private:
  flow::OwnedFlow flow_;
  flow::FlowHistory packets_;
  flow::Rates rates_;
};
using FlowPointer = std::shared_ptr<const Flow>;

/// A capture that is under way, or was. From the package.
struct FParserCapInfo {
  std::string device{};
  std::string filter{};
  int snaplen = 0;
  /// Packets that passed the filter, those dropped for want of room, those dropped by the adapter.
  std::uint64_t captured_pkts = 0;
  std::uint64_t dropped_pkts = 0;
  std::uint64_t iface_dropped_pkts = 0;
};

/// How a parser stands. A value.
struct FParserInfo {
  /// Packets a second, from the first to the last by their time stamps.
  double avg_pps = 0;
  /// Active flows.
  std::uint64_t tcp_flows = 0;
  std::uint64_t udp_flows = 0;
  /// Packets that are kept of them.
  std::uint64_t tcp_pkts = 0;
  std::uint64_t udp_pkts = 0;
  /// Seconds spent ending flows by timeouts.
  double time_collecting = 0;
  /// From the package: when the first packet came, in microseconds since 1970; 0 before.
  std::int64_t first_rx = 0;
  /// From the package: one of an adapter, none of a file. At most a tenth of a second old.
  std::vector<FParserCapInfo> live_captures{};
};

/// Parses a file or an adapter in the background, from its construction on.
///
/// A flow is what one end sends to the other over TCP or UDP. It ends when it was silent for
/// flow_timeout, once its sender has closed it (FIN, RST) for fin_timeout, by the time stamps of
/// packets; on an adapter by the clock too, where none come. Everything that ends goes to the
/// callbacks, what lives at the end of the file or at stop() as well, and kill_callback comes last,
/// once.
///
/// Callbacks run on the parser's thread, one at a time, and may call everything here, also destroy
/// the FParser. What one throws is logged, and stops nothing. Any thread may call everything but
/// the destructor at any time. At the end of a file, or once the adapter is gone, the parser still
/// answers; after stop() everything else throws Error (invalid_argument). So it does in a child of
/// fork(2), where stop() and the destructor do nothing: the parser stays with the parent.
class WEIR_API FParser {
 public:
  using FlowCallback = std::function<void(const FlowPointer& flow)>;
  using KillCallback = std::function<void()>;
  /// One line without its newline. Any thread.
  using Log = std::function<void(int level, std::string_view line)>;
  static constexpr std::size_t default_history_budget = std::size_t{1} << 30;

  /// `source` is the name of an adapter, or of a file; timeouts are seconds, 0 is the next later
  /// time stamp. `filter` is pcap-filter(7), host names are looked up now. `snaplen` is for
  /// adapters: 0 to 262144 bytes of each packet, 0 for all; it has to cover the headers. Not
  /// published: with `bidirectional` both directions are one flow, which begins with who began it;
  /// `log`, without which nothing is logged; and `history_budget`, the bytes that the packets of
  /// active flows may take, as they are needed. When they are used up, the oldest packets make
  /// room, which is logged once; with 0 none are kept. Throws Error (invalid_argument),
  /// FilterError, SystemError (not_found, permission_denied, ENETDOWN), FormatError; nothing runs
  /// then.
  explicit FParser(const std::string& source, bool is_file = false, std::int64_t flow_timeout = 600,
                   std::int64_t fin_timeout = 30, const std::string& filter = "ip",
                   int snaplen = 100, int log_level = LOG_ERR, FlowCallback tcp_callback = {},
                   FlowCallback udp_callback = {}, KillCallback kill_callback = {},
                   bool bidirectional = false, Log log = {},
                   std::size_t history_budget = default_history_budget);
  FParser(const FParser&) = delete;
  FParser& operator=(const FParser&) = delete;
  /// As stop(). Afterwards nothing is called, unless a callback destroys the parser: then the rest
  /// is told without it.
  ~FParser();

  /// Ends parsing, and returns when all was told; by a callback at once, and all is told when that
  /// has returned. Again: nothing.
  void stop();
  /// Not published. As stop(), and waits that long at most: whether nothing is left to wait for.
  [[nodiscard]] bool stop_within(std::chrono::milliseconds most);
  /// Not published. Whether all was told, and kill_callback called: the thread runs nothing more.
  [[nodiscard]] bool has_ended() const noexcept;
  /// For flows told from now on; an empty one for none.
  void set_tcp_callback(FlowCallback tcp_callback);
  void set_udp_callback(FlowCallback udp_callback);
  /// The active flows as they are at one moment. Throws Error (invalid_argument) for an order that
  /// there is not. Not published: with `most` only so many, the first of the order, which alone are
  /// copied; 0 is all.
  [[nodiscard]] std::vector<FlowPointer> flow_iter(int sort_order = SORT_NONE,
                                                   std::size_t most = 0) const;
  /// The active flow of these ends; null if there is none. Throws Error (invalid_argument) for what
  /// is no IP address, or no port.
  [[nodiscard]] FlowPointer find_tcp_flow(std::string_view src_ip, int sport,
                                          std::string_view dest_ip, int dport) const;
  [[nodiscard]] FlowPointer find_udp_flow(std::string_view src_ip, int sport,
                                          std::string_view dest_ip, int dport) const;
  [[nodiscard]] FParserInfo get_info() const;

 private:
  struct WEIR_PRIVATE State;
  /// Shared with the thread, which may outlive this.
  std::shared_ptr<State> state_;
  std::thread thread_;
};

}  // namespace weir::compat::fparser

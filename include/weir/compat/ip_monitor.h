// IPMonitor, as its published document names it: packets of one adapter, or their totals, by event.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "weir/api.h"
#include "weir/error.h"
#include "weir/packet.h"

namespace weir::compat {

/// A captured packet (on_packet).
struct IPMonitorPacketEventParams {
  /// When it was received.
  Timestamp time_stamp{};
  /// Bytes on the wire; may exceed data_size (MaxPacketSize).
  std::uint32_t packet_size = 0;
  /// What was captured of it: valid until the handler returns.
  const std::uint8_t* data = nullptr;
  std::uint32_t data_size = 0;
};

/// What came since the last such event (on_statistics).
struct IPMonitorStatisticsEventParams {
  /// When it was counted.
  Timestamp time_stamp{};
  std::uint64_t captured_packets = 0;
  /// On the wire.
  std::uint64_t captured_bytes = 0;
};

/// What a handler of another event has thrown (on_error).
struct IPMonitorErrorEventParams {
  /// An ErrorCode as docs/errors.md lists it; 0 for what is not weir's.
  int error_code = 0;
  std::string description{};
};

/// Monitors one adapter: each packet, or totals, told by events, and those only from do_events().
///
/// Names, defaults and meanings are the published ones; docs/coming-from-ipmonitor.md says what was
/// decided where the document is silent, and what weir's own API has in place of each. Everything
/// that cannot be done throws Error: invalid_argument for values out of range and for settings that
/// may not change while active, FilterError for filters, SystemError for adapters and rights. One
/// thread at a time.
class WEIR_API IPMonitor {
 public:
  static constexpr int PACKET_DIRECTION_ANY = 0x00;
  static constexpr int PACKET_DIRECTION_INCOMING = 0x01;
  static constexpr int PACKET_DIRECTION_OUTGOING = 0x02;
  /// Packets are told one by one, by on_packet.
  static constexpr int PCAP_MODE_CAPT = 0x00;
  /// Totals are told, by on_statistics.
  static constexpr int PCAP_MODE_STAT = 0x01;

  IPMonitor();
  IPMonitor(const IPMonitor&) = delete;
  IPMonitor& operator=(const IPMonitor&) = delete;
  ~IPMonitor();

  /// Handlers of the events; those that hold when do_events() is called, which puts each into
  /// another function object: its copies share one state. What one throws goes to on_error; without
  /// that it leaves do_events(), and what was pending is told by the next.
  std::function<void(const IPMonitorPacketEventParams&)> on_packet;
  std::function<void(const IPMonitorStatisticsEventParams&)> on_statistics;
  std::function<void(const IPMonitorErrorEventParams&)> on_error;

  /// False; true from activate() to deactivate(), or until the adapter is gone.
  [[nodiscard]] bool get_active() const noexcept;
  /// As list_adapters() found them; 0 before.
  [[nodiscard]] int get_adapter_count() const noexcept;
  /// Empty for an index that is out of range; so the next.
  [[nodiscard]] std::string get_adapter_description(int adapter_index) const;
  /// What activate() takes.
  [[nodiscard]] std::string get_adapter_name(int adapter_index) const;
  /// The next three may be set while active, by a handler too: that holds for all that has not been
  /// told yet. From on_packet, a mode that tells totals begins with the next do_events().
  [[nodiscard]] int get_direction() const noexcept;
  void set_direction(int value);
  /// Valid until the next set_filter().
  [[nodiscard]] const std::string& get_filter() const noexcept;
  /// pcap-filter(7); host names are looked up here. One that is wrong for every link type throws
  /// here, one that is wrong for the adapter's where that is known; the old one then holds.
  void set_filter(const std::string& value);
  [[nodiscard]] int get_operation_mode() const noexcept;
  /// While active that may take a tenth of a second, and throw as activate() does; the old mode
  /// then stays.
  void set_operation_mode(int value);
  /// The application's own.
  [[nodiscard]] std::int64_t get_tag() const noexcept;
  void set_tag(std::int64_t value) noexcept;

  /// Starts to monitor an adapter; deactivates another one first. Throws SystemError (not_found,
  /// permission_denied, ENETDOWN for an adapter that is down), Error (invalid_argument), and
  /// FilterError for a filter that makes no sense for its link type; nothing is active then.
  void activate(const std::string& adapter);
  /// Ends that; nothing is told any more. Nothing while not active.
  void deactivate() noexcept;
  /// "NAME=VALUE" sets and "NAME" reads; either returns the value. Names in any case: BufferSize,
  /// MaxPacketSize, PacketTimeout, PromiscuousMode, WiFiMonitorMode; BuildInfo and LicenseInfo can
  /// only be read.
  std::string config(const std::string& configuration_string);
  /// In capture mode waits for a packet for PacketTimeout at most, then tells all that are there;
  /// in statistical mode tells the totals at once. Nothing while not active. Throws when the
  /// adapter is gone, and when called by a handler. Handlers may do everything else, also destroy
  /// the IPMonitor.
  void do_events();
  /// Not published: the same, but waits for so long at most, even if PacketTimeout is longer. True
  /// if anything was told.
  bool do_events_within(Duration longest);
  /// Since activate(), in either mode. Received are those that passed the filter, dropped ones
  /// included; what the kernel does not tell is 0.
  void get_statistics(std::int64_t& received, std::int64_t& dropped, std::int64_t& adapter_dropped);
  /// Finds the adapters of the network namespace, and "any"; needs no rights. Throws SystemError.
  void list_adapters();

 private:
  struct WEIR_PRIVATE State;
  class WEIR_PRIVATE AtWork;
  std::shared_ptr<State> state_;
};

}  // namespace weir::compat

// Pumps events until they are there.
#include "system/compat/monitored.h"

#include <chrono>
#include <thread>

namespace weir::test {

using namespace std::chrono_literals;
using compat::IPMonitorPacketEventParams;
using compat::IPMonitorStatisticsEventParams;

Monitored::Monitored(std::initializer_list<const char*> settings) {
  static_cast<void>(monitor.config("PacketTimeout=100"));
  for (const char* const setting : settings) static_cast<void>(monitor.config(setting));
  monitor.on_packet = [this](const IPMonitorPacketEventParams& event) {
    told.emplace_back(event.data, event.data + event.data_size);
  };
  monitor.on_statistics = [this](const IPMonitorStatisticsEventParams& event) {
    statistics.push_back(event);
  };
}

bool Monitored::pump(const std::function<bool()>& until) {
  for (int tries = 0; tries < 200; ++tries) {
    if (until()) return true;
    monitor.do_events();
    const bool waits = monitor.get_operation_mode() == compat::IPMonitor::PCAP_MODE_CAPT;
    if (!waits) std::this_thread::sleep_for(20ms);
  }
  return until();
}

const std::vector<Octets>& Monitored::packets(std::size_t count) {
  pump([&] { return told.size() >= count; });
  monitor.do_events();
  return told;
}

std::uint64_t Monitored::counted(std::uint64_t count) {
  std::uint64_t sum = 0;
  const auto add = [&] {
    sum = 0;
    for (const auto& event : statistics) sum += event.captured_packets;
    return sum >= count;
  };
  pump(add);
  return sum;
}

Octets datagram_of(std::uint16_t port, std::size_t size) {
  return frame(eth(0x0800), ip4(17), udp(port), rest(size - 42));
}

void send(const std::string& adapter, const std::vector<Octets>& frames) {
  const FrameSender sender{adapter};
  for (const Octets& frame : frames) sender.send(frame);
}

std::vector<std::int64_t> statistics_of(compat::IPMonitor& monitor) {
  std::vector<std::int64_t> counts(3, -1);
  monitor.get_statistics(counts[0], counts[1], counts[2]);
  return counts;
}

}  // namespace weir::test

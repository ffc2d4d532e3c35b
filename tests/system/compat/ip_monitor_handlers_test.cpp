// Handlers of IPMonitor that do what handlers may do: everything.
#include <gtest/gtest.h>

#include <memory>
#include <stdexcept>

#include "system/compat/monitored.h"

namespace weir::test {
namespace {

using compat::IPMonitor;
using compat::IPMonitorErrorEventParams;
using compat::IPMonitorPacketEventParams;
using IpMonitorHandlers = LiveTest;

TEST_F(IpMonitorHandlers, TellOnErrorWhatTheyThrow) {
  //
  Monitored far;
  far.activate();
  std::vector<IPMonitorErrorEventParams> errors;
  far.monitor.on_error = [&](const auto& event) { errors.push_back(event); };
  far.monitor.on_packet = [&](const auto&) {
    if (errors.empty()) throw std::runtime_error{"from the handler"};
    far.monitor.set_filter("no such words");
  };
  send("near", {datagram_of(1), datagram_of(2)});
  ASSERT_TRUE(far.pump([&] { return errors.size() == 2; }));
  EXPECT_EQ(errors[0].error_code, 0);
  EXPECT_EQ(errors[0].description, "from the handler");
  EXPECT_EQ(errors[1].error_code, static_cast<int>(ErrorCode::filter_syntax));
}

TEST_F(IpMonitorHandlers, TellOnErrorAlsoOfWhatIsNoException) {
  //
  Monitored far;
  far.activate();
  std::vector<std::string> errors;
  far.monitor.on_packet = [](const auto&) { throw 5; };
  send("near", {datagram_of(1)});
  EXPECT_THROW(far.pump([] { return false; }), int);
  far.monitor.on_error = [&](const auto& event) { errors.push_back(event.description); };
  send("near", {datagram_of(2)});
  EXPECT_TRUE(far.pump([&] { return errors.size() == 1; }));
}

TEST_F(IpMonitorHandlers, KeepTheirState) {
  // from call to call, copies too
  Monitored far;
  far.activate();
  std::vector<int> numbers;
  far.monitor.on_packet = [&, number = 0](const auto&) mutable { numbers.push_back(++number); };
  for (std::size_t calls = 1; calls <= 3; ++calls) {
    send("near", {datagram_of(1)});
    ASSERT_TRUE(far.pump([&] { return numbers.size() == calls; }));
    far.monitor.on_packet = std::function{far.monitor.on_packet};
  }
  EXPECT_EQ(numbers, (std::vector{1, 2, 3}));
}

TEST_F(IpMonitorHandlers, ThrowOutOfDoEventsWithoutOnError) {
  //
  Monitored far;
  far.activate();
  const auto keep = far.monitor.on_packet;
  far.monitor.on_packet = [](const auto&) { throw std::logic_error{"first"}; };
  send("near", {datagram_of(1), datagram_of(2)});
  EXPECT_THROW(far.pump([] { return false; }), std::logic_error);
  far.monitor.on_packet = keep;
  EXPECT_EQ(far.packets(1), std::vector<Octets>{datagram_of(2)}) << "goes on with the next";
  far.monitor.on_packet = [](const auto&) { throw std::logic_error{"first"}; };
  far.monitor.on_error = [](const auto&) { throw std::out_of_range{"of on_error"}; };
  send("near", {datagram_of(3)});
  EXPECT_THROW(far.pump([] { return false; }), std::out_of_range);
}

TEST_F(IpMonitorHandlers, MayReplaceThemselves) {
  //
  Monitored far;
  far.activate();
  int first = 0;
  const auto keep = far.monitor.on_packet;
  far.monitor.on_packet = [&, held = std::string(100, 'x')](const auto&) {
    far.monitor.on_packet = keep;
    first += held.size() == 100 ? 1 : 0;
  };
  send("near", {datagram_of(1)});
  ASSERT_TRUE(far.pump([&] { return first == 1; }));
  send("near", {datagram_of(2)});
  EXPECT_EQ(far.packets(1), std::vector<Octets>{datagram_of(2)});
  far.monitor.on_packet = nullptr;
  send("near", {datagram_of(3)});
  far.monitor.do_events();
  EXPECT_EQ(far.told.size(), 1U);
}

TEST_F(IpMonitorHandlers, MayDeactivateAndTheirPacketStays) {
  //
  Monitored far;
  far.activate();
  far.monitor.on_packet = [&](const IPMonitorPacketEventParams& event) {
    far.monitor.deactivate();
    far.told.emplace_back(event.data, event.data + event.data_size);
  };
  send("near", {datagram_of(1), datagram_of(2)});
  ASSERT_TRUE(far.pump([&] { return !far.monitor.get_active(); }));
  EXPECT_EQ(far.told, std::vector<Octets>{datagram_of(1)});
}

TEST_F(IpMonitorHandlers, MayActivateAnotherAdapter) {
  //
  Monitored far;
  far.activate();
  far.monitor.on_packet = [&](const IPMonitorPacketEventParams& event) {
    if (far.told.empty()) {
      far.activate("near");
      send("far", {datagram_of(7)});
    }
    far.told.emplace_back(event.data, event.data + event.data_size);
  };
  send("near", {datagram_of(1), datagram_of(2)});
  EXPECT_EQ(far.packets(2), (std::vector<Octets>{datagram_of(1), datagram_of(7)}));
}

TEST_F(IpMonitorHandlers, MayChangeFilterDirectionAndMode) {
  // A-12 A-14 A-15
  Monitored far;
  far.activate();
  far.monitor.on_packet = [&](const IPMonitorPacketEventParams& event) {
    far.told.emplace_back(event.data, event.data + event.data_size);
    if (far.told.size() == 1) far.monitor.set_filter("udp port 3 or udp port 4");
    if (far.told.size() == 2) far.totals();
  };
  send("near", {datagram_of(1), datagram_of(2), datagram_of(3), datagram_of(4)});
  EXPECT_EQ(far.counted(1), 1U) << "the last of them";
  EXPECT_EQ(far.told, (std::vector<Octets>{datagram_of(1), datagram_of(3)}));
  far.monitor.on_statistics = [&](const auto&) {
    far.monitor.set_operation_mode(IPMonitor::PCAP_MODE_CAPT);
    far.monitor.set_direction(IPMonitor::PACKET_DIRECTION_OUTGOING);
    send("near", {datagram_of(3)});
    send("far", {datagram_of(4)});
  };
  far.monitor.do_events();
  EXPECT_EQ(far.packets(3).back(), datagram_of(4));
  EXPECT_EQ(far.told.size(), 3U);
}

TEST_F(IpMonitorHandlers, MayTurnTheDirectionOfWhatWaits) {
  // A-12 A-19
  Monitored far;
  far.activate();
  const auto keep = far.monitor.on_packet;
  far.monitor.on_packet = [&](const auto& event) {
    keep(event);
    far.monitor.set_direction(IPMonitor::PACKET_DIRECTION_OUTGOING);
  };
  send("near", {datagram_of(1), datagram_of(2)});
  send("far", {datagram_of(3)});
  send("near", {datagram_of(4)});
  EXPECT_EQ(far.packets(2), (std::vector<Octets>{datagram_of(1), datagram_of(3)}));
  far.told.clear();
  far.monitor.set_direction(IPMonitor::PACKET_DIRECTION_ANY);
  far.monitor.on_packet = [&](const auto& event) {
    keep(event);
    far.monitor.set_direction(IPMonitor::PACKET_DIRECTION_INCOMING);
  };
  send("far", {datagram_of(5), datagram_of(6)});
  send("near", {datagram_of(7)});
  EXPECT_EQ(far.packets(2), (std::vector<Octets>{datagram_of(5), datagram_of(7)}));
}

TEST_F(IpMonitorHandlers, MayNotCallDoEvents) {
  //
  Monitored far;
  far.activate();
  int refused = 0;
  far.monitor.on_packet = [&](const auto&) {
    try {
      far.monitor.do_events();
    } catch (const Error& error) {
      refused += error.code() == ErrorCode::invalid_argument ? 1 : 0;
    }
  };
  send("near", {datagram_of(1)});
  EXPECT_TRUE(far.pump([&] { return refused == 1; }));
}

TEST_F(IpMonitorHandlers, MayDestroyTheirMonitor) {
  //
  auto monitor = std::make_unique<IPMonitor>();
  monitor->activate("far");
  std::vector<Octets> told;
  monitor->on_packet = [&](const IPMonitorPacketEventParams& event) {
    monitor.reset();
    told.emplace_back(event.data, event.data + event.data_size);
  };
  send("near", {datagram_of(1), datagram_of(2)});
  while (monitor) monitor->do_events();
  EXPECT_EQ(told, std::vector<Octets>{datagram_of(1)});
}

TEST_F(IpMonitorHandlers, OfTwoMonitorsAreApart) {
  //
  Monitored first;
  Monitored second;
  second.monitor.set_filter("udp port 2");
  first.activate();
  second.activate();
  const auto keep = first.monitor.on_packet;
  first.monitor.on_packet = [&](const auto& event) {
    static_cast<void>(second.packets(1));
    keep(event);
  };
  send("near", {datagram_of(1), datagram_of(2)});
  EXPECT_EQ(first.packets(2).size(), 2U);
  EXPECT_EQ(second.told, std::vector<Octets>{datagram_of(2)});
}

}  // namespace
}  // namespace weir::test

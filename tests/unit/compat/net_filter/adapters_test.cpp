// Adapters of NetFilter: what is said of each, and what is set for it.
#include <algorithm>
#include <limits>

#include "unit/compat/net_filter/initialized.h"

namespace weir::test {
namespace {

using compat::NetFilter;

class NetFilterAdapters : public InitializedTest {
 protected:
  void SetUp() override {
    InitializedTest::SetUp();
    if (IsSkipped()) return;
    ip("link add near type veth peer name far");
    ip("link set near alias uplink");
    filter.list_adapters();
  }
};

TEST_F(NetFilterAdapters, AreThoseOfThisMachine) {
  // B-11 B-14 B-15 B-16 B-17 B-18 B-20 B-24 B-82
  auto known = capture::adapters();
  std::erase_if(known, [](const auto& adapter) { return adapter.id == 0; });
  ASSERT_EQ(static_cast<std::size_t>(filter.get_adapter_count()), known.size());
  for (int i = 0; i < filter.get_adapter_count(); ++i) {
    const auto found = std::ranges::find(known, filter.get_adapter_id(i), [](const auto& adapter) {
      return static_cast<int>(adapter.id);
    });
    ASSERT_NE(found, known.end());
    EXPECT_EQ(filter.get_adapter_name(i), found->name);
    EXPECT_EQ(filter.get_adapter_description(i), found->description);
    EXPECT_EQ(filter.get_adapter_friendly_name(i),
              found->friendly_name.empty() ? found->name : found->friendly_name);
    EXPECT_EQ(filter.get_adapter_interface_type(i), static_cast<int>(found->type));
    EXPECT_EQ(filter.get_adapter_mac_address(i), found->mac);
    EXPECT_EQ(filter.get_adapter_wi_fi_monitor_mode_supported(i), found->monitor.value_or(false));
    known.erase(found);
  }
}

TEST_F(NetFilterAdapters, HaveWhatDescribesThem) {
  // B-14 B-15 B-17 B-18 B-20
  ip("link set near address 02:00:5e:10:00:0a");
  filter.list_adapters();
  int index = 0;
  while (index < filter.get_adapter_count() && filter.get_adapter_name(index) != "near") ++index;
  EXPECT_EQ(filter.get_adapter_friendly_name(index), "uplink");
  EXPECT_EQ(filter.get_adapter_mac_address(index), "02-00-5E-10-00-0A");
  EXPECT_EQ(filter.get_adapter_interface_type(index), 6);
  EXPECT_NE(filter.get_adapter_description(index), "");
}

TEST_F(NetFilterAdapters, KeepWhatIsSet) {
  // B-12 B-13 B-19 B-21 B-22 B-23: however often they are listed
  filter.set_adapter_buffer_size(0, 64);
  filter.set_adapter_collect_statistics(0, false);
  filter.set_adapter_max_packet_bytes(0, 128);
  filter.set_adapter_packet_timeout(0, 5);
  filter.set_adapter_promiscuous_mode(0, true);
  filter.set_adapter_wi_fi_monitor_mode(0, true);
  filter.list_adapters();
  EXPECT_EQ(filter.get_adapter_buffer_size(0), 64);
  EXPECT_FALSE(filter.get_adapter_collect_statistics(0));
  EXPECT_EQ(filter.get_adapter_max_packet_bytes(0), 128);
  EXPECT_EQ(filter.get_adapter_packet_timeout(0), 5);
  EXPECT_TRUE(filter.get_adapter_promiscuous_mode(0));
  EXPECT_TRUE(filter.get_adapter_wi_fi_monitor_mode(0));
  EXPECT_EQ(filter.get_adapter_buffer_size(filter.get_adapter_count()), 1024);
  NetFilter other;
  other.initialize(guid);
  other.list_adapters();
  EXPECT_EQ(other.get_adapter_max_packet_bytes(0), 262144);
}

TEST_F(NetFilterAdapters, ShowAllOfAPacketForZero) {
  // B-19
  filter.set_adapter_max_packet_bytes(0, 1);
  filter.set_adapter_max_packet_bytes(0, 0);
  EXPECT_EQ(filter.get_adapter_max_packet_bytes(0), 262144);
}

TEST_F(NetFilterAdapters, RefuseWhatIsOutOfRange) {
  // B-12 B-19 B-21
  constexpr int least = std::numeric_limits<int>::min();
  constexpr int most = std::numeric_limits<int>::max();
  for (const int value : {-1, least, (1 << 21) + 1, most}) {
    EXPECT_EQ(code_of([&] { filter.set_adapter_buffer_size(0, value); }), 87) << value;
  }
  for (const int value : {-1, least, 262'145, most}) {
    EXPECT_EQ(code_of([&] { filter.set_adapter_max_packet_bytes(0, value); }), 87) << value;
  }
  for (const int value : {0, -1, least, most}) {
    EXPECT_EQ(code_of([&] { filter.set_adapter_packet_timeout(0, value); }), 87) << value;
  }
  EXPECT_EQ(filter.get_adapter_buffer_size(0), 1024);
  EXPECT_EQ(filter.get_adapter_max_packet_bytes(0), 262144);
  EXPECT_EQ(filter.get_adapter_packet_timeout(0), 1000);
}

TEST_F(NetFilterAdapters, BeyondTheirNumberCannotBeSet) {
  // B-12 B-13 B-19 B-21 B-22 B-23
  for (const int index : {-1, filter.get_adapter_count(), std::numeric_limits<int>::max(),
                          std::numeric_limits<int>::min()}) {
    EXPECT_EQ(code_of([&] { filter.set_adapter_buffer_size(index, 1); }), 87);
    EXPECT_EQ(code_of([&] { filter.set_adapter_collect_statistics(index, false); }), 87);
    EXPECT_EQ(code_of([&] { filter.set_adapter_max_packet_bytes(index, 1); }), 87);
    EXPECT_EQ(code_of([&] { filter.set_adapter_packet_timeout(index, 1); }), 87);
    EXPECT_EQ(code_of([&] { filter.set_adapter_promiscuous_mode(index, true); }), 87);
    EXPECT_EQ(code_of([&] { filter.set_adapter_wi_fi_monitor_mode(index, true); }), 87);
  }
}

TEST_F(NetFilterAdapters, ThatAreNotAreNowhereToSend) {
  // B-87 B-88 B-89 B-91
  const std::vector<std::uint8_t> frame(60);
  for (const int id : {0, -2, std::numeric_limits<int>::max(), std::numeric_limits<int>::min()}) {
    EXPECT_EQ(code_of([&] { filter.send_packet(id, frame, 1, false); }),
              NetFilter::ERROR_NOT_FOUND);
    EXPECT_EQ(code_of([&] { filter.send_packet(id, frame, 1, true); }), NetFilter::ERROR_NOT_FOUND);
    EXPECT_EQ(code_of([&] { filter.insert_incoming_packet(id, frame); }),
              NetFilter::ERROR_NOT_FOUND);
    EXPECT_EQ(code_of([&] { filter.flush_send_buffer(id); }), NetFilter::ERROR_NOT_FOUND);
    EXPECT_EQ(code_of([&] { filter.get_statistics(id); }), NetFilter::ERROR_NOT_FOUND);
  }
  filter.flush_send_buffer(-1);
}

TEST_F(NetFilterAdapters, TakePacketsInNumbersThatMakeSense) {
  // B-87: and buffers are bounded
  const int lo = loopback();
  const std::vector<std::uint8_t> frame(60);
  for (const int times : {0, -1, 1'000'001, std::numeric_limits<int>::min()}) {
    EXPECT_EQ(code_of([&] { filter.send_packet(lo, frame, times, true); }), 87) << times;
    EXPECT_EQ(code_of([&] { filter.send_packet(lo, frame, times, false); }), 87) << times;
  }
  EXPECT_EQ(code_of([&] { filter.send_packet(lo, {}, 1, true); }), 87);
  EXPECT_EQ(code_of([&] { filter.send_packet(lo, std::vector<std::uint8_t>(70'000), 1, true); }),
            87);
  filter.send_packet(lo, frame, 1'000'000, true);
  EXPECT_EQ(code_of([&] { filter.send_packet(lo, frame, 1'000'000, true); }),
            NetFilter::ERROR_INSUFFICIENT_BUFFER);
}

}  // namespace
}  // namespace weir::test

// Netmasks, networks, the default adapter, and what is so on every machine.
#include "weir/capture/adapter.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "weir/error.h"

namespace weir::capture {
namespace {

AdapterAddress address_of(const char* text, std::uint8_t prefix_length) {
  return {.address = *parse_ip(text), .prefix_length = prefix_length};
}

TEST(AdapterAddress, HasANetmaskAndANetwork) {
  struct Row {
    const char* address;
    std::uint8_t prefix_length;
    const char* netmask;
    const char* network;
  };
  for (const auto& [address, prefix_length, netmask, network] : {
           Row{"192.0.2.77", 24, "255.255.255.0", "192.0.2.0"},
           Row{"192.0.2.77", 0, "0.0.0.0", "0.0.0.0"},
           Row{"192.0.2.77", 32, "255.255.255.255", "192.0.2.77"},
           Row{"192.0.2.255", 27, "255.255.255.224", "192.0.2.224"},
           Row{"192.0.2.77", 255, "255.255.255.255", "192.0.2.77"},
           Row{"2001:db8:1:2:3:4:5:6", 64, "ffff:ffff:ffff:ffff::", "2001:db8:1:2::"},
           Row{"2001:db8::ffff", 127, "ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffe", "2001:db8::fffe"},
       }) {
    const auto row = address_of(address, prefix_length);
    EXPECT_EQ(to_string(netmask_of(row)), netmask) << address << '/' << int{prefix_length};
    EXPECT_EQ(to_string(network_of(row)), network) << address << '/' << int{prefix_length};
  }
}

TEST(AdapterAddress, NetworkOfAPointToPointLinkIsThePeers) {
  auto address = address_of("192.0.2.1", 24);
  address.peer = parse_ip("198.51.100.9");
  EXPECT_EQ(to_string(network_of(address)), "198.51.100.0");
}

TEST(AdapterAddress, WithoutAnAddressHasNoMask) {
  EXPECT_EQ(netmask_of({}).version(), 0);
  EXPECT_EQ(network_of({}).version(), 0);
}

TEST(DefaultAdapter, IsTheFirstThatIsUpNoLoopbackAndHasAnAddress) {
  const auto ready = AdapterFlags::up | AdapterFlags::running;
  const std::vector addresses{address_of("192.0.2.1", 24)};
  std::vector<Adapter> all{
      {.id = 1, .addresses = addresses, .flags = ready | AdapterFlags::loopback},
      {.id = 2, .addresses = addresses, .flags = AdapterFlags::up},
      {.id = 3, .addresses = addresses, .flags = AdapterFlags::running},
      {.id = 4, .flags = ready},
  };
  EXPECT_EQ(default_adapter(all), nullptr);
  all.push_back({.id = 5, .addresses = addresses, .flags = ready});
  all.push_back({.id = 6, .addresses = addresses, .flags = ready});
  EXPECT_EQ(default_adapter(all), &all[4]);
}

TEST(Adapters, EndWithThePseudoAdapter) {
  const auto all = adapters();
  ASSERT_GE(all.size(), 2u);
  EXPECT_EQ(all.back().id, 0u);
  EXPECT_EQ(all.back().name, "any");
  EXPECT_EQ(all.back().link_type, LinkType::linux_sll2);
  EXPECT_TRUE(std::is_sorted(all.begin(), all.end() - 1,
                             [](const Adapter& a, const Adapter& b) { return a.id < b.id; }));
}

TEST(Adapters, AreFoundByName) {
  EXPECT_EQ(adapter("any").id, 0u);
  const Adapter loopback = adapter("lo");
  EXPECT_EQ(loopback.type, 24u);
  EXPECT_TRUE(has(loopback.flags, AdapterFlags::loopback));
  EXPECT_EQ(loopback.mac, "");
  EXPECT_EQ(loopback.description, "loopback");
}

TEST(Adapters, OneThatIsNotThereIsNamed) {
  try {
    static_cast<void>(adapter("nosuch0"));
    FAIL();
  } catch (const SystemError& error) {
    EXPECT_EQ(error.code(), ErrorCode::not_found);
    EXPECT_EQ(std::string{error.what()}, "adapter nosuch0: No such device");
  }
}

}  // namespace
}  // namespace weir::capture

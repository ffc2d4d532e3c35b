// Adapters as ip(8) and libpcap see them, in a network namespace made for the test.
#include "weir/capture/adapter.h"

#include <gtest/gtest.h>
#include <net/if.h>
#include <pcap/pcap.h>
#include <unistd.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "system/network_namespace.h"

namespace weir::capture {
namespace {

using Json = nlohmann::json;
using test::ip;

class Adapters : public test::NetworkTest {
 protected:
  /// By name.
  static std::map<std::string, Adapter> all() {
    std::map<std::string, Adapter> found;
    for (Adapter& adapter : adapters()) found[adapter.name] = adapter;
    return found;
  }
};

/// One of everything that can be made without hardware.
void make_adapters() {
  ip("link add v0 numtxqueues 3 numrxqueues 2 address 02:00:5e:10:ab:01 mtu 1400 type veth "
     "peer name v1");
  ip("link add v2 type veth peer name v3");
  ip("link add br0 type bridge");
  ip("link add mv0 link v2 type macvlan");
  ip("link set v3 master br0");
  ip("link set v0 alias 'to the lab'");
  ip("link property add dev v0 altname uplink altname second");
  ip("link property add dev v1 altname a_name_that_is_longer_than_sixteen_characters");
  ip("link set up lo");
  // Without link-local addresses, which are assigned when detection of duplicates has ended.
  for (const char* name : {"v0", "v1", "v2", "br0"}) {
    ip(std::string{"link set up addrgenmode none dev "} + name);
  }
  ip("link set v2 promisc on");
  // Where there is no such device, there is one kind less.
  if (::access("/dev/net/tun", R_OK | W_OK) == 0) {
    ip("tuntap add tun0 mode tun");
    ip("tuntap add tap0 mode tap");
    ip("link set up addrgenmode none dev tun0");
  }
  ip("address add 192.0.2.1/24 brd 192.0.2.255 dev v0");
  ip("address add 192.0.2.2/24 dev v0");
  ip("address add 2001:db8::1/64 dev v0 nodad");
  ip("address add 198.51.100.1 peer 198.51.100.2/32 dev v1");
  ip("address add 2001:db8:1::1 peer 2001:db8:1::2/128 dev v1 nodad");
}

std::string mac_of(const Json& link) {
  std::string mac = link.value("address", "");
  if (mac == "00:00:00:00:00:00") return "";
  std::ranges::replace(mac, ':', '-');
  std::ranges::transform(mac, mac.begin(), [](unsigned char c) { return std::toupper(c); });
  return mac;
}

void compare_flags(const Adapter& adapter, const Json& link) {
  const auto& flags = link["flags"];
  const auto is_set = [&](const char* flag) { return std::ranges::count(flags, flag) != 0; };
  EXPECT_EQ(has(adapter.flags, AdapterFlags::up), is_set("UP"));
  EXPECT_EQ(has(adapter.flags, AdapterFlags::loopback), is_set("LOOPBACK"));
  EXPECT_EQ(has(adapter.flags, AdapterFlags::broadcast), is_set("BROADCAST"));
  EXPECT_EQ(has(adapter.flags, AdapterFlags::multicast), is_set("MULTICAST"));
  EXPECT_EQ(has(adapter.flags, AdapterFlags::point_to_point), is_set("POINTOPOINT"));
  EXPECT_EQ(has(adapter.flags, AdapterFlags::promiscuous), link["promiscuity"] != 0);
  const bool is_ready = link["operstate"] == "UP" || link["operstate"] == "UNKNOWN";
  EXPECT_EQ(is_up(adapter), is_set("UP") && is_ready);
  if (is_set("UP")) {
    EXPECT_EQ(adapter.carrier, !is_set("NO-CARRIER"));
  }
}

void compare_link(const Adapter& adapter, const Json& link) {
  EXPECT_EQ(adapter.id, link["ifindex"]);
  EXPECT_EQ(adapter.mtu, link["mtu"]);
  EXPECT_EQ(adapter.mac, mac_of(link));
  EXPECT_EQ(adapter.receive_queues, link["num_rx_queues"]);
  EXPECT_EQ(adapter.transmit_queues, link["num_tx_queues"]);
  const auto names = link.value("altnames", std::vector<std::string>{});
  EXPECT_EQ(adapter.alternative_names, names);
  const std::string first = names.empty() ? "" : names.front();
  EXPECT_EQ(adapter.friendly_name, link.value("ifalias", first));
  if (link.contains("linkinfo") && link["linkinfo"].contains("info_kind")) {
    EXPECT_EQ(adapter.description, link["linkinfo"]["info_kind"].get<std::string>());
  }
  compare_flags(adapter, link);
}

void compare_addresses(const Adapter& adapter, const Json& row) {
  ASSERT_EQ(adapter.addresses.size(), row["addr_info"].size());
  for (std::size_t i = 0; i < adapter.addresses.size(); ++i) {
    const AdapterAddress& ours = adapter.addresses[i];
    const Json& theirs = row["addr_info"][i];
    EXPECT_EQ(to_string(ours.address), theirs["local"].get<std::string>());
    EXPECT_EQ(ours.prefix_length, theirs["prefixlen"]);
    EXPECT_EQ(ours.broadcast ? to_string(*ours.broadcast) : "", theirs.value("broadcast", ""));
    EXPECT_EQ(ours.peer ? to_string(*ours.peer) : "", theirs.value("address", ""));
  }
}

TEST_F(Adapters, AreWhatIpSays) {
  make_adapters();
  const auto links = Json::parse(test::output_of_ip("-j -d link"));
  const auto addresses = Json::parse(test::output_of_ip("-j address"));
  const auto ours = all();
  EXPECT_EQ(ours.size(), links.size() + 1);
  EXPECT_GE(ours.size(), 8u);
  for (const Json& link : links) {
    SCOPED_TRACE(link["ifname"]);
    ASSERT_TRUE(ours.contains(link["ifname"]));
    compare_link(ours.at(link["ifname"]), link);
  }
  for (const Json& row : addresses) {
    SCOPED_TRACE(row["ifname"]);
    compare_addresses(ours.at(row["ifname"]), row);
  }
}

TEST_F(Adapters, HaveTypeAndSpeed) {
  make_adapters();
  const auto ours = all();
  EXPECT_EQ(ours.at("lo").type, 24u);
  EXPECT_EQ(ours.at("v0").type, 6u);
  EXPECT_EQ(ours.at("br0").type, 209u);
  EXPECT_EQ(ours.at("v0").speed, 10'000u);
  EXPECT_FALSE(ours.at("lo").speed);
  EXPECT_FALSE(ours.at("v0").monitor);
}

TEST_F(Adapters, AreThoseOfLibpcapWithItsLinkTypes) {
  make_adapters();
  char error[PCAP_ERRBUF_SIZE] = "";
  pcap_if_t* devices = nullptr;
  ASSERT_EQ(pcap_findalldevs(&devices, error), 0) << error;
  std::set<std::string> theirs;
  for (const pcap_if_t* device = devices; device != nullptr; device = device->next) {
    // It has things that are no adapters, too.
    const std::string name = device->name;
    if (name == "any" || if_nametoindex(device->name) != 0) theirs.insert(name);
  }
  pcap_freealldevs(devices);
  std::set<std::string> names;
  for (const auto& [name, adapter] : all()) {
    names.insert(name);
    pcap_t* const handle = pcap_create(name.c_str(), error);
    ASSERT_NE(handle, nullptr) << error;
    if (has(adapter.flags, AdapterFlags::up) && name != "any" && pcap_activate(handle) >= 0) {
      EXPECT_EQ(dlt(adapter.link_type), pcap_datalink(handle)) << name;
    }
    pcap_close(handle);
  }
  EXPECT_EQ(names, theirs);
}

TEST_F(Adapters, AreFoundByAlternativeName) {
  make_adapters();
  EXPECT_EQ(adapter("second").name, "v0");
  EXPECT_EQ(adapter("a_name_that_is_longer_than_sixteen_characters").name, "v1");
}

TEST_F(Adapters, TheDefaultOneIsUpAndHasAnAddress) {
  EXPECT_FALSE(default_adapter());
  ip("link set up lo");
  ip("link add v0 type veth peer name v1");
  ip("link add v2 type veth peer name v3");
  EXPECT_FALSE(default_adapter());
  for (const char* name : {"v2", "v3"}) {
    ip(std::string{"link set "} + name + " addrgenmode none");
    ip(std::string{"link set up "} + name);
  }
  EXPECT_FALSE(default_adapter());
  ip("address add 192.0.2.1/24 dev v0");
  EXPECT_FALSE(default_adapter()) << "down";
  ip("address add 192.0.2.2/24 dev v2");
  ASSERT_TRUE(default_adapter());
  EXPECT_EQ(default_adapter()->name, "v2");
}

TEST_F(Adapters, ManyAreAllListed) {
  std::string lines;
  for (int i = 0; i < 150; ++i) {
    const std::string number = std::to_string(i);
    lines += "link add a" + number + " type veth peer name b" + number + "\naddress add 192.0.2." +
             number + "/24 dev a" + number + '\n';
  }
  test::ip_batch(lines);
  const auto ours = all();
  EXPECT_EQ(ours.size(), 302u);
  for (int i = 0; i < 150; ++i) {
    const Adapter& adapter = ours.at("a" + std::to_string(i));
    ASSERT_EQ(adapter.addresses.size(), 1u);
    EXPECT_EQ(to_string(adapter.addresses[0].address), "192.0.2." + std::to_string(i));
  }
}

}  // namespace
}  // namespace weir::capture

// What changes of adapters are told as.
#include "capture/adapter/adapter_list.h"

#include <gtest/gtest.h>

#include "capture/adapter/adapter_query.h"

namespace weir::capture {
namespace {

using Kind = AdapterEvent::Kind;

constexpr auto ready = AdapterFlags::up | AdapterFlags::running;

Adapter made(std::uint32_t id, const char* name, AdapterFlags flags = AdapterFlags::none) {
  return {.id = id, .name = name, .mtu = 1500, .flags = flags};
}

AddressFacts address(std::uint32_t id, const char* text, std::uint8_t prefix_length = 24) {
  return {id, {.address = *parse_ip(text), .prefix_length = prefix_length}};
}

class List : public testing::Test {
 protected:
  /// Kind, name after and name before of each event since the last call.
  std::vector<std::string> told() {
    std::vector<std::string> lines;
    for (const AdapterEvent& event : list_.take_events()) {
      lines.push_back(std::string{name(event.kind)} + ' ' + event.adapter.name +
                      (event.old_name.empty() ? "" : " was " + event.old_name));
    }
    return lines;
  }
  std::vector<std::uint32_t> ids() {
    std::vector<std::uint32_t> all;
    for (const Adapter& adapter : list_.adapters()) all.push_back(adapter.id);
    return all;
  }

  AdapterList list_{{made(2, "b"), made(5, "e"), any_adapter()}};
};

using Lines = std::vector<std::string>;

TEST_F(List, NewAdaptersAreAddedInOrderOfId) {
  list_.put(made(9, "i"));
  list_.put(made(1, "a", ready));
  list_.put(made(3, "c"));
  EXPECT_EQ(told(), (Lines{"added i", "added a", "added c"}));
  EXPECT_EQ(ids(), (std::vector<std::uint32_t>{1, 2, 3, 5, 9, 0}));
}

TEST_F(List, WhatChangesNothingIsNoEvent) {
  list_.put(made(2, "b"));
  list_.remove(77);
  list_.put_address(address(77, "192.0.2.1"));
  list_.remove_address(address(2, "192.0.2.1"));
  EXPECT_EQ(told(), Lines{});
}

TEST_F(List, RemovedAdaptersAreToldAsTheyWere) {
  list_.put_address(address(5, "192.0.2.1"));
  static_cast<void>(told());
  list_.remove(5);
  const auto events = list_.take_events();
  ASSERT_EQ(events.size(), 1u);
  EXPECT_EQ(events[0].kind, Kind::removed);
  EXPECT_EQ(events[0].adapter.addresses.size(), 1u);
  EXPECT_EQ(ids(), (std::vector<std::uint32_t>{2, 0}));
  EXPECT_EQ(list_.find(5), nullptr);
}

TEST_F(List, ThePseudoAdapterStays) {
  list_.remove(0);
  EXPECT_EQ(told(), Lines{});
  EXPECT_EQ(ids().back(), 0u);
}

TEST_F(List, UpTakesBothTheAdministratorAndACarrier) {
  list_.put(made(2, "b", AdapterFlags::up));
  EXPECT_EQ(told(), Lines{"changed b"});
  list_.put(made(2, "b", ready));
  EXPECT_EQ(told(), Lines{"up b"});
  list_.put(made(2, "b", AdapterFlags::up));
  EXPECT_EQ(told(), Lines{"down b"});
  list_.put(made(2, "b", ready));
  list_.put(made(2, "b"));
  EXPECT_EQ(told(), (Lines{"up b", "down b"}));
}

TEST_F(List, ARenameTellsTheOldName) {
  list_.put(made(2, "x"));
  list_.put(made(5, "y", ready));
  EXPECT_EQ(told(), (Lines{"renamed x was b", "renamed y was e", "up y"}));
}

TEST_F(List, OtherChangesAreTold) {
  Adapter now = made(2, "b");
  now.mtu = 9000;
  list_.put(now);
  EXPECT_EQ(told(), Lines{"changed b"});
  EXPECT_EQ(list_.find(2)->mtu, 9000u);
}

TEST_F(List, AddressesComeAndGo) {
  list_.put_address(address(2, "2001:db8::1", 64));
  list_.put_address(address(2, "192.0.2.1"));
  list_.put_address(address(2, "192.0.2.1"));
  EXPECT_EQ(told(), (Lines{"changed b", "changed b"}));
  ASSERT_EQ(list_.find(2)->addresses.size(), 2u);
  EXPECT_EQ(list_.find(2)->addresses[0].address.version(), 4);
  list_.remove_address(address(2, "192.0.2.1", 25));
  EXPECT_EQ(told(), Lines{});
  list_.remove_address(address(2, "192.0.2.1"));
  EXPECT_EQ(told(), Lines{"changed b"});
  EXPECT_EQ(list_.find(2)->addresses.size(), 1u);
}

TEST_F(List, AnAddressWithAnotherBroadcastIsTheSame) {
  auto facts = address(2, "192.0.2.1");
  list_.put_address(facts);
  facts.address.broadcast = parse_ip("192.0.2.255");
  list_.put_address(facts);
  EXPECT_EQ(told(), (Lines{"changed b", "changed b"}));
  EXPECT_EQ(list_.find(2)->addresses, std::vector{facts.address});
}

TEST_F(List, ALinkMessageKeepsTheAddresses) {
  list_.put_address(address(2, "192.0.2.1"));
  list_.put(made(2, "b", ready));
  EXPECT_EQ(told(), (Lines{"changed b", "up b"}));
  EXPECT_EQ(list_.find(2)->addresses.size(), 1u);
}

TEST_F(List, ReplacingTellsWhatDiffers) {
  list_.put_address(address(2, "192.0.2.1"));
  list_.put_address(address(2, "192.0.2.2"));
  static_cast<void>(told());
  Adapter same = *list_.find(2);
  std::swap(same.addresses[0], same.addresses[1]);
  list_.replace({same, made(7, "g"), any_adapter()});
  EXPECT_EQ(told(), (Lines{"removed e", "added g"}));
  list_.replace({made(2, "b"), made(7, "h", ready), any_adapter()});
  EXPECT_EQ(told(), (Lines{"changed b", "renamed h was g", "up h"}));
  EXPECT_EQ(ids(), (std::vector<std::uint32_t>{2, 7, 0}));
}

}  // namespace
}  // namespace weir::capture

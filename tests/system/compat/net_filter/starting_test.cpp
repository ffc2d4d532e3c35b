// Who may start a filter, and several beside each other.
#include <gtest/gtest.h>
#include <linux/capability.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>

#include "system/child.h"
#include "system/compat/net_filter/filtering.h"

namespace weir::test {
namespace {

using NetFilterStarting = NetFilterTest;

std::string this_program() { return std::filesystem::read_symlink("/proc/self/exe"); }

/// In a process that has no rights any more.
void drop_rights() {
  __user_cap_header_struct header{.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
  const __user_cap_data_struct none[2] = {};
  EXPECT_EQ(::syscall(SYS_capset, &header, none), 0);
}

TEST_F(NetFilterStarting, GoesByTheDocument) {
  // B-1 B-5 B-6 B-131 B-132 B-136 B-137: each step, and what is refused
  Filter filter;
  EXPECT_EQ(refusal_of([&] { filter.start_filter(0); }), 21);
  EXPECT_EQ(refusal_of([&] { filter.stop_filter(); }), 21);
  EXPECT_EQ(refusal_of([&] { filter.list_adapters(); }), 21);
  EXPECT_EQ(refusal_of([&] { filter.add_filter_rule(1, -1, 2, -1, -1, "", 1); }), 21);
  EXPECT_EQ(refusal_of([&] { filter.initialize(guid(1)); }), 2);
  EXPECT_EQ(filter.get_driver_status(guid(1)), Filter::MODULE_STATUS_NOT_PRESENT);
  install(1);
  EXPECT_EQ(filter.get_driver_status(guid(1)), Filter::MODULE_STATUS_STOPPED);
  filter.initialize(guid(1));
  for (const int timeout : {-1, 1, 2'999, INT32_MIN}) {
    EXPECT_EQ(refusal_of([&] { filter.start_filter(timeout); }), 1'292) << timeout;
  }
  EXPECT_FALSE(filter.get_active());
  filter.start_filter(3'000);
  EXPECT_TRUE(filter.get_active());
  EXPECT_EQ(filter.get_driver_status(guid(1)), Filter::MODULE_STATUS_RUNNING);
  EXPECT_EQ(refusal_of([&] { filter.start_filter(0); }), 1'230);
  EXPECT_EQ(refusal_of([&] { filter.initialize(guid(1)); }), 1'230);
  EXPECT_EQ(refusal_of([&] { filter.set_altitude(7); }), 1'230);
  EXPECT_EQ(refusal_of([&] { filter.set_serialize_events(1); }), 1'230);
  filter.stop_filter();
  EXPECT_FALSE(filter.get_active());
  EXPECT_EQ(filter.get_driver_status(guid(1)), Filter::MODULE_STATUS_STOPPED);
  filter.stop_filter();
  filter.start_filter(0);
  EXPECT_TRUE(filter.get_active());
}

TEST_F(NetFilterStarting, IsForAllowedControllersOnly) {
  // B-72 B-139: by the path of the program
  install(1, 0, "/bin/sh\n/usr/bin/true");
  Filter filter;
  filter.initialize(guid(1));
  EXPECT_EQ(refusal_of([&] { filter.start_filter(0); }), 5);
  EXPECT_FALSE(filter.get_active());
  install(1, 0, "/bin/sh\n" + this_program());
  filter.start_filter(0);
  EXPECT_TRUE(filter.get_active());
}

TEST_F(NetFilterStarting, NeedsRights) {
  // B-138: 1314 before what is wrong else
  install(1);
  in_child([this] {
    Filter filter;
    filter.initialize(guid(1));
    drop_rights();
    EXPECT_EQ(refusal_of([&] { filter.start_filter(0); }), 1'314);
    EXPECT_EQ(refusal_of([&] { filter.start_filter(17); }), 1'314);
    EXPECT_FALSE(filter.get_active());
  });
}

TEST_F(NetFilterStarting, AsksForRightsToChangeRulesWhereItIsInstalledSo) {
  // B-56 B-124
  install(1, 0, "", Filter::INSTALL_FORCE_APP_PERMISSION_CHECK);
  install(2);
  in_child([this] {
    Filter checking;
    checking.initialize(guid(1));
    Filter other;
    other.initialize(guid(2));
    EXPECT_EQ(checking.config("ForceAppPermissionCheck"), "True");
    EXPECT_EQ(other.config("ForceAppPermissionCheck"), "False");
    drop_rights();
    EXPECT_EQ(refusal_of([&] { checking.add_filter_rule(1, -1, 2, -1, -1, "", 1); }), 1'314);
    EXPECT_EQ(refusal_of([&] { checking.delete_all_filter_rules(); }), 1'314);
    EXPECT_TRUE(other.add_filter_rule(1, -1, 2, -1, -1, "", 1));
  });
}

TEST_F(NetFilterStarting, IsForOneFilterOfAProductAtATime) {
  // B-77: 170, in this process and in others
  const auto first = initialized();
  first->start_filter(0);
  Filter second;
  second.initialize(guid(1));
  EXPECT_EQ(refusal_of([&] { second.start_filter(0); }), 170);
  in_child([this] {
    Filter third;
    third.initialize(guid(1));
    EXPECT_EQ(refusal_of([&] { third.start_filter(0); }), 170);
    EXPECT_EQ(third.get_driver_status(guid(1)), Filter::MODULE_STATUS_RUNNING);
  });
  first->stop_filter();
  second.start_filter(0);
  EXPECT_TRUE(second.get_active());
}

TEST_F(NetFilterStarting, LeavesNothingBehindIfItsProcessIsKilled) {
  // B-6 B-75 B-77: its packets go on, and another filter of the product may start
  install(1);
  int ready[2] = {-1, -1};
  ASSERT_EQ(::pipe(ready), 0);
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    Filter filter;
    filter.initialize(guid(1));
    EXPECT_TRUE(filter.add_filter_rule(1, -1, Filter::PACKET_DIRECTION_ANY, -1, -1, "udp port 4000",
                                       Filter::RULE_ACTION_DROP));
    filter.start_filter(0);
    static_cast<void>(!::write(ready[1], "x", 1));
    for (;;) ::pause();
  }
  char byte = 0;
  EXPECT_EQ(::read(ready[0], &byte, 1), 1);
  Filter filter;
  EXPECT_EQ(filter.get_driver_status(guid(1)), Filter::MODULE_STATUS_RUNNING);
  send_there({1});
  EXPECT_EQ(arrived_there(briefly), Octets{});
  ::kill(child, SIGKILL);
  EXPECT_EQ(::waitpid(child, nullptr, 0), child);
  EXPECT_EQ(filter.get_driver_status(guid(1)), Filter::MODULE_STATUS_STOPPED);
  send_there({2});
  EXPECT_EQ(arrived_there(), Octets{2});
  filter.initialize(guid(1));
  filter.start_filter(0);
  EXPECT_TRUE(filter.get_active());
  for (const int number : ready) ::close(number);
}

/// Appends a mark to the datagrams it holds.
void mark(compat::NetFilterPacketEventParams& event, std::uint8_t mark) {
  event.buffer[event.data_size++] = mark;
  event.action = compat::NetFilter::PACKET_ACTION_SEND_MODIFIED;
}

TEST_F(NetFilterStarting, PutsFiltersInTheOrderOfTheirAltitudes) {
  // B-7 B-77: what leaves comes to the highest first
  const auto low = initialized(1, 100);
  const auto high = initialized(2, 200);
  EXPECT_EQ(low->get_altitude(), 100);
  const auto expect_order = [this](const std::string& marks) {
    FrameWatch watch{there()};
    FrameSender{"edge"}.send(frame_of(1));
    const auto frames = watch.frames(1);
    ASSERT_EQ(frames.size(), 1U);
    EXPECT_EQ(std::string(frames[0].begin() + payload_offset + 1, frames[0].end()), marks);
  };
  for (const auto& filter : {low.get(), high.get()}) {
    capture_datagrams(*filter);
    filter->on_packet = [&, filter](PacketEvent& event) {
      mark(event, filter == low.get() ? 'l' : 'h');
    };
    filter->start_filter(0);
  }
  expect_order("hl");
  // It is the installation's, and lasts.
  low->stop_filter();
  low->set_altitude(300);
  Filter again;
  again.initialize(guid(1));
  EXPECT_EQ(again.get_altitude(), 300);
  low->start_filter(0);
  expect_order("lh");
}

TEST_F(NetFilterStarting, WorksInTwoProcesses) {
  // B-7 B-77: of two products
  install(2, 5);
  const auto near = initialized(1, 10);
  capture_datagrams(*near);
  near->on_packet = [](PacketEvent& event) { mark(event, 'a'); };
  int ready[2] = {-1, -1};
  int end[2] = {-1, -1};
  ASSERT_EQ(::pipe(ready), 0);
  ASSERT_EQ(::pipe(end), 0);
  std::thread other{[&] {
    in_child([&] {
      ::close(end[1]);
      Filter far;
      far.initialize(guid(2));
      capture_datagrams(far);
      far.on_packet = [](PacketEvent& event) { mark(event, 'b'); };
      far.start_filter(0);
      EXPECT_EQ(::write(ready[1], "x", 1), 1);
      char byte = 0;
      static_cast<void>(!::read(end[0], &byte, 1));
      far.stop_filter();
    });
    // Whoever waits for a child that has failed is not to wait for ever.
    ::close(ready[1]);
  }};
  char byte = 0;
  EXPECT_EQ(::read(ready[0], &byte, 1), 1);
  EXPECT_EQ(near->get_driver_status(guid(2)), Filter::MODULE_STATUS_RUNNING);
  near->start_filter(0);
  FrameWatch watch{there()};
  FrameSender{"edge"}.send(frame_of(1));
  const auto frames = watch.frames(1);
  EXPECT_EQ(::write(end[1], "x", 1), 1);
  other.join();
  ASSERT_EQ(frames.size(), 1U);
  EXPECT_EQ(std::string(frames[0].begin() + payload_offset + 1, frames[0].end()), "ab");
  for (const int number : {ready[0], end[0], end[1]}) ::close(number);
}

}  // namespace
}  // namespace weir::test

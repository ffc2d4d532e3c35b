// The adapters a gate is at: found, come, gone, renamed, moved.
#include "gate/attach/adapter_table.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <net/if.h>
#include <sched.h>

#include <algorithm>
#include <functional>
#include <optional>
#include <thread>

#include "sys/tap.h"
#include "system/gate/attach/attached_gate.h"
#include "system/tunnel.h"
#include "weir/error.h"

namespace weir::test {
namespace {

using gate::AdapterTable;
using gate::Attachment;
using sys::Hook;
using Names = std::vector<std::string>;
using Ids = std::vector<std::uint32_t>;

class AdapterTableTest : public AttachTest {
 protected:
  void SetUp() override {
    AttachTest::SetUp();
    if (!IsSkipped()) gate.emplace(0);
  }

  AdapterTable& make(Names names = {}) {
    table.emplace(AdapterTable::Options{.adapters = std::move(names),
                                        .dispatchers = gate->dispatchers(),
                                        .rank = gate->rank(),
                                        .how = GetParam()},
                  AdapterTable::Callbacks{
                      .coming =
                          [this](const auto& port, const capture::Adapter& adapter) {
                            EXPECT_EQ(port->name(), adapter.name);
                            if (port->name() == refused) throw Error{ErrorCode::damaged, "no"};
                            // What comes of it is counted from the first packet on.
                            EXPECT_TRUE(order(Hook::ingress, port->name()).empty());
                            if (port->name() == unwilling) ip("link del " + unwilling);
                          },
                      .came =
                          [this](const gate::Port& port) {
                            came.push_back(port.name());
                            EXPECT_TRUE(is_attached(port.name()));
                          },
                      .gone =
                          [this](const gate::Port& port, bool was_there) {
                            (was_there ? gone : never_came).push_back(port.name());
                          },
                      .failed = [this](const std::string& what) { failures.push_back(what); }});
    return *table;
  }

  /// Follows the news until they have led to this. False if they never do.
  bool follow_until(const std::function<bool()>& done) {
    for (int i = 0; i < 2000; ++i) {
      while (table->step()) {
      }
      if (done()) return true;
      std::this_thread::sleep_for(std::chrono::milliseconds{1});
    }
    return false;
  }

  [[nodiscard]] Names names() const {
    Names all;
    for (const auto& port : table->ports()) all.push_back(port->name());
    std::ranges::sort(all);
    return all;
  }
  [[nodiscard]] bool is_attached(const std::string& adapter) const {
    return order(Hook::ingress, adapter) == Ids{gate->program(Hook::ingress)} &&
           order(Hook::egress, adapter) == Ids{gate->program(Hook::egress)};
  }

  std::string refused{};
  /// Goes when the gate comes.
  std::string unwilling{};
  Names never_came{};
  Names came{};
  Names gone{};
  Names failures{};
  std::optional<AttachedGate> gate{};
  std::optional<AdapterTable> table{};
};
INSTANTIATE_TEST_SUITE_P(Attach, AdapterTableTest,
                         ::testing::Values(Attachment::tcx, Attachment::clsact),
                         name_of_attachment);

TEST_P(AdapterTableTest, ItIsAtTheAdaptersThatAreNamed) {
  ip("link property add dev near altname the-near-one");
  make({"the-near-one"}).start();
  EXPECT_EQ(names(), Names{"near"});
  EXPECT_TRUE(is_attached("near"));
  EXPECT_FALSE(is_attached("far"));
  const auto port = table->ports().front();
  EXPECT_EQ(port->index(), ::if_nametoindex("near"));
  EXPECT_EQ(port->link_type(), LinkType::ethernet);
  EXPECT_EQ(port->mtu(), 1500U);
  EXPECT_FALSE(port->is_loopback());
  ip("link add more type veth peer name evermore");
  ip("link set near mtu 1400");
  EXPECT_TRUE(follow_until([&] { return port->mtu() == 1400; }));
  EXPECT_EQ(names(), Names{"near"});
  table->stop();
  EXPECT_TRUE(table->ports().empty());
  EXPECT_TRUE(order(Hook::egress).empty());
  EXPECT_EQ(came, Names{"near"});
  EXPECT_EQ(gone, Names{"near"});
}

TEST_P(AdapterTableTest, WithoutNamesItIsAtAllButWeirsOwn) {
  std::optional<sys::Tap> helper;
  std::optional<sys::Tap> tunnel;
  if (Tunnel::is_offered()) {
    helper.emplace();
    tunnel.emplace(sys::TapOptions{.kind = sys::TapOptions::Kind::ip, .name = "tunnel"});
  }
  make().start();
  Names expected{"far", "lo", "near"};
  if (tunnel) expected.emplace_back("tunnel");
  EXPECT_EQ(names(), expected);
  for (const auto& port : table->ports()) {
    EXPECT_TRUE(is_attached(port->name())) << port->name();
    EXPECT_EQ(port->is_loopback(), port->name() == "lo");
    EXPECT_EQ(port->link_type(), port->name() == "tunnel" ? LinkType::raw : LinkType::ethernet);
  }
  ip("link add late type veth peer name later");
  EXPECT_TRUE(follow_until([&] { return is_attached("late") && is_attached("later"); }));
  EXPECT_EQ(names().size(), expected.size() + 2);
  EXPECT_TRUE(failures.empty());
}

TEST_P(AdapterTableTest, OneThatIsDeletedAndComesBackIsTakenAgain) {
  make({"near"}).start();
  ip("link del near");
  EXPECT_TRUE(follow_until([&] { return names().empty(); }));
  EXPECT_EQ(gone, Names{"near"});
  ip("link add near type veth peer name far");
  EXPECT_TRUE(follow_until([&] { return is_attached("near"); }));
  EXPECT_EQ(came, (Names{"near", "near"}));
  EXPECT_TRUE(failures.empty());
}

TEST_P(AdapterTableTest, OneThatIsRenamedStays) {
  make({"near"}).start();
  ip("link set near name dear");
  EXPECT_TRUE(follow_until([&] { return is_attached("dear"); }));
  ip("link add near type veth peer name other");
  EXPECT_TRUE(follow_until([&] { return is_attached("near"); }));
  EXPECT_TRUE(is_attached("dear"));
  EXPECT_TRUE(gone.empty());
}

/// What is at a hook of an adapter of that index where the process is.
Ids programs_elsewhere(const std::string& process, std::uint32_t adapter, Hook hook,
                       Attachment how) {
  Ids programs;
  std::thread{[&] {
    const sys::FileDescriptor there{
        ::open(("/proc/" + process + "/ns/net").c_str(), O_RDONLY | O_CLOEXEC)};
    ASSERT_EQ(::setns(there.number(), CLONE_NEWNET), 0);
    std::string name(IF_NAMESIZE, '\0');
    ASSERT_NE(::if_indextoname(adapter, name.data()), nullptr);
    programs = programs_in_order(name.c_str(), hook, how);
  }}.join();
  return programs;
}

TEST_P(AdapterTableTest, OneThatIsMovedAwayIsLeft) {
  make().start();
  const std::uint32_t index = ::if_nametoindex("near");
  const ElsewhereProcess elsewhere;
  ip("link set near netns " + elsewhere.id());
  if (GetParam() == Attachment::tcx) {
    // The kernel lets it take them along.
    EXPECT_EQ(programs_elsewhere(elsewhere.id(), index, Hook::egress, GetParam()).size(), 1U);
  }
  EXPECT_TRUE(follow_until([&] { return names() == Names{"far", "lo"}; }));
  for (const Hook hook : {Hook::ingress, Hook::egress}) {
    EXPECT_TRUE(programs_elsewhere(elsewhere.id(), index, hook, GetParam()).empty());
  }
  EXPECT_EQ(gone, Names{"near"});
  EXPECT_TRUE(failures.empty());
}

TEST_P(AdapterTableTest, ASenderThatFindsItGoneIsBelieved) {
  make({"near"}).start();
  const auto port = table->ports().front();
  port->report_gone();
  EXPECT_TRUE(table->step());
  EXPECT_TRUE(names().empty());
  EXPECT_TRUE(order(Hook::egress).empty());
  // But it is there.
  EXPECT_TRUE(table->step());
  EXPECT_TRUE(is_attached("near"));
  EXPECT_FALSE(table->ports().front()->is_gone());
  EXPECT_FALSE(table->step());
}

TEST_P(AdapterTableTest, WhatNobodyHasOrNoGateCanBeAtIsRefused) {
  try {
    make({"near", "nowhere"}).start();
    ADD_FAILURE() << "started";
  } catch (const SystemError& error) {
    EXPECT_EQ(error.code(), ErrorCode::not_found);
    EXPECT_NE(std::string{error.what()}.find("nowhere"), std::string::npos);
  }
  EXPECT_TRUE(order(Hook::egress).empty());
  for (const std::string name : {"any", "weir0"}) {
    std::optional<sys::Tap> helper;
    if (name != "any") {
      if (!Tunnel::is_offered()) continue;
      helper.emplace();
    }
    try {
      make({name}).start();
      ADD_FAILURE() << "started";
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::invalid_argument) << error.what();
    }
  }
}

TEST_P(AdapterTableTest, ItStartsAtAllOrAtNone) {
  refused = "far";
  EXPECT_THROW(make().start(), Error);
  std::ranges::sort(came);
  std::ranges::sort(gone);
  EXPECT_EQ(came, gone);
  for (const std::string adapter : {"near", "far", "lo"}) {
    EXPECT_TRUE(order(Hook::egress, adapter).empty()) << adapter;
  }
}

TEST_P(AdapterTableTest, OneThatCannotBeTakenIsToldOnce) {
  make().start();
  refused = "late";
  ip("link add late type veth peer name later");
  EXPECT_TRUE(follow_until([&] { return is_attached("later"); }));
  EXPECT_EQ(failures, Names{"no"});
  EXPECT_FALSE(table->step());
  refused.clear();
  // Something about it has changed.
  ip("link set late mtu 1400");
  EXPECT_TRUE(follow_until([&] { return is_attached("late"); }));
}

TEST_P(AdapterTableTest, OneThatGoesMeanwhileIsNoFailure) {
  unwilling = "far";
  make().start();
  EXPECT_TRUE(follow_until([&] { return names() == Names{"lo"}; }));
  EXPECT_EQ(never_came, Names{"far"});
  EXPECT_TRUE(failures.empty());
}

class ClsactTableTest : public AdapterTableTest {};
INSTANTIATE_TEST_SUITE_P(Attach, ClsactTableTest, ::testing::Values(Attachment::clsact),
                         name_of_attachment);

TEST_P(ClsactTableTest, WhatOthersHaveTakenOffIsAttachedAgain) {
  if (std::system("command -v tc > /dev/null") != 0) GTEST_SKIP() << "needs tc(8)";
  make().start();
  run("tc filter del dev near egress");
  EXPECT_FALSE(table->step());
  for (int i = 0; i < 3; ++i) table->look_after();
  EXPECT_TRUE(follow_until([&] { return is_attached("near"); }));
  EXPECT_EQ(gone, Names{"near"});
}

}  // namespace
}  // namespace weir::test

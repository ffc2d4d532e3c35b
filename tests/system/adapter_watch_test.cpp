// Events of adapters that come, go and change in a network namespace made for the test.
#include "weir/capture/adapter_watch.h"

#include <gtest/gtest.h>
#include <linux/sock_diag.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <functional>
#include <map>
#include <memory>
#include <random>
#include <thread>

#include "system/network_namespace.h"

namespace weir::capture {
namespace {

using Kind = AdapterEvent::Kind;
using test::ip;

/// The kernel tells carriers up to a second late.
constexpr auto patience = std::chrono::seconds{10};
constexpr auto silence = std::chrono::milliseconds{1200};

std::string text_of(const AdapterEvent& event) {
  return std::string{name(event.kind)} + ' ' + event.adapter.name +
         (event.old_name.empty() ? "" : " was " + event.old_name);
}

bool is_readable(int descriptor) {
  pollfd polled{.fd = descriptor, .events = POLLIN, .revents = 0};
  return ::poll(&polled, 1, 0) == 1;
}

class Watch : public test::NetworkTest {
 protected:
  void SetUp() override {
    NetworkTest::SetUp();
    if (IsSkipped()) return;
    watch_ = std::make_unique<AdapterWatch>();
  }

  /// Takes events up to that one; the test fails if it does not come.
  AdapterEvent expect(Kind kind, const std::string& adapter) {
    for (;;) {
      if (waiting_.empty()) {
        auto events = watch_->next(Deadline::in(patience));
        std::ranges::move(events, std::back_inserter(waiting_));
      }
      if (waiting_.empty()) {
        ADD_FAILURE() << "never came: " << name(kind) << ' ' << adapter;
        return {};
      }
      const AdapterEvent event = waiting_.front();
      waiting_.erase(waiting_.begin());
      seen_.push_back(text_of(event));
      if (event.kind == kind && event.adapter.name == adapter) return event;
    }
  }
  /// Whether it comes to know what the kernel lists; in what order an adapter has its addresses is
  /// open. The kernel may have more to tell after a silence: an IPv6 address is assigned up to two
  /// seconds after a carrier came (RFC 4862 5.4.2). What is told meanwhile is handed to `take`.
  void expect_what_is_there(const std::function<void(const AdapterEvent&)>& take = {}) {
    const auto in_order = [](std::vector<Adapter> all) {
      for (Adapter& adapter : all) {
        std::ranges::sort(adapter.addresses, {},
                          [](const AdapterAddress& own) { return to_string(own.address); });
      }
      return all;
    };
    const auto until = std::chrono::steady_clock::now() + patience;
    for (;;) {
      const auto known = in_order(watch_->adapters());
      const auto there = in_order(adapters());
      if (known == there) return;
      if (std::chrono::steady_clock::now() > until) {
        EXPECT_EQ(known, there);
        return;
      }
      for (const AdapterEvent& event : watch_->next(Deadline::in(std::chrono::milliseconds{100}))) {
        if (take) take(event);
      }
    }
  }
  /// Takes events until there is silence.
  std::vector<AdapterEvent> rest() {
    std::vector<AdapterEvent> all = std::exchange(waiting_, {});
    for (;;) {
      auto events = watch_->next(Deadline::in(silence));
      if (events.empty()) return all;
      std::ranges::move(events, std::back_inserter(all));
    }
  }
  std::ptrdiff_t seen(const std::string& text) const { return std::ranges::count(seen_, text); }

  static void make_pair(const std::string& one, const std::string& other) {
    ip("link add " + one + " type veth peer name " + other);
  }

  std::unique_ptr<AdapterWatch> watch_;
  std::vector<AdapterEvent> waiting_;
  std::vector<std::string> seen_;
};

TEST_F(Watch, BeginsWithTheAdaptersThereAre) {
  expect_what_is_there();
  EXPECT_TRUE(watch_->next(Deadline::none()).empty());
  EXPECT_TRUE(watch_->next(Deadline::in(std::chrono::milliseconds{5})).empty());
}

TEST_F(Watch, TellsOfEachKindOfEvent) {
  make_pair("v0", "v1");
  const auto added = expect(Kind::added, "v0");
  EXPECT_EQ(added.adapter.description, "veth");
  EXPECT_EQ(added.adapter.speed, 10'000u);
  EXPECT_FALSE(is_up(added.adapter));

  ip("link set v0 up");
  ip("link set v1 up");
  EXPECT_TRUE(is_up(expect(Kind::up, "v0").adapter));
  ip("link set v1 down");
  EXPECT_EQ(expect(Kind::down, "v0").adapter.carrier, false) << "the peer took the carrier";
  ip("link set v1 up");
  expect(Kind::up, "v0");
  ip("link set v0 down");
  expect(Kind::down, "v0");

  ip("link set v0 name w0");
  EXPECT_EQ(expect(Kind::renamed, "w0").old_name, "v0");
  ip("link set w0 mtu 9000");
  EXPECT_EQ(expect(Kind::changed, "w0").adapter.mtu, 9000u);
  // Of one that is down the kernel would not tell.
  ip("link set w0 up");
  expect(Kind::up, "w0");
  ip("link set w0 alias 'to the lab'");
  EXPECT_EQ(expect(Kind::changed, "w0").adapter.friendly_name, "to the lab");
  ip("link property add dev w0 altname uplink");
  EXPECT_EQ(expect(Kind::changed, "w0").adapter.alternative_names.size(), 1u);
  ip("link set w0 down");
  expect(Kind::down, "w0");
  ip("address add 192.0.2.1/24 brd + dev w0");
  const auto address = expect(Kind::changed, "w0").adapter.addresses.at(0);
  EXPECT_EQ(to_string(address.address), "192.0.2.1");
  EXPECT_EQ(address.broadcast, parse_ip("192.0.2.255"));
  ip("address del 192.0.2.1/24 dev w0");
  EXPECT_TRUE(expect(Kind::changed, "w0").adapter.addresses.empty());

  ip("link del w0");
  EXPECT_EQ(expect(Kind::removed, "w0").adapter.mtu, 9000u);
  static_cast<void>(rest());
  expect_what_is_there();
}

TEST_F(Watch, LeavingABridgeIsNoRemoval) {
  make_pair("v0", "v1");
  ip("link add br0 type bridge");
  ip("link set br0 up");
  ip("link set v0 up master br0");
  ip("link set v0 nomaster");
  for (const AdapterEvent& event : rest()) EXPECT_NE(event.kind, Kind::removed);
  expect_what_is_there();
}

TEST_F(Watch, KnowsAnAddressFromWhenItIsAssigned) {
  make_pair("v0", "v1");
  ip("link set v1 up");
  ip("address add 2001:db8::1/64 dev v0");
  // Tentative for as long as v0 is down: the kernel has it and tells nobody.
  EXPECT_TRUE(adapter("v0").addresses.empty());
  ip("link set v0 up addrgenmode none");
  expect(Kind::up, "v0");
  const auto assigned = expect(Kind::changed, "v0").adapter.addresses;
  ASSERT_EQ(assigned.size(), 1u);
  EXPECT_EQ(to_string(assigned.front().address), "2001:db8::1");
  static_cast<void>(rest());
  expect_what_is_there();
}

TEST_F(Watch, LeavingTheNamespaceIsARemovalAndComingBackAnAddition) {
  const test::ElsewhereProcess elsewhere;
  make_pair("v0", "v1");
  expect(Kind::added, "v1");
  ip("link set v1 netns " + elsewhere.id());
  expect(Kind::removed, "v1");
  ip("link del v0");
  expect(Kind::removed, "v0");
}

TEST_F(Watch, MissesNoneOfAHundredLinkCycles) {
  make_pair("v0", "v1");
  ip("link set v1 up");
  expect(Kind::added, "v1");
  for (int i = 0; i < 100; ++i) {
    ip("link set v0 up");
    expect(Kind::up, "v0");
    ip("link set v0 down");
    expect(Kind::down, "v0");
  }
  EXPECT_EQ(seen("up v0"), 100);
  EXPECT_EQ(seen("down v0"), 100);
  EXPECT_EQ(seen("removed v0"), 0);
}

std::uint32_t dropped(int descriptor) {
  std::array<std::uint32_t, SK_MEMINFO_VARS> memory{};
  socklen_t size = sizeof memory;
  EXPECT_EQ(::getsockopt(descriptor, SOL_SOCKET, SO_MEMINFO, memory.data(), &size), 0);
  return memory[SK_MEMINFO_DROPS];
}

TEST_F(Watch, FindsOutWhatWasDroppedInAnOverrun) {
  make_pair("old0", "old1");
  make_pair("stays0", "stays1");
  expect(Kind::added, "stays0");
  static_cast<void>(rest());
  const int small = 1;
  ASSERT_EQ(::setsockopt(watch_->file_descriptor(), SOL_SOCKET, SO_RCVBUF, &small, sizeof small),
            0);
  std::string lines;
  for (int i = 0; i < 150; ++i) {
    const std::string number = std::to_string(i);
    lines += "link add a" + number + " type veth peer name b" + number + "\naddress add 192.0.2." +
             number + "/24 dev a" + number + '\n';
  }
  lines += "link del old0\nlink set stays0 name stayed0\nlink set stayed0 up\nlink set stays1 up\n";
  test::ip_batch(lines);
  EXPECT_GT(dropped(watch_->file_descriptor()), 0u);
  EXPECT_TRUE(is_readable(watch_->file_descriptor()));

  const auto events = rest();
  const auto count = [&](Kind kind) {
    return std::ranges::count(events, kind, &AdapterEvent::kind);
  };
  EXPECT_EQ(count(Kind::added), 300);
  EXPECT_EQ(count(Kind::removed), 2);
  EXPECT_EQ(count(Kind::renamed), 1);
  expect_what_is_there();

  ip("link del a0");
  expect(Kind::removed, "a0");
}

/// What events say, taken one after the other.
class Model {
 public:
  explicit Model(const std::vector<Adapter>& adapters) {
    for (const Adapter& adapter : adapters) known_[adapter.id] = adapter;
  }
  void take(const AdapterEvent& event) {
    const auto found = known_.find(event.adapter.id);
    ASSERT_EQ(found == known_.end(), event.kind == Kind::added) << text_of(event);
    if (event.kind != Kind::added) compare(event, found->second);
    if (event.kind == Kind::removed) {
      known_.erase(found);
    } else {
      known_[event.adapter.id] = event.adapter;
    }
  }
  [[nodiscard]] bool equals(const std::vector<Adapter>& adapters) const {
    return adapters.size() == known_.size() &&
           std::ranges::all_of(adapters, [this](const Adapter& adapter) {
             const auto found = known_.find(adapter.id);
             return found != known_.end() && is_same(found->second, adapter);
           });
  }

 private:
  /// The kernel lists addresses in an order of its own.
  static bool is_same(Adapter a, const Adapter& b) {
    if (std::ranges::is_permutation(a.addresses, b.addresses)) a.addresses = b.addresses;
    return a == b;
  }
  static void compare(const AdapterEvent& event, const Adapter& before) {
    EXPECT_EQ(event.kind == Kind::renamed, !event.old_name.empty());
    EXPECT_TRUE(event.old_name.empty() || event.old_name == before.name);
    EXPECT_TRUE(event.kind != Kind::up || (is_up(event.adapter) && !is_up(before)));
    EXPECT_TRUE(event.kind != Kind::down || (!is_up(event.adapter) && is_up(before)));
    EXPECT_EQ(event.kind == Kind::removed, event.adapter == before) << text_of(event);
  }

  std::map<std::uint32_t, Adapter> known_;
};

TEST_F(Watch, EventsAddUpToTheAdaptersUnderChurn) {
  std::mt19937 random{5};  // NOLINT(bugprone-random-generator-seed): the same on every run
  ip("link set lo up");
  std::string lines;
  for (int i = 0; i < 20; ++i) {
    lines += "link add a" + std::to_string(i) + " type veth peer name b" + std::to_string(i) + '\n';
  }
  for (int i = 0; i < 600; ++i) {
    const std::string name = (random() % 2 == 0 ? "a" : "b") + std::to_string(random() % 20);
    const std::string number = std::to_string(i % 250);
    const std::array<std::string, 6> changes{
        "link set " + name + " up",
        "link set " + name + " down",
        "link set " + name + " mtu " + std::to_string(1400 + i),
        "address replace 192.0.2." + number + "/24 dev " + name,
        "address replace 2001:db8::" + number + "/64 dev " + name,
        "address flush dev " + name,
    };
    lines += changes[random() % changes.size()] + '\n';
  }
  for (int i = 0; i < 10; ++i) lines += "link del a" + std::to_string(i) + '\n';
  Model model{watch_->adapters()};
  // In this thread's namespace: a thread inherits it.
  std::thread churn{[&lines] { test::ip_batch(lines); }};
  for (const AdapterEvent& event : rest()) model.take(event);
  churn.join();
  for (const AdapterEvent& event : rest()) model.take(event);
  expect_what_is_there([&model](const AdapterEvent& event) { model.take(event); });
  EXPECT_TRUE(model.equals(watch_->adapters()));
  EXPECT_TRUE(model.equals(adapters()));
}

TEST_F(Watch, ItsDescriptorFitsAnEventLoop) {
  EXPECT_FALSE(is_readable(watch_->file_descriptor()));
  make_pair("v0", "v1");
  EXPECT_TRUE(is_readable(watch_->file_descriptor()));
  EXPECT_FALSE(watch_->next(Deadline::none()).empty());
  while (!watch_->next(Deadline::none()).empty()) continue;
  EXPECT_FALSE(is_readable(watch_->file_descriptor()));
}

TEST_F(Watch, StoppingEndsAWaitNowAndLater) {
  std::thread other{[this] { watch_->stop(); }};
  EXPECT_TRUE(watch_->next().empty());
  other.join();
  make_pair("v0", "v1");
  EXPECT_TRUE(watch_->next().empty());
}

TEST_F(Watch, MovesWithItsDescriptor) {
  AdapterWatch moved{std::move(*watch_)};
  make_pair("v0", "v1");
  EXPECT_FALSE(moved.next(Deadline::in(patience)).empty());
}

}  // namespace
}  // namespace weir::capture

// Rules about hosts by name: looked up before they are added, whatever adapters come later.
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/mount.h>

#include <algorithm>
#include <fstream>
#include <string>

#include "support/temporary_folder.h"
#include "system/child.h"
#include "system/gate/truth/gate_network.h"
#include "system/tunnel.h"
#include "weir/error.h"

namespace weir::test {
namespace {

using gate::Gate;

class GateNames : public GateTest {
 protected:
  void SetUp() override {
    GateTest::SetUp();
    if (!IsSkipped()) bridge();
  }

  /// Of this process, which has a file of its own instead of /etc/hosts.
  void know_hosts(const std::string& lines) const { std::ofstream{path()} << lines; }
  void use_own_hosts() const {
    ASSERT_EQ(::unshare(CLONE_NEWNS), 0);
    ASSERT_EQ(::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr), 0);
    know_hosts("");
    ASSERT_EQ(::mount(path().c_str(), "/etc/hosts", nullptr, MS_BIND, nullptr), 0);
  }

 private:
  [[nodiscard]] std::string path() const { return folder_.path("hosts"); }
  TemporaryFolder folder_{};
};

TEST_P(GateNames, AreLookedUpWhenTheFilterIsCompiled) {
  if (!Tunnel::is_offered()) GTEST_SKIP() << "needs /dev/net/tun";
  in_child([&] {
    use_own_hosts();
    know_hosts("10.0.1.1 welcome.test\n");
    Gate gate{options({})};
    EXPECT_THROW(gate.add({.filter = "host welcome.test"}), FilterError);
    const auto compiled = std::make_shared<const filter::Filter>(
        "host welcome.test", filter::FilterOptions{.allow_names = true});
    for (const LinkType link_type : {LinkType::ethernet, LinkType::raw}) {
      compiled->prepare(link_type);
    }
    gate.add({.id = "named",
              .action = gate::Action::drop,
              .filter = compiled->text(),
              .compiled = compiled});
    know_hosts("");
    gate.start();
    // Of the other link type.
    const Tunnel later{"later"};
    EXPECT_TRUE(wait_until([&] {
      const auto adapters = gate.adapters();
      return std::ranges::find(adapters, "later") != adapters.end();
    }));
    EXPECT_TRUE(gate.rules()[0].cannot_match.empty());
  });
}

INSTANTIATE_TEST_SUITE_P(Attachments, GateNames,
                         ::testing::Values(gate::Attachment::tcx, gate::Attachment::clsact),
                         name_of_attachment);

}  // namespace
}  // namespace weir::test

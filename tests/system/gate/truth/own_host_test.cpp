// Adapters of the host that a gate must not stumble on.
#include <gtest/gtest.h>

#include <string>

#include "system/gate/truth/gate_network.h"

namespace weir::test {
namespace {

using gate::Action;
using gate::Gate;

class GateOwnHost : public GateTest {};

TEST_P(GateOwnHost, WhatIsDroppedGoesToNoAdapterWhateverItsIndex) {
  route();
  ip("link add last index 2147483647 type veth peer name other netns " + right().process());
  ip("link set last up");
  right().run("ip link set other up");
  wait_for_carriers(3);
  Gate gate{options(), accepting()};
  gate.add({.action = Action::drop, .direction = Direction::out, .filter = "icmp"});
  gate.start();
  Witness witness{right(), "other"};
  run("ping -qc 2 -i 0.01 -W 1 10.0.1.1 >/dev/null; true");
  EXPECT_EQ(counters_of(gate, "to_left", Direction::out).dropped.packets, 2U);
  for (const Octets& frame : witness.frames(0)) {
    EXPECT_NE(load_be<std::uint16_t>(frame.data() + 12), 0x0800);
  }
}

INSTANTIATE_TEST_SUITE_P(Attachments, GateOwnHost,
                         ::testing::Values(gate::Attachment::tcx, gate::Attachment::clsact),
                         name_of_attachment);

}  // namespace
}  // namespace weir::test

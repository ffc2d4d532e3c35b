// Gates with a driver of a file: its programs are what runs.
#include <gtest/gtest.h>

#include <array>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "gate/driver/bundle.h"
#include "support/temporary_folder.h"
#include "system/gate/truth/gate_network.h"
#include "weir/gate/driver.h"

namespace weir::test {
namespace {

using gate::Bundle;
using gate::Driver;
using gate::Gate;

class GateDriver : public GateTest {
 protected:
  void SetUp() override {
    GateTest::SetUp();
    if (!IsSkipped()) bridge();
  }

  /// The library's own, changed, then written to a file and read again.
  [[nodiscard]] gate::GateOptions with_driver(const std::function<void(Bundle&)>& change) const {
    Bundle bundle{.version = {9, 8, 7, 6},
                  .interface = gate::driver_interface,
                  .programs = gate::built_in_programs()};
    change(bundle);
    const std::string octets = octets_of(bundle);
    const std::string path = folder_.file(
        "netfilter.cab", {reinterpret_cast<const std::uint8_t*>(octets.data()), octets.size()});
    gate::GateOptions result = options();
    result.driver = std::make_shared<const Driver>(path);
    result.watch_owner = true;
    return result;
  }

  /// How many of ten frames come through.
  std::size_t carried(Direction direction) {
    Witness witness{direction == Direction::in ? right() : left()};
    const auto sender = sender_at(direction == Direction::in ? left() : right());
    for (std::uint64_t i = 0; i < 10; ++i) sender->send(numbered_frame(i));
    return witness.frames(10).size();
  }

 private:
  TemporaryFolder folder_{};
};

void keep(Bundle& /*bundle*/) {}

/// Passes everything, or fails where a task is to be adopted.
gate::RelocatableProgram returning(std::int32_t value) {
  bpf::ebpf::Assembler to;
  to.move(bpf::ebpf::Register::r0, value);
  to.exit();
  return {.code = to.take()};
}

TEST_P(GateDriver, OfAFileHoldsAndDropsAsTheLibrarysOwn) {
  Gate gate{with_driver(keep), accepting()};
  gate.add({.id = "held", .direction = Direction::in});
  gate.add({.action = gate::Action::drop, .direction = Direction::out});
  gate.start();
  EXPECT_EQ(carried(Direction::in), 10U);
  EXPECT_EQ(carried(Direction::out), 0U);
  EXPECT_EQ(gate.counters().held.accepted.packets, 10U);
  EXPECT_EQ(counters_of(gate, "to_left", Direction::out).dropped.packets, 10U);
  expect_sums(gate);
}

TEST_P(GateDriver, ProgramsOfTheFileAreWhatRuns) {
  const auto passes_on_its_way_in = [](Bundle& bundle) { bundle.programs.ingress = returning(-1); };
  const auto passes_on_its_way_out = [](Bundle& bundle) { bundle.programs.egress = returning(-1); };
  for (const Direction passed : {Direction::in, Direction::out}) {
    const bool in = passed == Direction::in;
    Gate gate{with_driver(in ? +passes_on_its_way_in : +passes_on_its_way_out)};
    gate.add({.action = gate::Action::drop});
    gate.start();
    EXPECT_EQ(carried(Direction::in), in ? 10U : 0U);
    EXPECT_EQ(carried(Direction::out), in ? 0U : 10U);
    EXPECT_EQ(counters_of(gate, "to_left", passed).seen.packets, 0U);
  }
}

/// Of this process.
std::size_t maps() {
  std::size_t count = 0;
  for (const auto& entry : std::filesystem::directory_iterator{"/proc/self/fd"}) {
    std::error_code error;
    count += std::filesystem::read_symlink(entry, error) == "anon_inode:bpf-map" ? 1U : 0U;
  }
  return count;
}

TEST_P(GateDriver, WatchesItsProcessByWhatTheFileHas) {
  if (!gate::support().owner_watch) GTEST_SKIP() << "needs task kptrs";
  const auto maps_with = [&](const std::function<void(Bundle&)>& change) {
    Gate gate{with_driver(change)};
    gate.start();
    return maps();
  };
  const std::size_t watching = maps_with(keep);
  EXPECT_EQ(maps_with([](Bundle& bundle) { bundle.programs.adoption.program = returning(1); }),
            watching - 1);
  EXPECT_EQ(maps_with([](Bundle& bundle) { bundle.programs.adoption.types.pop_back(); }),
            watching - 1);
}

TEST_P(GateDriver, ThatIsNotUsableIsRefusedWithBothVersions) {
  const auto refusal = [&](const std::function<void(Bundle&)>& change) {
    Gate gate{with_driver(change)};
    try {
      gate.start();
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::invalid_argument);
      return std::string{error.what()};
    }
    return std::string{};
  };
  const std::string own = text_of(gate::library_version());
  EXPECT_EQ(refusal([](Bundle& bundle) { bundle.version = {0, 0, 9, 0}; }),
            "driver 0.0.9.0 of interface 1: this gate needs version " + own +
                " or newer, of interface 1");
  EXPECT_EQ(refusal([](Bundle& bundle) { bundle.interface = 2; }),
            "driver 9.8.7.6 of interface 2: this gate needs version " + own +
                " or newer, of interface 1");
}

INSTANTIATE_TEST_SUITE_P(Attachments, GateDriver,
                         ::testing::Values(gate::Attachment::tcx, gate::Attachment::clsact),
                         name_of_attachment);

}  // namespace
}  // namespace weir::test

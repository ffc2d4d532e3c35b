// What cannot be captured on, and why.
#include <gtest/gtest.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "system/network.h"
#include "weir/capture/live.h"
#include "weir/error.h"
#include "weir/filter/filter.h"

namespace weir::test {
namespace {

using capture::Live;
using capture::LiveOptions;
using namespace std::chrono_literals;

/// What opening says: the code's name and the words.
std::string refusal(const std::string& adapter, const LiveOptions& options = {}) {
  try {
    const Live live{adapter, options};
    return "opened";
  } catch (const Error& error) {
    return std::string{error_name(error.code())} + ": " + error.what();
  }
}

using LiveErrors = LiveTest;

TEST_F(LiveErrors, AnUnknownAdapterIsNotFound) {
  EXPECT_EQ(refusal("eth77"), "not_found: capture on eth77: No such device");
  EXPECT_EQ(refusal(""), "not_found: capture on : No such device");
  EXPECT_EQ(refusal(std::string(300, 'x')).substr(0, 9), "not_found");
}

TEST_F(LiveErrors, ANameDoesNotEndWithinItself) {
  EXPECT_EQ(refusal(std::string{"near\0junk", 9}),
            "invalid_argument: the name of an adapter has a NUL character in it");
}

TEST_F(LiveErrors, AlternativeNamesAreNames) {
  run("ip link property add dev far altname a-name-of-more-than-fifteen-letters");
  EXPECT_EQ(refusal("a-name-of-more-than-fifteen-letters"), "opened");
}

TEST_F(LiveErrors, ASnapshotLengthOutOfRangeIsNamed) {
  EXPECT_EQ(refusal("far", {.snapshot_length = 1U << 31}),
            "invalid_argument: snapshot_length 2147483648: 0 to 262144 bytes");
  EXPECT_EQ(refusal("far", {.snapshot_length = 262145}),
            "invalid_argument: snapshot_length 262145: 0 to 262144 bytes");
  EXPECT_EQ(refusal("far", {.snapshot_length = 262144}), "opened");
}

TEST_F(LiveErrors, ARingOutOfRangeIsNamed) {
  EXPECT_EQ(refusal("far", {.ring_size = 0}).substr(0, 34), "invalid_argument: ring_size 0: 1 t");
  for (const std::size_t size : {std::size_t{1} << 44, SIZE_MAX}) {
    const std::string words = refusal("far", {.ring_size = size});
    EXPECT_EQ(words.substr(0, 28), "invalid_argument: ring_size ") << words;
    EXPECT_NE(words.find("what memory is available"), std::string::npos) << words;
  }
}

TEST_F(LiveErrors, ARetireTimeOutOfRangeIsNamed) {
  EXPECT_EQ(refusal("far", {.retire = 0ms}),
            "invalid_argument: retire 0 ns: whole milliseconds, 1 to 60000");
  EXPECT_EQ(refusal("far", {.retire = 1500us}),
            "invalid_argument: retire 1500000 ns: whole milliseconds, 1 to 60000");
  EXPECT_EQ(refusal("far", {.retire = 61s}).substr(0, 17), "invalid_argument:");
  EXPECT_EQ(refusal("far", {.immediate = true}), "opened");
}

TEST_F(LiveErrors, AFilterForAnotherLinkTypeIsRefused) {
  EXPECT_EQ(refusal("any", {.filter = filter::Filter{"vlan 5"}}).substr(0, 17),
            "filter_link_type:");
}

TEST_F(LiveErrors, AProgramForAnotherLinkTypeIsRefused) {
  const bpf::Program all{{.code = bpf::code::ret, .k = 1}};
  EXPECT_EQ(refusal("far", {.filter = filter::Filter{all, LinkType::raw}}),
            "filter_link_type: the filter program is for packets of RAW");
}

TEST_F(LiveErrors, MonitorModeNeedsAWiFiAdapter) {
  EXPECT_EQ(refusal("far", {.monitor_mode = true}),
            "system_call: monitor mode on far: Operation not supported");
}

TEST_F(LiveErrors, WithoutRightsPermissionIsDenied) {
  // A child gives them up: this process needs them yet.
  const ::pid_t child = ::fork();
  if (child == 0) {
    const bool dropped =
        ::setresgid(65534, 65534, 65534) == 0 && ::setresuid(65534, 65534, 65534) == 0;
    const std::string words = refusal("far");
    ::_exit(dropped && words == "permission_denied: open a packet socket: Operation not permitted"
                ? 0
                : 1);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

TEST_F(LiveErrors, NoRightsAreNeededOnceOpen) {
  const ::pid_t child = ::fork();
  if (child == 0) {
    Live live{"far", {.promiscuous = true, .resume = true}};
    run("ip link del near");
    if (live.next_batch(Deadline::in(50ms)).state != SourceState::timeout) ::_exit(1);
    run("ip link add near type veth peer name far && ip link set near up && ip link set far up");
    const FrameSender sender{"near"};
    if (::setresgid(65534, 65534, 65534) != 0 || ::setresuid(65534, 65534, 65534) != 0) ::_exit(2);
    if (live.next_batch(Deadline::in(100ms)).state != SourceState::timeout) ::_exit(3);
    std::size_t attempts = 0;
    // The new adapter's queue takes a while to start.
    do {
      sender.send(numbered_frame(1));
    } while (collect(live, 1).empty() && ++attempts < 5);
    if (attempts == 5) ::_exit(4);
    const std::uint64_t before = live.statistics().received;
    live.change({.filter = filter::Filter{"len < 1"}});
    sender.send(numbered_frame(2));
    if (!collect(live, 1).empty()) ::_exit(5);
    ::_exit(live.statistics().received == before ? 0 : 6);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(WIFEXITED(status) ? WEXITSTATUS(status) : -1, 0);
}

}  // namespace
}  // namespace weir::test

// Whoever has taken a gate over asks for more than a gate does: nothing is done, and nothing any
// more.
#include <gtest/gtest.h>
#include <net/if.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstring>
#include <optional>

#include "bpf/ebpf_assembler.h"
#include "gate/kernel/dispatcher.h"
#include "gate/kernel/owner_watch.h"
#include "gate/rights/kept_rights.h"
#include "gate/rights/portable_program.h"
#include "gate/rights/rights_keeper.h"
#include "sys/bytes_of.h"
#include "system/gate/attach/attached_gate.h"

namespace weir::test {
namespace {

using gate::Attachment;
using gate::Channel;
using gate::Reply;
using gate::Request;
using Wish = gate::Request::Wish;

class HostileTest : public AttachTest {
 protected:
  void SetUp() override {
    AttachTest::SetUp();
    if (IsSkipped()) return;
    int ends[2] = {-1, -1};
    ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
    channel.emplace(sys::FileDescriptor{ends[0]});
    sys::FileDescriptor other{ends[1]};
    keeper_ = ::fork();
    if (keeper_ != 0) return;
    channel.reset();
    Channel served{std::move(other)};
    gate::RightsKeeper{served}.serve();
    ::_exit(0);
  }
  void TearDown() override {
    channel.reset();
    if (keeper_ > 0) ::waitpid(keeper_, nullptr, 0);
  }

  /// What is answered; nothing if nobody does.
  std::optional<Reply> ask(const Request& request, std::vector<int> descriptors = {},
                           Bytes more = {}) {
    descriptors_.clear();
    Reply reply;
    if (!channel->send(sys::bytes_of(request), descriptors) || !channel->send(more) ||
        !channel->receive(reply, descriptors_)) {
      return std::nullopt;
    }
    std::vector<std::uint8_t> text(reply.text);
    if (!channel->receive(text)) return std::nullopt;
    return reply;
  }
  std::optional<Reply> load(const bpf::EbpfProgram& code) {
    const gate::PortableProgram program = gate::portable(code);
    const auto bytes = std::as_bytes(std::span{program.code});
    return ask(
        {.wish = Wish::load, .instructions = static_cast<std::uint32_t>(program.code.size())},
        program.maps, {reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()});
  }
  static Request about(Wish wish, const char* name) {
    Request request{.wish = wish};
    std::strncpy(request.name.data(), name, request.name.size());
    return request;
  }
  /// A request that is fulfilled, to see whether any is.
  bool serves() { return ask({.wish = Wish::detach, .adapter = 77}).has_value(); }

  std::optional<Channel> channel{};

 private:
  pid_t keeper_ = -1;
  std::vector<sys::FileDescriptor> descriptors_{};
};
INSTANTIATE_TEST_SUITE_P(Rights, HostileTest,
                         ::testing::Values(Attachment::tcx, Attachment::clsact),
                         name_of_attachment);

TEST_P(HostileTest, ProgramsOfAGateAreLoadedAndWrongOnesAreErrors) {
  gate::Maps maps{{.ring = 1 << 16, .notice_ring = 1 << 16, .flows = 1}};
  auto reply = load(gate::linked_dispatcher(gate::dispatcher(true), maps));
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->code, ErrorCode{});
  reply = load({{.opcode = 0x95, .destination = 0, .source = 0}});
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->number, EACCES);
  EXPECT_GT(reply->text, 20U);
  EXPECT_TRUE(serves());
}

TEST_P(HostileTest, APeekIntoTheKernelIsRefused) {
  using enum bpf::ebpf::Register;
  bpf::ebpf::Assembler to;
  to.call(bpf::ebpf::function::current_task_btf);
  to.move(r0, 0);
  to.exit();
  EXPECT_FALSE(load(to.take()));
  EXPECT_FALSE(serves());
}

TEST_P(HostileTest, AMapWithAReferenceIntoTheKernelIsRefused) {
  std::optional<gate::OwnerWatch> owner;
  try {
    owner.emplace();
  } catch (const Error& error) {
    GTEST_SKIP() << error.what();
  }
  using enum bpf::ebpf::Register;
  bpf::ebpf::Assembler to;
  const auto dying = to.new_label();
  owner->check(to, dying);
  to.bind(dying);
  to.move(r0, 0);
  to.exit();
  ASSERT_TRUE(to.link());
  EXPECT_FALSE(load(to.take()));
}

TEST_P(HostileTest, MoreInstructionsThanThereMayBeAreRefused) {
  EXPECT_FALSE(ask({.wish = Wish::load, .instructions = UINT32_MAX}));
}

TEST_P(HostileTest, OtherProgramsThanTheGatesAreNotAttached) {
  AttachedGate us{0};
  AttachedGate others{0};
  const auto attach = [&](AttachedGate& gate, gate::Rank rank) {
    return ask({.wish = Wish::attach,
                .adapter = ::if_nametoindex("near"),
                .rank = rank,
                .how = GetParam()},
               {gate.dispatchers().ingress->descriptor().number(),
                gate.dispatchers().egress->descriptor().number()});
  };
  const auto reply = attach(us, us.rank());
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->code, ErrorCode{});
  EXPECT_EQ(order(sys::Hook::ingress).size(), 1U);
  EXPECT_FALSE(attach(others, us.rank()));
}

TEST_P(HostileTest, AnotherPlaceThanTheGatesIsRefused) {
  AttachedGate us{0};
  const std::vector<int> programs{us.dispatchers().ingress->descriptor().number(),
                                  us.dispatchers().egress->descriptor().number()};
  Request request{.wish = Wish::attach,
                  .adapter = ::if_nametoindex("near"),
                  .rank = us.rank(),
                  .how = GetParam()};
  ASSERT_TRUE(ask(request, programs));
  ++request.rank.altitude;
  EXPECT_FALSE(ask(request, programs));
}

TEST_P(HostileTest, FilesAreNamedByLoopbacksAlone) {
  const auto on = ask(about(Wish::ask_loopback, "lo"));
  ASSERT_TRUE(on);
  EXPECT_EQ(on->value, 0U);
  EXPECT_TRUE(serves());
  switch (GetParam()) {
    case Attachment::tcx:
      EXPECT_FALSE(ask(about(Wish::set_loopback, "../../../x")));
      break;
    default:
      EXPECT_FALSE(ask(about(Wish::set_loopback, "near")));
  }
}

TEST_P(HostileTest, DescriptorsNobodyAskedForAreRefused) {
  EXPECT_FALSE(ask({.wish = Wish::open_sender, .adapter = 1}, {0}));
}

TEST_P(HostileTest, MoreDescriptorsThanThereMayBeAreRefused) {
  // More than send() puts into a message.
  for (int i = 0; i < 2; ++i) {
    const std::vector<int> many(Channel::most_descriptors, 0);
    const auto half = static_cast<std::size_t>(i) * sizeof(Request) / 2;
    Request request{.wish = Wish::load, .instructions = 1};
    if (!channel->send(sys::bytes_of(request).subspan(half, sizeof request / 2), many)) return;
  }
  EXPECT_FALSE(serves());
}

TEST_P(HostileTest, WhatIsNoWishIsRefused) { EXPECT_FALSE(ask({.wish = static_cast<Wish>(99)})); }

TEST_P(HostileTest, AnAdapterThatIsNotThereIsAnError) {
  const auto reply = ask({.wish = Wish::open_sender, .adapter = 12345});
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->number, ENODEV);
  EXPECT_TRUE(serves());
}

TEST_P(HostileTest, ItStopsWhenNobodyIsLeft) {
  const Request request{.wish = Wish::load, .instructions = 5};
  EXPECT_TRUE(channel->send(sys::bytes_of(request)));
}

}  // namespace
}  // namespace weir::test

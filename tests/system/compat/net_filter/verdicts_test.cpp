// on_packet decides: packets go on, go on changed, or vanish.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <stdexcept>

#include "system/compat/net_filter/filtering.h"

namespace weir::test {
namespace {

using compat::NetFilterError;

class NetFilterVerdicts : public OneNetFilterTest {
 protected:
  void SetUp() override {
    OneNetFilterTest::SetUp();
    if (IsSkipped()) return;
    capture_datagrams(filter());
    filter().on_error = [this](const ErrorEvent& error) { errors_.add(error); };
  }
  /// A frame of the test's own on its way out, and what the other host sees of it.
  std::vector<Octets> seen_there(const Octets& frame) {
    FrameWatch watch{there()};
    FrameSender{"edge"}.send(frame);
    return watch.frames(1);
  }
  /// It leaves as it came, and on_error is told that code.
  void expect_unchanged(const Octets& frame, int code) {
    const std::size_t before = errors_.count();
    EXPECT_EQ(seen_there(frame), Frames{frame});
    const auto errors = errors_.wait(before + 1);
    ASSERT_EQ(errors.size(), before + 1);
    EXPECT_EQ(errors.back().error_code, code) << errors.back().description;
    EXPECT_FALSE(errors.back().description.empty());
  }

  Told<ErrorEvent> errors_{};
};

TEST_F(NetFilterVerdicts, DropWhatTheHandlerSaysAndSendTheRest) {
  // B-1 B-41 B-43 B-44 B-83 B-108 B-108l B-109 B-121: of both directions
  filter().on_packet = [](PacketEvent& event) {
    EXPECT_EQ(event.action, Filter::PACKET_ACTION_SEND) << "on entry";
    const bool is_even = event.buffer[payload_offset] % 2 == 0;
    event.action = is_even ? Filter::PACKET_ACTION_SEND : Filter::PACKET_ACTION_DROP;
  };
  filter().start_filter(0);
  for (std::uint8_t i = 0; i < 10; ++i) {
    send_there({i});
    send_here({i});
  }
  for (std::uint8_t i = 0; i < 10; i += 2) {
    EXPECT_EQ(arrived_there(), Octets{i});
    EXPECT_EQ(arrived_here(), Octets{i});
  }
  EXPECT_EQ(arrived_there(briefly), Octets{});
  EXPECT_EQ(arrived_here(briefly), Octets{});
  filter().stop_filter();
  send_there({1});
  EXPECT_EQ(arrived_there(), Octets{1}) << "no filter any more";
}

TEST_F(NetFilterVerdicts, SendWhatNoHandlerDecides) {
  // B-41: a rule without a handler lets pass
  filter().start_filter(0);
  send_there({1});
  EXPECT_EQ(arrived_there(), Octets{1});
  filter().on_packet = [](PacketEvent& event) { event.action = Filter::PACKET_ACTION_DROP; };
  send_there({2});
  EXPECT_EQ(arrived_there(briefly), Octets{});
  filter().on_packet = nullptr;
  send_there({3});
  EXPECT_EQ(arrived_there(), Octets{3});
}

TEST_F(NetFilterVerdicts, SendModifiedByteByByte) {
  // B-45 B-90 B-108g B-110: checksums are the handler's business
  filter().on_packet = [](PacketEvent& event) {
    event.buffer[payload_offset] = 0x77;
    event.action = Filter::PACKET_ACTION_SEND_MODIFIED;
  };
  filter().start_filter(0);
  const Octets frame = frame_of(0x11);
  EXPECT_EQ(seen_there(frame), Frames{changed(frame, payload_offset, 0x77)});
}

TEST_F(NetFilterVerdicts, LeaveOutChangesThatAreNotSent) {
  // B-44 B-108g: the packet goes on as it came
  filter().on_packet = [](PacketEvent& event) {
    std::fill_n(event.buffer, event.data_size, std::uint8_t{0xee});
    event.data_size = 20;
  };
  filter().start_filter(0);
  EXPECT_EQ(seen_there(frame_of(1)), Frames{frame_of(1)});
  EXPECT_EQ(errors_.count(), 0U);
}

TEST_F(NetFilterVerdicts, SendShorterAndLongerThanItCame) {
  // B-108h B-108i B-110: as far as the buffer goes
  std::atomic<int> more{0};
  filter().on_packet = [&](PacketEvent& event) {
    EXPECT_GE(event.buffer_size, event.data_size);
    for (int i = event.data_size; i < std::min(event.data_size + more, event.buffer_size); ++i) {
      event.buffer[i] = 0xab;
    }
    event.data_size += more;
    event.action = Filter::PACKET_ACTION_SEND_MODIFIED;
  };
  filter().start_filter(0);
  Octets longer = frame_of(1);
  longer.resize(longer.size() + 40, 0xab);
  more = 40;
  EXPECT_EQ(seen_there(frame_of(1)), Frames{longer});
  more = -10;
  Octets shorter = frame_of(1);
  shorter.resize(shorter.size() - 10);
  EXPECT_EQ(seen_there(frame_of(1)), Frames{shorter});
  EXPECT_EQ(errors_.count(), 0U);
  // Without asking for room first, it is a mistake.
  more = 100'000;
  expect_unchanged(frame_of(1), Filter::ERROR_INVALID_PARAMETER);
  more = -1'000;
  expect_unchanged(frame_of(1), Filter::ERROR_INVALID_PARAMETER);
}

TEST_F(NetFilterVerdicts, GrowWhenTheHandlerAsks) {
  // B-111 B-112 B-133 B-108m: the event comes again with the room, the bytes as they were left
  std::atomic<int> calls{0};
  filter().on_packet = [&](PacketEvent& event) {
    constexpr int wanted = 5'000;
    EXPECT_EQ(event.buffer[payload_offset], calls == 0 ? 1 : 99);
    ++calls;
    EXPECT_EQ(event.result_code, 0);
    EXPECT_EQ(event.data_size, static_cast<int>(frame_of(1).size()));
    EXPECT_EQ(event.action, Filter::PACKET_ACTION_SEND);
    if (event.buffer_size < wanted) {
      event.buffer[payload_offset] = 99;
      event.data_size = wanted;
      event.result_code = Filter::ERROR_INSUFFICIENT_BUFFER;
      return;
    }
    std::fill(event.buffer + event.data_size, event.buffer + wanted, std::uint8_t{0xcd});
    event.data_size = wanted;
    event.action = Filter::PACKET_ACTION_SEND_MODIFIED;
  };
  filter().start_filter(0);
  Octets longer = frame_of(99);
  std::ranges::copy(Bytes{frame_of(1)}.first(payload_offset), longer.begin());
  longer.resize(5'000, 0xcd);
  EXPECT_EQ(seen_there(frame_of(1)), Frames{longer});
  EXPECT_EQ(calls, 2);
  EXPECT_EQ(errors_.count(), 0U);
}

TEST_F(NetFilterVerdicts, GrowNoLargerThanTheirBound) {
  // B-111 B-133: the packet goes on unchanged then
  std::atomic<int> calls{0};
  std::atomic<int> largest{0};
  filter().on_packet = [&](PacketEvent& event) {
    ++calls;
    largest = event.buffer_size;
    event.data_size = event.buffer_size < 262'144 ? 262'144 : 262'145;
    event.result_code = Filter::ERROR_INSUFFICIENT_BUFFER;
  };
  filter().start_filter(0);
  expect_unchanged(frame_of(1), Filter::ERROR_INSUFFICIENT_BUFFER);
  EXPECT_GE(largest, 262'144);
  EXPECT_EQ(calls, 2);
}

TEST_F(NetFilterVerdicts, GrowNoMoreOftenThanTheirBound) {
  // B-111 B-133: 8 times again, then the packet goes on unchanged
  std::atomic<int> calls{0};
  filter().on_packet = [&](PacketEvent& event) {
    ++calls;
    event.data_size = event.buffer_size + 1;
    event.result_code = Filter::ERROR_INSUFFICIENT_BUFFER;
  };
  filter().start_filter(0);
  expect_unchanged(frame_of(1), Filter::ERROR_INSUFFICIENT_BUFFER);
  EXPECT_EQ(calls, 9);
}

TEST_F(NetFilterVerdicts, GoOnUnchangedBeyondWhatTheAdapterTakes) {
  // B-110 B-111
  filter().on_packet = [](PacketEvent& event) {
    event.data_size = 20'000;
    event.result_code = event.buffer_size < 20'000 ? Filter::ERROR_INSUFFICIENT_BUFFER : 0;
    event.action = Filter::PACKET_ACTION_SEND_MODIFIED;
  };
  filter().start_filter(0);
  expect_unchanged(frame_of(1), Filter::ERROR_INVALID_PARAMETER);
}

TEST_F(NetFilterVerdicts, GoOnUnchangedWhenTheHandlerReportsAnError) {
  // B-108m B-112 B-95: whatever action it sets
  std::atomic<int> action{0};
  filter().on_packet = [&](PacketEvent& event) {
    event.buffer[payload_offset] = 99;
    event.action = action;
    event.result_code = 1'450;
  };
  filter().start_filter(0);
  for (action = Filter::PACKET_ACTION_DROP; action <= Filter::PACKET_ACTION_SEND_MODIFIED;
       ++action) {
    expect_unchanged(frame_of(1), 1'450);
  }
}

TEST_F(NetFilterVerdicts, GoOnUnchangedWhenTheHandlerThrows) {
  // B-95: on_error has the words, and the code of what has one
  filter().on_packet = [](PacketEvent& event) {
    event.buffer[payload_offset] = 99;
    event.action = Filter::PACKET_ACTION_DROP;
    throw std::runtime_error{"not for me"};
  };
  filter().start_filter(0);
  expect_unchanged(frame_of(1), 0);
  EXPECT_EQ(errors_.all().back().description, "not for me");
  filter().on_packet = [](PacketEvent&) { throw NetFilterError{1'168, "no such thing"}; };
  expect_unchanged(frame_of(1), 1'168);
  EXPECT_EQ(errors_.all().back().description, "no such thing");
  filter().on_packet = [](PacketEvent&) { throw 7; };
  expect_unchanged(frame_of(1), 0);
}

TEST_F(NetFilterVerdicts, GoOnWhateverOnErrorThrows) {
  // B-95
  filter().on_packet = [](PacketEvent&) { throw std::runtime_error{"one"}; };
  filter().on_error = [](ErrorEvent&) { throw std::runtime_error{"another"}; };
  filter().start_filter(0);
  for (std::uint8_t i = 1; i < 4; ++i) {
    send_there({i});
    EXPECT_EQ(arrived_there(), Octets{i});
  }
}

TEST_F(NetFilterVerdicts, GoOnUnchangedWhenTheActionMeansNothing) {
  // B-108l B-109
  filter().on_packet = [](PacketEvent& event) { event.action = 77; };
  filter().start_filter(0);
  expect_unchanged(frame_of(1), Filter::ERROR_INVALID_PARAMETER);
}

TEST_F(NetFilterVerdicts, MayReplaceTheirHandlerThemselves) {
  // B-108: for what comes behind, in the same thread, too
  filter().set_serialize_events(Filter::seOnOneWorkerThread);
  filter().on_packet = [this](PacketEvent& event) {
    filter().on_packet = [](PacketEvent& next) { next.action = Filter::PACKET_ACTION_DROP; };
    event.action = Filter::PACKET_ACTION_SEND;
  };
  filter().start_filter(0);
  send_there({1});
  EXPECT_EQ(arrived_there(), Octets{1});
  send_there({2});
  EXPECT_EQ(arrived_there(briefly), Octets{});
}

TEST_F(NetFilterVerdicts, AreGivenToAllThatWaitsWhenTheFilterStops) {
  // B-86: nothing is lost, whether stop_filter() is called or the filter goes
  constexpr int count = 2'000;
  for (const bool is_destroyed : {false, true}) {
    std::atomic<int> handled{0};
    filter().on_packet = [&](PacketEvent&) {
      std::this_thread::sleep_for(std::chrono::microseconds{20});
      ++handled;
    };
    filter().start_filter(0);
    std::thread traffic{[&] {
      for (int i = 0; i < count; ++i) {
        send_there({static_cast<std::uint8_t>(i)});
        if (i % 50 == 0) std::this_thread::sleep_for(std::chrono::milliseconds{1});
      }
    }};
    EXPECT_TRUE(wait_until([&] { return handled > 100; }));
    if (is_destroyed) {
      release();
    } else {
      filter().stop_filter();
    }
    const int handled_then = handled;
    traffic.join();
    // What is not held any more overtakes what is.
    for (int i = 0; i < count; ++i) ASSERT_EQ(arrived_there().size(), 1U) << i;
    EXPECT_EQ(arrived_there(briefly), Octets{});
    EXPECT_EQ(handled, handled_then);
    EXPECT_EQ(Filter{}.get_driver_status(guid(1)), Filter::MODULE_STATUS_STOPPED);
  }
}

TEST_F(NetFilterVerdicts, HoldPacketsWholeThatAreShownInPart) {
  // B-19 B-108f B-108i B-108k B-103: adapter_max_packet_bytes
  filter().set_adapter_max_packet_bytes(index_of(filter(), "edge"), 50);
  std::atomic<int> action{Filter::PACKET_ACTION_SEND};
  filter().on_packet = [&](PacketEvent& event) {
    EXPECT_EQ(event.data_size, 50);
    EXPECT_GE(event.buffer_size, 50);
    EXPECT_EQ(event.packet_size, static_cast<int>(payload_offset) + 1'000);
    EXPECT_EQ(event.ip_offset, 14);
    EXPECT_EQ(event.ip_size, 36);
    EXPECT_EQ(event.buffer[49], 0x5a);
    event.buffer[49] = 1;
    event.action = action;
  };
  filter().start_filter(0);
  const Octets long_frame = frame(eth(0x0800), ip4(17), udp(port), rest(1'000));
  EXPECT_EQ(seen_there(long_frame), Frames{long_frame});
  action = Filter::PACKET_ACTION_SEND_MODIFIED;
  expect_unchanged(long_frame, Filter::ERROR_INVALID_PARAMETER);
  action = Filter::PACKET_ACTION_DROP;
  EXPECT_EQ(seen_there(long_frame), Frames{});
  // More room would not show more.
  std::atomic<int> calls{0};
  filter().on_packet = [&](PacketEvent& event) {
    ++calls;
    event.data_size = 2'000;
    event.result_code = Filter::ERROR_INSUFFICIENT_BUFFER;
  };
  expect_unchanged(long_frame, Filter::ERROR_INSUFFICIENT_BUFFER);
  EXPECT_EQ(calls, 1);
  EXPECT_EQ(refusal_of([&] { filter().set_adapter_max_packet_bytes(0, 60); }), 1'230);
}

}  // namespace
}  // namespace weir::test

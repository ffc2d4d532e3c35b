// One wild time stamp neither ends the flows of all others nor keeps them from ending.
#include <gtest/gtest.h>

#include "frames.h"

namespace weir::flow::test {
namespace {

constexpr Duration wild = 24h * 365 * 80;

/// Packets of one flow two hours apart; with the times of others in between.
struct Talk : Feed {
  void usual(Duration since) { send({.source_port = 1, .protocol = udp}, since); }
  void other(Duration since) { send({.source_port = 2, .protocol = udp}, since); }
  /// How many flows the usual packets have made.
  std::size_t flows() {
    tracker.finish();
    EXPECT_EQ(recorder.started.size(), recorder.ended.size());
    return static_cast<std::size_t>(std::ranges::count_if(
        recorder.ended, [](const auto& end) { return end.flow().originator().port == 1; }));
  }
};

TEST(Outliers, LeaveTheTimeoutsOfOthersAlone) {
  for (const int place : {0, 1, 2, 3}) {
    Talk talk;
    for (int i = 0; i < 3; ++i) {
      if (i == place) talk.other(wild);
      talk.usual(i * 2h);
      talk.usual(i * 2h + 60s);
    }
    if (place == 3) talk.other(wild);
    EXPECT_EQ(talk.flows(), 3U) << place;
    EXPECT_EQ(talk.tracker.counts().outlier, 1U) << place;
    EXPECT_EQ(talk.tracker.counts().backward, 0U) << place;
    EXPECT_EQ(talk.tracker.counts().tracked, 7U) << place;
  }
}

TEST(Outliers, InTheMiddleOfABatchAreTheSame) {
  const auto usual = make_frame({.source_port = 1, .protocol = udp});
  for (std::size_t place = 0; place < 200; ++place) {
    Talk talk;
    std::vector<Packet> packets;
    for (std::size_t i = 0; i < 200; ++i) {
      packets.push_back(packet_of(usual, i == place ? at(wild) : at(i * 1h)));
    }
    talk.tracker.add(packets);
    EXPECT_EQ(talk.flows(), 199U) << place;
    EXPECT_EQ(talk.tracker.counts().outlier, 1U) << place;
  }
}

TEST(Outliers, KeepTheirTrueTimeStamps) {
  Talk talk;
  talk.usual(0s);
  talk.usual(wild);
  talk.usual(1s);
  EXPECT_EQ(talk.flows(), 1U);
  EXPECT_EQ(talk.recorder.ended[0].flow().start(), at(0s));
  EXPECT_EQ(talk.recorder.ended[0].flow().end(), at(wild));

  Talk first;
  first.usual(wild);
  first.usual(1s);
  EXPECT_EQ(first.flows(), 1U);
  EXPECT_EQ(first.recorder.ended[0].flow().start(), at(1s));
  EXPECT_EQ(first.recorder.ended[0].flow().end(), at(wild));
}

TEST(Outliers, AreNoneIfTheNextPacketAgrees) {
  Talk talk;
  talk.usual(0s);
  talk.usual(48h);
  talk.usual(48h + 1s);
  EXPECT_EQ(talk.flows(), 2U);
  EXPECT_EQ(talk.tracker.counts().outlier, 0U);
  EXPECT_EQ(talk.recorder.ended[1].flow().from_originator().packets, 2U);

  Talk rare;  // every gap is long
  for (int i = 0; i < 5; ++i) {
    rare.usual(i * 48h);
    rare.usual(i * 48h + 1s);
  }
  EXPECT_EQ(rare.flows(), 5U);
}

TEST(Outliers, AreNoneUpToADay) {
  Talk talk;
  talk.usual(0s);
  talk.usual(24h);
  EXPECT_EQ(talk.flows(), 2U);
  EXPECT_EQ(talk.tracker.counts().outlier, 0U);
}

TEST(Outliers, OfWhatAdvanceTellsNeedASecondCall) {
  Talk talk;
  talk.usual(0s);
  talk.tracker.advance(at(wild));
  talk.tracker.advance(at(wild));  // the largest time stamp of a file, once more
  EXPECT_EQ(talk.tracker.size(), 1U);
  talk.tracker.advance(at(wild + 1s));
  EXPECT_EQ(talk.tracker.size(), 0U);
}

TEST(Outliers, AreDecidedByAClockToo) {
  Talk wrong;
  wrong.usual(0s);
  wrong.other(wild);
  EXPECT_EQ(wrong.tracker.counts().tracked, 1U);
  wrong.tracker.advance(at(10s));
  EXPECT_EQ(wrong.tracker.counts().tracked, 2U);
  EXPECT_EQ(wrong.tracker.counts().outlier, 1U);

  Talk right;  // the machine slept
  right.usual(0s);
  right.other(48h);
  right.tracker.advance(at(48h + 1s));
  right.tracker.advance(at(48h + 2s));
  EXPECT_EQ(right.tracker.counts().outlier, 0U);
  EXPECT_EQ(right.tracker.size(), 1U);
}

}  // namespace
}  // namespace weir::flow::test

// What TCP numbers are counted from, for more connections than are remembered.
#include "sink/tcp_numbers.h"

#include <gtest/gtest.h>

#include <utility>

#include "support/flow_traffic.h"

namespace weir::sink {
namespace {

constexpr std::uint8_t ack = 16;

record::FlowRow connection(unsigned number) {
  record::FlowRow flow{.protocol = wire::ip_protocol::tcp};
  flow.originator = {test::client.address, static_cast<std::uint16_t>(number % 60'000)};
  flow.responder = {test::server.address, static_cast<std::uint16_t>(number / 60'000)};
  return flow;
}

flow::HistoryPacket segment(std::uint32_t sequence) {
  return {.sequence = sequence,
          .acknowledgment = 1,
          .tcp_flags = ack,
          .is_from_originator = true,
          .fields = TcpNumbers::needed};
}

TEST(TcpNumbers, GoOnInALaterRecordFromEitherEnd) {
  TcpNumbers numbers;
  numbers.begin(connection(7));
  EXPECT_EQ(numbers.count(segment(1000)).sequence, 1000U);
  record::FlowRow later = connection(7);
  std::swap(later.originator, later.responder);
  numbers.begin(later);
  flow::HistoryPacket packet = segment(1010);
  packet.is_from_originator = false;
  EXPECT_EQ(numbers.count(packet).sequence, 10U);
  numbers.begin(connection(8));
  EXPECT_EQ(numbers.count(segment(1010)).sequence, 1010U);
}

TEST(TcpNumbers, ForgetOneConnectionForAnotherAtTheLimit) {
  constexpr unsigned limit = 65'536;
  TcpNumbers numbers;
  for (unsigned i = 0; i < limit + 5; ++i) {
    numbers.begin(connection(i));
    (void)numbers.count(segment(1000));
  }
  unsigned known = 0;
  for (unsigned i = limit + 5; i-- > 0;) {
    numbers.begin(connection(i));
    known += numbers.count(segment(1010)).sequence == 10;
  }
  EXPECT_LE(known, limit);
  EXPECT_GT(known, limit - 100);
}

}  // namespace
}  // namespace weir::sink

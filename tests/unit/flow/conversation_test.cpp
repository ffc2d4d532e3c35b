// Which flows join two ends, and histories of those alone.
#include "weir/flow/conversation.h"

#include <gtest/gtest.h>

#include "unit/flow/connection.h"

namespace weir::flow::test {
namespace {

FlowKey key_of(const FrameFields& fields, const TrackerOptions& options = {}) {
  Feed feed{options};
  feed.send(fields);
  return feed.only_flow().key();
}

TEST(Conversation, IsWhicheverEndBegan) {
  const FlowKey key = key_of({});
  const Conversation::End client{client_end.address, client_end.port};
  const Conversation::End server{server_end.address, server_end.port};
  EXPECT_TRUE((Conversation{client, server}.matches(key)));
  EXPECT_TRUE((Conversation{server, client}.matches(key)));
  EXPECT_FALSE((Conversation{client, client}.matches(key)));
  EXPECT_FALSE((Conversation{server, server}.matches(key)));
}

TEST(Conversation, IsOfThesePortsUnlessTheyAreLeftOut) {
  const FlowKey key = key_of({});
  const Conversation::End client{client_end.address};
  const Conversation::End server{server_end.address};
  for (const auto& [port, is_it] : {std::pair{client_end.port, true}, {server_end.port, false}}) {
    EXPECT_EQ((Conversation{{client_end.address, port}, server}.matches(key)), is_it);
    EXPECT_EQ((Conversation{server, {client_end.address, port}}.matches(key)), is_it);
    EXPECT_TRUE((Conversation{{client_end.address, port}, server}.joins_addresses(key)));
  }
  EXPECT_TRUE((Conversation{client, server}.matches(key)));
  EXPECT_FALSE((Conversation{client, client}.joins_addresses(key)));
}

TEST(Conversation, OfOneDirectionIsBothFlows) {
  const Conversation which{{client_end.address}, {server_end.address}};
  const TrackerOptions options{.unidirectional = true};
  EXPECT_TRUE(which.matches(key_of({}, options)));
  EXPECT_TRUE(which.matches(key_of(FrameFields{}.reversed(), options)));
}

TEST(History, IsKeptOfOneConversationAlone) {
  const Conversation which{{client_end.address, client_end.port}, {server_end.address}};
  Feed feed{{.history = {.fields = HistoryFields::all, .only = which}}};
  FrameFields other;
  ++other.source_port;
  for (int i = 0; i < 3; ++i) {
    feed.send({});
    feed.send(other);
    feed.send(other.reversed());
  }
  EXPECT_EQ(feed.tracker.history_counts().packets, 3U);
  EXPECT_EQ(feed.tracker.history_counts().dropped, 0U);
  for (const Flow& flow : feed.tracker.flows()) {
    EXPECT_EQ(feed.tracker.history(flow).size(), which.matches(flow.key()) ? 3U : 0U);
  }
}

}  // namespace
}  // namespace weir::flow::test

// What will be in a trace, before any byte is made.
#include "plan.h"

#include <algorithm>

namespace bench {

std::uint32_t Plan::add(const Conversation& conversation) {
  conversations_.push_back(conversation);
  switch (conversation.kind) {
    case Kind::arp:
      break;
    case Kind::icmp4:
    case Kind::icmp6:
      count_icmp_pair(conversation, conversation.kind);
      break;
    default:  // ports are never used twice by one client
      ++truth_[conversation.kind].flows;
  }
  return static_cast<std::uint32_t>(conversations_.size() - 1);
}

bool Plan::add(Event event) {
  if (event.time_us >= span_us_) return false;
  event.conversation = static_cast<std::uint32_t>(conversations_.size() - 1);
  events_.push_back(event);
  if (event.content == Content::unreachable) {
    const Conversation& conversation = conversations_.back();
    count_icmp_pair(conversation, conversation.ipv6() ? Kind::icmp6 : Kind::icmp4);
  }
  return true;
}

void Plan::sort() {
  std::stable_sort(events_.begin(), events_.end(),
                   [](const Event& a, const Event& b) { return a.time_us < b.time_us; });
}

void Plan::count_icmp_pair(const Conversation& conversation, Kind kind) {
  const bool added = icmp_pairs_.emplace(kind, conversation.client, conversation.server).second;
  if (added) ++truth_[kind].flows;
}

}  // namespace bench

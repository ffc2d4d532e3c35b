// Reads rtnetlink's list of links once, and its news of them from then on.
#include "weir/capture/adapter_names.h"

#include <linux/netlink.h>
#include <linux/rtnetlink.h>

#include <utility>

#include "capture/adapter/link_facts.h"
#include "sys/netlink_socket.h"

namespace weir::capture {
namespace {

/// Datagrams taken at one call.
constexpr int max_datagrams = 1024;

}  // namespace

struct AdapterNames::State {
  State() {
    news.subscribe(RTNLGRP_LINK);  // before the list is read: what happens meanwhile is news
    read_all();
  }

  void read_all() {
    const std::vector<std::uint8_t> messages =
        list.ask(RTM_GETLINK, NLM_F_DUMP, std::vector<std::uint8_t>(sizeof(ifinfomsg)));
    take(messages);
  }

  void take(Bytes messages) {
    while (const auto message = sys::take_message(messages)) {
      if (message->type != RTM_NEWLINK) continue;
      if (auto facts = parse_link(message->body)) {
        names.push_back({facts->adapter.id, std::move(facts->adapter.name)});
      }
    }
  }

  sys::NetlinkSocket news{NETLINK_ROUTE};
  sys::NetlinkSocket list{NETLINK_ROUTE};
  std::vector<AdapterName> names{};
};

AdapterNames::AdapterNames() : state_{std::make_unique<State>()} {}
AdapterNames::AdapterNames(AdapterNames&&) noexcept = default;
AdapterNames& AdapterNames::operator=(AdapterNames&&) noexcept = default;
AdapterNames::~AdapterNames() = default;

std::vector<AdapterName> AdapterNames::next() {
  bool is_incomplete = false;
  for (int i = 0; i < max_datagrams; ++i) {
    Bytes messages;
    const auto told = state_->news.receive(messages);
    if (told == sys::NetlinkSocket::News::none) break;
    if (told == sys::NetlinkSocket::News::lost) {
      is_incomplete = true;  // what is still queued is older
    } else {
      state_->take(messages);
    }
  }
  if (is_incomplete) state_->read_all();
  return std::exchange(state_->names, {});
}

}  // namespace weir::capture

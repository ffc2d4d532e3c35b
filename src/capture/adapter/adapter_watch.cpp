// Follows rtnetlink's news of links and addresses; reads all anew where some were lost.
#include "weir/capture/adapter_watch.h"

#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

#include "capture/adapter/adapter_list.h"
#include "capture/adapter/adapter_query.h"
#include "capture/patience.h"
#include "sys/netlink_socket.h"
#include "sys/wake_up.h"

namespace weir::capture {
namespace {

/// Room for some hundred messages of a link each, as far as the system's limit lets it.
constexpr int news_buffer_size = 1 << 20;
/// Datagrams taken before what they told is handed out.
constexpr int max_datagrams = 1024;

sys::NetlinkSocket subscribed() {
  sys::NetlinkSocket socket{NETLINK_ROUTE};
  static_cast<void>(::setsockopt(socket.descriptor().number(), SOL_SOCKET, SO_RCVBUF,
                                 &news_buffer_size, sizeof news_buffer_size));
  for (const auto group : {RTNLGRP_LINK, RTNLGRP_IPV4_IFADDR, RTNLGRP_IPV6_IFADDR}) {
    socket.subscribe(group);
  }
  return socket;
}

}  // namespace

struct AdapterWatch::State {
  // In this order: what happens while the list is read is news.
  sys::NetlinkSocket news{subscribed()};
  sys::WakeUp wake_up{};
  AdapterQuery query{};
  AdapterList list{query.all()};

  /// Takes what the kernel has told.
  void take_news();
  void take(const sys::NetlinkMessage& message);
};

void AdapterWatch::State::take_news() {
  bool is_incomplete = false;
  Bytes rest;
  for (int i = 0; i < max_datagrams; ++i) {
    const auto news_state = news.receive(rest);
    if (news_state == sys::NetlinkSocket::News::none) break;
    if (news_state == sys::NetlinkSocket::News::lost) {
      // What is still queued is older than what was lost, and the kernel queues nothing more until
      // that has been read: read it first.
      is_incomplete = true;
      continue;
    }
    while (const auto message = sys::take_message(rest)) take(*message);
  }
  if (is_incomplete) list.replace(query.all());
}

void AdapterWatch::State::take(const sys::NetlinkMessage& message) {
  switch (message.type) {
    case RTM_NEWLINK:
      if (auto facts = parse_link(message.body)) {
        const Adapter* const known = list.find(facts->adapter.id);
        list.put(query.complete(std::move(*facts), known));
      }
      break;
    case RTM_DELLINK:
      if (const auto facts = parse_link(message.body)) list.remove(facts->adapter.id);
      break;
    case RTM_NEWADDR:
      if (const auto facts = parse_address(message.body); facts && !facts->is_tentative) {
        list.put_address(*facts);
      }
      break;
    case RTM_DELADDR:
      if (const auto facts = parse_address(message.body)) list.remove_address(*facts);
      break;
    default:
      break;
  }
}

const char* name(AdapterEvent::Kind kind) noexcept {
  switch (kind) {
    case AdapterEvent::Kind::added:
      return "added";
    case AdapterEvent::Kind::removed:
      return "removed";
    case AdapterEvent::Kind::renamed:
      return "renamed";
    case AdapterEvent::Kind::up:
      return "up";
    case AdapterEvent::Kind::down:
      return "down";
    case AdapterEvent::Kind::changed:
      return "changed";
  }
  return "unknown";
}

AdapterWatch::AdapterWatch() : state_{std::make_unique<State>()} {}
AdapterWatch::AdapterWatch(AdapterWatch&&) noexcept = default;
AdapterWatch& AdapterWatch::operator=(AdapterWatch&&) noexcept = default;
AdapterWatch::~AdapterWatch() = default;

const std::vector<Adapter>& AdapterWatch::adapters() const noexcept {
  return state_->list.adapters();
}

std::vector<AdapterEvent> AdapterWatch::next(Deadline deadline) {
  const Patience patience{deadline};
  for (;;) {
    const auto state =
        sys::wait_readable(state_->news.descriptor(), state_->wake_up, patience.milliseconds());
    if (state == sys::Readable::woken) return {};
    if (state == sys::Readable::yes) {
      state_->take_news();
      auto events = state_->list.take_events();
      if (!events.empty()) return events;
    }
    // Not all that is told changes anything, and a signal ends a wait too.
    if (patience.over()) return {};
  }
}

int AdapterWatch::file_descriptor() const noexcept { return state_->news.descriptor().number(); }

void AdapterWatch::stop() noexcept { state_->wake_up.set(); }

}  // namespace weir::capture

// RTM_GETLINK and RTM_GETADDR behind AdapterQuery.
#include "capture/adapter/adapter_query.h"

#include <linux/netlink.h>
#include <linux/rtnetlink.h>

#include <algorithm>
#include <utility>

#include "capture/adapter/adapter_types.h"
#include "capture/adapter/monitor_support.h"
#include "capture/adapter/pseudo_adapter.h"

namespace weir::capture {
namespace {

/// Software adapters have a kind; only devices can be Wi-Fi.
bool may_be_wifi(const LinkFacts& facts) noexcept {
  return facts.kind.empty() &&
         (facts.adapter.type == if_type::ethernet || facts.adapter.type == if_type::ieee80211);
}

void take_monitor(const std::map<std::uint32_t, bool>& support, Adapter& adapter) {
  const auto found = support.find(adapter.id);
  if (found == support.end()) return;
  adapter.monitor = found->second;
  adapter.type = if_type::ieee80211;
}

Adapter* find(std::vector<Adapter>& adapters, std::uint32_t id) noexcept {
  const auto found = std::ranges::lower_bound(adapters, id, {}, &Adapter::id);
  return found != adapters.end() && found->id == id ? &*found : nullptr;
}

}  // namespace

Adapter any_adapter() {
  return {.name = std::string{all_adapters},
          .description = "all adapters",
          .type = if_type::other,
          .link_type = LinkType::linux_sll2,
          .flags = AdapterFlags::up | AdapterFlags::running};
}

AdapterQuery::AdapterQuery() : route_{NETLINK_ROUTE} {}

std::vector<std::uint8_t> AdapterQuery::list(std::uint16_t type, std::size_t header_size) {
  // A header of zeros, its family too: all of them.
  return route_.ask(type, NLM_F_DUMP, std::vector<std::uint8_t>(header_size));
}

std::vector<Adapter> AdapterQuery::all() {
  std::vector<LinkFacts> links;
  const auto link_messages = list(RTM_GETLINK, sizeof(ifinfomsg));
  Bytes rest{link_messages};
  while (const auto message = sys::take_message(rest)) {
    if (message->type != RTM_NEWLINK) continue;
    if (auto facts = parse_link(message->body)) links.push_back(std::move(*facts));
  }
  std::map<std::uint32_t, bool> support;
  if (std::ranges::any_of(links, may_be_wifi)) support = monitor_support();

  std::vector<Adapter> adapters;
  for (LinkFacts& link : links) {
    describe(link, nullptr);
    take_monitor(support, link.adapter);
    adapters.push_back(std::move(link.adapter));
  }
  std::ranges::sort(adapters, {}, &Adapter::id);

  const auto address_messages = list(RTM_GETADDR, sizeof(ifaddrmsg));
  rest = address_messages;
  while (const auto message = sys::take_message(rest)) {
    if (message->type != RTM_NEWADDR) continue;
    const auto facts = parse_address(message->body);
    Adapter* const adapter =
        facts && !facts->is_tentative ? find(adapters, facts->adapter_id) : nullptr;
    if (adapter != nullptr) adapter->addresses.push_back(facts->address);
  }
  adapters.push_back(any_adapter());
  return adapters;
}

Adapter AdapterQuery::complete(LinkFacts facts, const Adapter* known) const {
  describe(facts, known);
  if (may_be_wifi(facts)) take_monitor(monitor_support(), facts.adapter);
  return std::move(facts.adapter);
}

void AdapterQuery::describe(LinkFacts& facts, const Adapter* known) const {
  Adapter& adapter = facts.adapter;
  const auto hardware = hardware_.ask(adapter.name);
  if (!hardware && known != nullptr) {
    adapter.description = known->description;
    adapter.speed = known->speed;
    return;
  }
  if (hardware) adapter.speed = hardware->speed;
  adapter.description = hardware && !hardware->driver.empty() ? hardware->driver : facts.kind;
  if (adapter.description.empty() && has(adapter.flags, AdapterFlags::loopback)) {
    adapter.description = "loopback";
  }
  if (facts.parent.empty()) return;
  adapter.description += (adapter.description.empty() ? "on " : " on ") + facts.parent;
}

}  // namespace weir::capture

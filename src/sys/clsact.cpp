// The clsact queueing discipline and its BPF filters, by rtnetlink.
#include "sys/clsact.h"

#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <linux/pkt_cls.h>
#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>

#include <algorithm>
#include <cerrno>
#include <string_view>

#include "sys/bytes_of.h"
#include "weir/error.h"

namespace weir::sys {
namespace {

constexpr std::uint32_t handle = 1;

/// With the NUL that literals and strings end with.
Bytes text(std::string_view characters) noexcept {
  return {reinterpret_cast<const std::uint8_t*>(characters.data()), characters.size() + 1};
}

tcmsg discipline_of(std::uint32_t adapter) noexcept {
  tcmsg header{};
  header.tcm_ifindex = static_cast<int>(adapter);
  header.tcm_handle = TC_H_MAKE(TC_H_CLSACT, 0);
  header.tcm_parent = TC_H_CLSACT;
  return header;
}

tcmsg hook_of(std::uint32_t adapter, Hook hook) noexcept {
  tcmsg header{};
  header.tcm_ifindex = static_cast<int>(adapter);
  header.tcm_parent =
      TC_H_MAKE(TC_H_CLSACT, hook == Hook::ingress ? TC_H_MIN_INGRESS : TC_H_MIN_EGRESS);
  return header;
}

tcmsg filter_at(const Clsact::Place& place) noexcept {
  tcmsg header = hook_of(place.adapter, place.hook);
  header.tcm_handle = handle;
  header.tcm_info = TC_H_MAKE(static_cast<std::uint32_t>(place.priority) << 16U, htons(ETH_P_ALL));
  return header;
}

void take_options(Clsact::Filter& filter, Bytes options) {
  while (const auto option = take_attribute(options)) {
    if (option->type == TCA_BPF_NAME) filter.name = option->text();
    if (option->type == TCA_BPF_ID) filter.program_id = option->as<std::uint32_t>().value_or(0);
  }
}

/// None for what is no filter but stands for those of a priority.
std::optional<Clsact::Filter> parsed(Bytes body) {
  const auto header = take_header<tcmsg>(body);
  if (!header || header->tcm_handle == 0) return std::nullopt;
  Clsact::Filter filter{.priority =
                            static_cast<Clsact::Priority>(TC_H_MAJ(header->tcm_info) >> 16U)};
  Bytes options;
  while (const auto attribute = take_attribute(body)) {
    if (attribute->type == TCA_KIND) filter.kind = attribute->text();
    if (attribute->type == TCA_OPTIONS) options = attribute->value;
  }
  if (filter.kind == "bpf") take_options(filter, options);
  return filter;
}

}  // namespace

Clsact::Clsact() : socket_{NETLINK_ROUTE} {}

bool Clsact::make_discipline(std::uint32_t adapter) {
  auto body = body_of(discipline_of(adapter));
  append_attribute(body, TCA_KIND, text("clsact"));
  try {
    static_cast<void>(socket_.ask(RTM_NEWQDISC, NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL, body));
    return true;
  } catch (const SystemError& error) {
    if (error.system_code().value() != EEXIST) throw;
  }
  // Refused for one of another kind: "ingress", which would take filters for what leaves as if they
  // were for what arrives.
  try {
    static_cast<void>(socket_.ask(RTM_NEWQDISC, NLM_F_ACK, body));
  } catch (const SystemError& error) {
    throw SystemError{error.system_code().value(), "use the queueing discipline that is there"};
  }
  return false;
}

void Clsact::remove_discipline(std::uint32_t adapter) noexcept {
  try {
    static_cast<void>(socket_.ask(RTM_DELQDISC, NLM_F_ACK, body_of(discipline_of(adapter))));
  } catch (const SystemError&) {
    // It is gone already, or the adapter is.
  }
}

void Clsact::add(const TrafficControlProgram& program, const Place& place, const std::string& name,
                 IfThere if_there) {
  std::vector<std::uint8_t> options;
  append_attribute(options, TCA_BPF_FD, bytes_of(program.descriptor().number()));
  append_attribute(options, TCA_BPF_NAME, text(name));
  append_attribute(options, TCA_BPF_FLAGS, bytes_of(std::uint32_t{TCA_BPF_FLAG_ACT_DIRECT}));
  auto body = body_of(filter_at(place));
  append_attribute(body, TCA_KIND, text("bpf"));
  append_attribute(body, TCA_OPTIONS, options);
  const std::uint16_t flags = if_there == IfThere::refuse ? NLM_F_EXCL : 0;
  static_cast<void>(socket_.ask(
      RTM_NEWTFILTER, static_cast<std::uint16_t>(NLM_F_ACK | NLM_F_CREATE | flags), body));
}

void Clsact::remove(const Place& place) noexcept {
  try {
    auto body = body_of(filter_at(place));
    append_attribute(body, TCA_KIND, text("bpf"));
    static_cast<void>(socket_.ask(RTM_DELTFILTER, NLM_F_ACK, body));
  } catch (const SystemError&) {
    // It is gone already, or the adapter is.
  }
}

std::vector<Clsact::Filter> Clsact::filters(std::uint32_t adapter, Hook hook) {
  const auto answer = socket_.ask(RTM_GETTFILTER, NLM_F_DUMP, body_of(hook_of(adapter, hook)));
  std::vector<Filter> found;
  Bytes rest{answer};
  while (const auto message = take_message(rest)) {
    if (message->type != RTM_NEWTFILTER) continue;
    if (auto filter = parsed(message->body)) found.push_back(std::move(*filter));
  }
  std::ranges::sort(found, {}, &Filter::priority);
  return found;
}

ClsactFilter::ClsactFilter(const TrafficControlProgram& program, std::uint32_t adapter, Hook hook,
                           Clsact::Priority priority)
    : place_{adapter, hook, priority} {
  clsact_.make_discipline(adapter);
  clsact_.add(program, place_, "weir", Clsact::IfThere::replace);
}

}  // namespace weir::sys

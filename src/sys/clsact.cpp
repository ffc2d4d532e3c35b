// The clsact queueing discipline and its BPF filters, by rtnetlink.
#include "sys/clsact.h"

#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <linux/pkt_cls.h>
#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>

#include <cerrno>
#include <string_view>

#include "sys/bytes_of.h"
#include "weir/error.h"

namespace weir::sys {
namespace {

constexpr std::uint32_t handle = 1;

Bytes text(std::string_view characters) noexcept {
  // With the NUL that string literals end with.
  return {reinterpret_cast<const std::uint8_t*>(characters.data()), characters.size() + 1};
}

tcmsg discipline_of(std::uint32_t adapter) noexcept {
  tcmsg header{};
  header.tcm_ifindex = static_cast<int>(adapter);
  header.tcm_handle = TC_H_MAKE(TC_H_CLSACT, 0);
  header.tcm_parent = TC_H_CLSACT;
  return header;
}

tcmsg filter_of(std::uint32_t adapter, Hook hook, ClsactFilter::Priority priority) noexcept {
  tcmsg header{};
  header.tcm_ifindex = static_cast<int>(adapter);
  header.tcm_handle = handle;
  header.tcm_parent =
      TC_H_MAKE(TC_H_CLSACT, hook == Hook::ingress ? TC_H_MIN_INGRESS : TC_H_MIN_EGRESS);
  header.tcm_info = TC_H_MAKE(static_cast<std::uint32_t>(priority) << 16U, htons(ETH_P_ALL));
  return header;
}

/// There may be one already.
void make_discipline(NetlinkSocket& socket, std::uint32_t adapter) {
  auto body = body_of(discipline_of(adapter));
  append_attribute(body, TCA_KIND, text("clsact"));
  try {
    static_cast<void>(socket.ask(RTM_NEWQDISC, NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL, body));
  } catch (const SystemError& error) {
    if (error.system_code().value() != EEXIST) throw;
  }
}

}  // namespace

ClsactFilter::ClsactFilter(const TrafficControlProgram& program, std::uint32_t adapter, Hook hook,
                           Priority priority)
    : socket_{NETLINK_ROUTE}, adapter_{adapter}, hook_{hook}, priority_{priority} {
  make_discipline(socket_, adapter);
  std::vector<std::uint8_t> options;
  append_attribute(options, TCA_BPF_FD, bytes_of(program.descriptor().number()));
  append_attribute(options, TCA_BPF_NAME, text("weir"));
  append_attribute(options, TCA_BPF_FLAGS, bytes_of(std::uint32_t{TCA_BPF_FLAG_ACT_DIRECT}));
  auto body = body_of(filter_of(adapter, hook, priority));
  append_attribute(body, TCA_KIND, text("bpf"));
  append_attribute(body, TCA_OPTIONS, options);
  static_cast<void>(socket_.ask(RTM_NEWTFILTER, NLM_F_ACK | NLM_F_CREATE, body));
}

ClsactFilter::~ClsactFilter() {
  try {
    auto body = body_of(filter_of(adapter_, hook_, priority_));
    append_attribute(body, TCA_KIND, text("bpf"));
    static_cast<void>(socket_.ask(RTM_DELTFILTER, NLM_F_ACK, body));
  } catch (const SystemError&) {
    // The adapter is gone, and the filter with it.
  }
}

}  // namespace weir::sys

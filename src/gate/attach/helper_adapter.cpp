// The TAP adapter and its two programs.
#include "gate/attach/helper_adapter.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include "weir/error.h"
#include "weir/gate/gate.h"

namespace weir::gate {
namespace {

// The kernel's limit: 65,535 with the Ethernet header (drivers/net/tun.c).
constexpr std::uint32_t longest = 65'521;
// Tap's own, of every part of weir.
constexpr std::string_view name_prefix_of_taps = "weir";

}  // namespace

HelperAdapter::HelperAdapter(const sys::TrafficControlProgram& turning,
                             const sys::SocketFilterProgram& segments, Attachment how,
                             std::shared_ptr<Rights> rights)
    : tap_{{.mtu = longest}} {
  tap_.set_alias("weir gate");
  tap_.send_unqueued();
  if (const int error = tap_.attach(segments)) {
    throw SystemError{error, "attach a BPF program to " + tap_.name()};
  }
  if (how == Attachment::clsact) {
    filter_.emplace(turning, tap_.index(), sys::Hook::egress);
  } else {
    link_.emplace(turning, tap_.index(), sys::Hook::egress);
  }
  tap_.set_up();
  port_ = std::make_shared<const Port>(
      capture::Adapter{
          .id = tap_.index(), .name = tap_.name(), .link_type = LinkType::ethernet, .mtu = longest},
      std::move(rights));
}

bool is_of_weir(const capture::Adapter& adapter) noexcept {
  const std::string_view name = adapter.name;
  if (!adapter.description.starts_with("tun") || !name.starts_with(name_prefix_of_taps)) {
    return false;
  }
  const std::string_view number = name.substr(name_prefix_of_taps.size());
  return !number.empty() &&
         std::ranges::all_of(number, [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace weir::gate

// The gate's own adapter: frames are cut on their way through it, and turned into others' ingress.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "gate/attach/port.h"
#include "sys/bpf_link.h"
#include "sys/bpf_program.h"
#include "sys/clsact.h"
#include "sys/tap.h"
#include "weir/capture/adapter.h"
#include "weir/gate/options.h"

namespace weir::gate {

/// A TAP adapter "weir0", "weir1", ... that has no address and takes frames of up to 65,521 bytes
/// behind the Ethernet header. It goes with this, or with the process.
class HelperAdapter {
 public:
  /// What it is given to send passes `turning`; what that lets go on is cut into segments and shown
  /// to `segments`, which keeps none. `how` is not best. Borrows nothing. Throws SystemError.
  HelperAdapter(const sys::TrafficControlProgram& turning, const sys::SocketFilterProgram& segments,
                Attachment how, std::shared_ptr<Rights> rights = own_rights());

  /// The ifindex.
  [[nodiscard]] std::uint32_t index() const noexcept { return tap_.index(); }
  /// What goes into other adapters is sent here. Packets that are held may keep it longer than
  /// there is an adapter: sending fails then.
  [[nodiscard]] const std::shared_ptr<const Port>& port() const noexcept { return port_; }

 private:
  sys::Tap tap_;
  std::optional<sys::TcxLink> link_;
  // It stays when the process is killed, but its adapter does not.
  std::optional<sys::ClsactFilter> filter_;
  std::shared_ptr<const Port> port_;
};

}  // namespace weir::gate

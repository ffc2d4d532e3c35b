// What a gate needs rights for while it runs: done here, or by a process that has kept them.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "gate/attach/dispatchers.h"
#include "gate/attach/hooks.h"
#include "gate/attach/rank.h"
#include "sys/bpf_program.h"
#include "sys/packet_socket.h"
#include "weir/bpf/ebpf.h"
#include "weir/gate/options.h"

namespace weir::gate {

/// A socket that sends on an adapter (its ifindex).
struct SenderOf {
  std::uint32_t adapter = 0;
  /// Of all it sends, but for what is sent with others.
  std::uint32_t mark = 0;
  std::uint32_t priority = 0;
  bool operator==(const SenderOf&) const = default;
};

/// load() by any thread, one at a time; the others as the gate attaches: by one thread. Outlives
/// what it has made.
class Rights {
 public:
  Rights() = default;
  Rights(const Rights&) = delete;
  Rights& operator=(const Rights&) = delete;
  virtual ~Rights() = default;

  /// A program that names maps by their descriptors here. Throws SystemError.
  [[nodiscard]] virtual sys::TrafficControlProgram load(const bpf::EbpfProgram& code,
                                                        const std::string& name) = 0;
  /// As Hooks does. Throws SystemError, Error.
  [[nodiscard]] virtual std::unique_ptr<Hooks> attach(std::uint32_t adapter,
                                                      const Dispatchers& dispatchers, Rank rank,
                                                      Attachment how) = 0;
  /// As open_sender() does. Throws SystemError.
  [[nodiscard]] virtual sys::PacketSocket open_sender(const SenderOf& sender) = 0;
  /// As LoopbackSettings::are_on() does. Throws SystemError.
  [[nodiscard]] virtual bool loopback_is_on(const std::string& adapter) = 0;
  /// As LoopbackSettings does, as long as what it returns lives. Throws SystemError.
  [[nodiscard]] virtual std::shared_ptr<void> set_loopback(const std::string& adapter,
                                                           Rank rank) = 0;
  /// Whether there is nobody any more who could do all this.
  [[nodiscard]] virtual bool are_lost() const noexcept { return false; }
};

/// Those of the calling process. Throws SystemError.
[[nodiscard]] std::shared_ptr<Rights> own_rights();

}  // namespace weir::gate

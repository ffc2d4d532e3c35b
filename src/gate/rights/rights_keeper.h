// The process that keeps the rights of a gate: does what a gate needs, and nothing else.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "gate/rights/channel.h"
#include "gate/rights/own_rights.h"
#include "gate/rights/request.h"

namespace weir::gate {

/// Of one gate. Whoever asks is not trusted: it parses packets, and may have been taken over. No
/// descriptor of a map, a program or a link is open here between two requests.
class RightsKeeper {
 public:
  /// Throws SystemError.
  explicit RightsKeeper(Channel& channel) : channel_{channel} {}

  /// Until nobody is left to ask, or asks for what no gate asks for. The loopback is restored then.
  void serve();

 private:
  using Descriptors = std::vector<sys::FileDescriptor>;

  /// False if nobody has taken it.
  [[nodiscard]] bool answer(const Request& request, Descriptors received);
  /// What is handed over; the reply's value. Throws Error.
  [[nodiscard]] Descriptors fulfil(const Request& request, Descriptors received, Reply& reply);
  [[nodiscard]] bool send(Reply reply, std::string text, Descriptors result);
  [[nodiscard]] Descriptors load(const Request& request, const Descriptors& maps);
  [[nodiscard]] Descriptors attach(const Request& request, Descriptors programs);
  void set_loopback(const Request& request);
  void check_gate(const Request& request, const Dispatchers& dispatchers);

  Channel& channel_;
  OwnRights rights_{};
  /// Its programs, and its place: those it attaches first, before it takes any packet.
  std::optional<Neighbor> gate_{};
  /// By ifindex: what is attached by clsact.
  std::map<std::uint32_t, std::unique_ptr<Hooks>> hooks_{};
  std::shared_ptr<void> loopback_{};
  bpf::EbpfProgram code_{};
};

}  // namespace weir::gate

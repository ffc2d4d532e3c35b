// Each right used where it stands.
#include "gate/rights/own_rights.h"

#include <span>

#include "gate/attach/loopback_settings.h"
#include "gate/attach/port.h"

namespace weir::gate {

sys::TrafficControlProgram OwnRights::load(const bpf::EbpfProgram& code, const std::string& name) {
  return sys::TrafficControlProgram{std::as_bytes(std::span{code}), name};
}

std::unique_ptr<Hooks> OwnRights::attach(std::uint32_t adapter, const Dispatchers& dispatchers,
                                         Rank rank, Attachment how) {
  return std::make_unique<Hooks>(adapter, dispatchers, rank, how, clsact_);
}

sys::PacketSocket OwnRights::open_sender(const SenderOf& sender) {
  return gate::open_sender(sender);
}

bool OwnRights::loopback_is_on(const std::string& adapter) {
  return LoopbackSettings::are_on(adapter);
}

std::shared_ptr<void> OwnRights::set_loopback(const std::string& adapter, Rank rank) {
  return std::make_shared<LoopbackSettings>(adapter, rank);
}

std::shared_ptr<Rights> own_rights() { return std::make_shared<OwnRights>(); }

}  // namespace weir::gate

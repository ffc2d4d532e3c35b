// Rights of this process itself.
#pragma once

#include "gate/rights/rights.h"
#include "sys/clsact.h"

namespace weir::gate {

class OwnRights : public Rights {
 public:
  [[nodiscard]] sys::TrafficControlProgram load(const bpf::EbpfProgram& code,
                                                const std::string& name) override;
  [[nodiscard]] std::unique_ptr<Hooks> attach(std::uint32_t adapter, const Dispatchers& dispatchers,
                                              Rank rank, Attachment how) override;
  [[nodiscard]] sys::PacketSocket open_sender(const SenderOf& sender) override;
  [[nodiscard]] bool loopback_is_on(const std::string& adapter) override;
  [[nodiscard]] std::shared_ptr<void> set_loopback(const std::string& adapter, Rank rank) override;

 private:
  sys::Clsact clsact_{};
};

}  // namespace weir::gate

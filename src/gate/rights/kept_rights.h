// Rights that another process has kept: it is asked each time.
#pragma once

#include <mutex>
#include <string_view>
#include <vector>

#include "gate/rights/channel.h"
#include "gate/rights/request.h"
#include "gate/rights/rights.h"

namespace weir::gate {

/// All by any thread.
class KeptRights : public Rights, public std::enable_shared_from_this<KeptRights> {
 public:
  /// What is told once there is nobody to ask.
  static constexpr const char* lost =
      "the process that keeps the gate's rights has ended: rules and adapters stay as they are";

  /// To a RightsKeeper.
  explicit KeptRights(Channel channel);

  [[nodiscard]] sys::TrafficControlProgram load(const bpf::EbpfProgram& code,
                                                const std::string& name) override;
  [[nodiscard]] std::unique_ptr<Hooks> attach(std::uint32_t adapter, const Dispatchers& dispatchers,
                                              Rank rank, Attachment how) override;
  [[nodiscard]] sys::PacketSocket open_sender(const SenderOf& sender) override;
  [[nodiscard]] bool loopback_is_on(const std::string& adapter) override;
  [[nodiscard]] std::shared_ptr<void> set_loopback(const std::string& adapter, Rank rank) override;
  [[nodiscard]] bool are_lost() const noexcept override { return channel_.is_closed(); }
  /// Nothing is asked any more.
  void end() const noexcept { channel_.shut_down(); }

 private:
  struct Answer {
    std::uint32_t value = 0;
    std::vector<sys::FileDescriptor> descriptors{};
  };
  /// `descriptors`: so many have to come back. Throws SystemError, Error.
  Answer ask(const Request& request, std::size_t descriptors = 0, std::span<const int> sent = {},
             Bytes more = {});
  /// Asks once what it returns has gone; errors are of no use then.
  [[nodiscard]] std::shared_ptr<void> asking_at_end(const Request& request);

  std::mutex mutex_{};
  Channel channel_;
};

}  // namespace weir::gate

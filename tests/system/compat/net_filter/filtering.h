// NetFilters of this host, another host beside it, and what handlers tell.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "support/frames.h"
#include "support/temporary_folder.h"
#include "system/gate/truth/datagram_socket.h"
#include "system/gate/truth/gate_network.h"
#include "system/gate/truth/host.h"
#include "weir/capture/live.h"
#include "weir/compat/net_filter.h"

namespace weir::test {

/// What handlers tell, from whatever thread.
template <class What>
class Told {
 public:
  void add(What what) {
    const std::lock_guard lock{mutex_};
    told_.push_back(std::move(what));
  }
  [[nodiscard]] std::vector<What> all() const {
    const std::lock_guard lock{mutex_};
    return told_;
  }
  [[nodiscard]] std::size_t count() const { return all().size(); }
  /// Once there are so many, or none come for long; a little more is waited for, so that those that
  /// should not come are seen.
  [[nodiscard]] std::vector<What> wait(std::size_t count) const {
    static_cast<void>(wait_until([&] { return this->count() >= count; }));
    std::this_thread::sleep_for(std::chrono::milliseconds{50});
    return all();
  }

 private:
  mutable std::mutex mutex_{};
  std::vector<What> told_{};
};

/// Has drivers installed in a folder of its own, for as many products as there are NetFilters. On
/// the adapter "edge" is another host: 10.0.1.254 and fd00:1::254 here, 10.0.1.1 and fd00:1::1
/// there. "spare" leads nowhere.
class NetFilterTest : public NetworkTest {
 protected:
  using Filter = compat::NetFilter;
  using PacketEvent = compat::NetFilterPacketEventParams;
  using NoticeEvent = compat::NetFilterNotifyPacketEventParams;
  using StatisticsEvent = compat::NetFilterStatisticsEventParams;
  using ErrorEvent = compat::NetFilterErrorEventParams;

  /// Both ends send datagrams from and to that port.
  static constexpr std::uint16_t port = 4'000;

  void SetUp() override;
  void TearDown() override;

  [[nodiscard]] static std::string guid(int product);
  void install(int product, int altitude = 0, const std::string& controllers = "",
               int flags = 0) const;
  /// Installed, and initialized.
  [[nodiscard]] std::unique_ptr<Filter> initialized(int product = 1, int altitude = 0) const;
  /// For datagrams to the port, in both directions, at all adapters.
  static void capture_datagrams(Filter& filter, int rule_id = 1);

  [[nodiscard]] Host& there() { return *there_; }
  [[nodiscard]] static int id_of(const std::string& adapter);
  /// Where list_adapters() has it.
  [[nodiscard]] static int index_of(Filter& filter, const std::string& adapter);

  void send_there(const Octets& payload) const { here_socket_->send(there_address, port, payload); }
  void send_here(const Octets& payload) const { there_socket_->send(here_address, port, payload); }
  /// The next payload that arrives; empty if none does in a while.
  [[nodiscard]] Octets arrived_there(int patience = 2'000) const {
    return there_socket_->receive(patience);
  }
  [[nodiscard]] Octets arrived_here(int patience = 2'000) const {
    return here_socket_->receive(patience);
  }

  static constexpr const char* here_address = "::ffff:10.0.1.254";
  static constexpr const char* there_address = "::ffff:10.0.1.1";
  /// Patience with what should not come.
  static constexpr int briefly = 100;

 private:
  TemporaryFolder folder_{};
  std::unique_ptr<Host> there_{};
  std::unique_ptr<DatagramSocket> here_socket_{};
  std::unique_ptr<DatagramSocket> there_socket_{};
};

/// With one that is initialized, and ends before what its handlers write to.
class OneNetFilterTest : public NetFilterTest {
 protected:
  void SetUp() override;
  void TearDown() override;

  [[nodiscard]] Filter& filter() { return *filter_; }
  /// Ends it before the test does.
  void release() { filter_.reset(); }

 private:
  std::unique_ptr<Filter> filter_{};
};

using Frames = std::vector<Octets>;

/// What arrives at the other host of frames that tests have made (eth()).
class FrameWatch {
 public:
  explicit FrameWatch(const Host& host, const std::string& adapter = "eth0");
  /// Those since the last call, once there are so many or no more come; a little more is waited
  /// for, so that those that should not come are seen.
  [[nodiscard]] Frames frames(std::size_t count);

 private:
  std::unique_ptr<capture::Live> live_{};
};

/// The code of the NetFilterError it throws; 0 if it throws none.
[[nodiscard]] int refusal_of(const std::function<void()>& call);

/// A datagram's UDP payload, where its Ethernet header has no tag and its IPv4 header no options.
inline constexpr std::size_t payload_offset = 14 + 20 + 8;

/// A datagram of one payload octet to the port, as a frame of whoever sends frames.
[[nodiscard]] Octets frame_of(std::uint8_t octet, std::uint16_t port = 4'000);

}  // namespace weir::test

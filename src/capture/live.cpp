// Live: which backend captures, and a way through to it.
#include "weir/capture/live.h"

#include <cerrno>

#include "capture/adapter/pseudo_adapter.h"
#include "capture/backend.h"
#include "capture/link_layer.h"
#include "capture/pcap_source.h"
#include "capture/ring_source.h"
#include "sys/link_state.h"
#include "sys/packet_socket.h"
#include "weir/error.h"

namespace weir::capture {

std::unique_ptr<Backend> opened(const std::string& name, const LiveOptions& options) {
  sys::LinkStates links;
  if (name == all_adapters && !options.monitor_mode) {
    const sys::LinkState all{.name = name};
    return std::make_unique<RingSource>(std::move(links), all, LinkLayer{}, options);
  }
  auto adapter = links.by_name(name);
  if (!adapter && is_pcap_device(name)) return std::make_unique<PcapSource>(name, options);
  if (!adapter) throw SystemError{ENODEV, "capture on " + name};
  const auto layer = link_layer(adapter->hardware_type);
  if (options.monitor_mode || !layer) return std::make_unique<PcapSource>(adapter->name, options);
  return std::make_unique<RingSource>(std::move(links), *adapter, *layer, options);
}

std::uint16_t unique_fanout() { return sys::unused_fanout_group(); }

Live::Live(const std::string& adapter, const LiveOptions& options)
    : backend_{opened(adapter, options)} {}
Live::Live(Live&&) noexcept = default;
Live& Live::operator=(Live&&) noexcept = default;
Live::~Live() = default;

Batch Live::next(Deadline deadline) { return backend_->next_batch(deadline); }
std::span<const Interface> Live::interfaces() const noexcept { return backend_->interfaces(); }
void Live::stop() noexcept { backend_->stop(); }
LinkType Live::link_type() const noexcept { return interfaces().front().link_type; }
void Live::change(const LiveChange& change) { backend_->change(change); }
LiveStatistics Live::statistics() { return backend_->statistics(); }
int Live::file_descriptor() const noexcept { return backend_->file_descriptor(); }
PacketFlags Live::clock() const noexcept { return backend_->clock(); }

}  // namespace weir::capture

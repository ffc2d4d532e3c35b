// The adapters of a NetFilter as they were listed, and what was set for each.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "weir/capture/adapter.h"

namespace weir::compat::net_filter {

/// What the application sets for an adapter.
struct NetFilterAdapterSettings {
  /// KB; of a capture library's buffer, stored only.
  int buffer_size = 1'024;
  bool collect_statistics = true;
  /// Bytes shown by events; 0 is the same as the default.
  int max_packet_bytes = 262'144;
  /// Milliseconds; stored only.
  int packet_timeout = 1'000;
  bool promiscuous_mode = false;
  /// Stored only.
  bool wi_fi_monitor_mode = false;
};

/// A value.
class AdapterList {
 public:
  /// Lists those of this network namespace. Throws SystemError.
  void refresh();

  [[nodiscard]] int size() const noexcept { return static_cast<int>(adapters_.size()); }
  /// Null beyond their number.
  [[nodiscard]] const capture::Adapter* at(int index) const noexcept;
  /// The defaults beyond their number.
  [[nodiscard]] NetFilterAdapterSettings settings(int index) const;
  /// To be changed; they go with the adapter's id. Throws NetFilterError (87) beyond their number.
  [[nodiscard]] NetFilterAdapterSettings& settings_to_change(int index);
  /// By the adapter's id, of those where something was set.
  [[nodiscard]] const std::map<std::uint32_t, NetFilterAdapterSettings>& all_settings()
      const noexcept {
    return settings_;
  }

 private:
  std::vector<capture::Adapter> adapters_{};
  std::map<std::uint32_t, NetFilterAdapterSettings> settings_{};
};

/// The name of the adapter of that id now. Throws NetFilterError (1168) if there is none.
[[nodiscard]] std::string adapter_name(int adapter_id);

}  // namespace weir::compat::net_filter

// Lists adapters, without the pseudo adapter "any" and those that weir has for itself.
#include "compat/net_filter/adapter_list.h"

#include <algorithm>

#include "compat/net_filter/error.h"
#include "weir/gate/gate.h"

namespace weir::compat::net_filter {
namespace {

bool is_real(const capture::Adapter& adapter) noexcept {
  return adapter.id != 0 && !gate::is_of_weir(adapter);
}

}  // namespace

void AdapterList::refresh() {
  adapters_ = capture::adapters();
  std::erase_if(adapters_, [](const capture::Adapter& adapter) { return !is_real(adapter); });
  std::erase_if(settings_, [&](const auto& set) {
    return std::ranges::find(adapters_, set.first, &capture::Adapter::id) == adapters_.end();
  });
}

const capture::Adapter* AdapterList::at(int index) const noexcept {
  if (index < 0 || index >= size()) return nullptr;
  return &adapters_[static_cast<std::size_t>(index)];
}

NetFilterAdapterSettings AdapterList::settings(int index) const {
  const capture::Adapter* const adapter = at(index);
  if (adapter == nullptr) return {};
  const auto found = settings_.find(adapter->id);
  return found == settings_.end() ? NetFilterAdapterSettings{} : found->second;
}

NetFilterAdapterSettings& AdapterList::settings_to_change(int index) {
  const capture::Adapter* const adapter = at(index);
  if (adapter == nullptr) {
    refuse(NetFilter::ERROR_INVALID_PARAMETER, "adapter_index " + std::to_string(index) +
                                                   ": list_adapters() has found " +
                                                   std::to_string(size()));
  }
  return settings_[adapter->id];
}

std::string adapter_name(int adapter_id) {
  const auto adapters = capture::adapters();
  const auto found = std::ranges::find_if(adapters, [&](const capture::Adapter& adapter) {
    return is_real(adapter) && static_cast<std::int64_t>(adapter.id) == adapter_id;
  });
  if (found == adapters.end()) {
    refuse(NetFilter::ERROR_NOT_FOUND, "adapter " + std::to_string(adapter_id) + ": there is none");
  }
  return found->name;
}

}  // namespace weir::compat::net_filter

// Names of interfaces by the index packets carry themselves (Linux cooked captures, version 2).
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace weir::record {

class InterfaceNames {
 public:
  /// A later name of the same index takes its place.
  void put(std::uint32_t index, std::string name) {
    names_.insert_or_assign(index, std::move(name));
  }

  /// Empty where there is none.
  [[nodiscard]] std::string_view of(std::uint32_t index) const noexcept {
    const auto known = names_.find(index);
    if (known != names_.end()) return known->second;
    // The loopback interface is the first the kernel makes.
    return index == 1 ? "lo" : "";
  }

 private:
  std::map<std::uint32_t, std::string> names_;
};

}  // namespace weir::record

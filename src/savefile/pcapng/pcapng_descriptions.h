// What a pcapng says beside its packets: sections, interfaces, statistics. Kept within bounds.
#pragma once

#include <memory>
#include <vector>

#include "savefile/format_reader.h"

namespace weir::savefile {

class PcapngDescriptions {
 public:
  /// False, and `fault` says why, where that would be too much to keep; so the others.
  bool add(Section section, Fault& fault);
  /// Of the last section, which there is.
  bool add(Interface interface, Fault& fault);
  /// Of an interface that was added.
  bool add(InterfaceStatistics statistics, Fault& fault);

  [[nodiscard]] const std::vector<std::shared_ptr<const Section>>& sections() const noexcept {
    return sections_;
  }
  [[nodiscard]] const std::vector<Interface>& interfaces() const noexcept { return interfaces_; }
  /// The last of each interface that has any, in the order of their first ones.
  [[nodiscard]] const std::vector<InterfaceStatistics>& statistics() const noexcept {
    return statistics_;
  }

 private:
  bool keep(std::size_t size, Fault& fault);

  std::vector<std::shared_ptr<const Section>> sections_;
  std::vector<Interface> interfaces_;
  std::vector<InterfaceStatistics> statistics_;
  std::vector<std::size_t> statistics_of_;  // by interface: one more than the index, or 0
  std::size_t kept_ = 0;                    // bytes of option lists
};

}  // namespace weir::savefile

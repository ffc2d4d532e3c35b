// Keeps what a pcapng says beside its packets.
#include "savefile/pcapng/pcapng_descriptions.h"

namespace weir::savefile {
namespace {

constexpr std::size_t max_sections = 65'536;
constexpr std::size_t max_interfaces = 65'536;
/// Bytes of option lists: nobody describes interfaces in more words.
constexpr std::size_t max_kept = std::size_t{16} << 20;

bool refuse(Fault& fault, const char* cause) {
  fault = {ErrorCode::unsupported_format, 0, std::string{cause} + ": that is all that is kept",
           true};
  return false;
}

}  // namespace

bool PcapngDescriptions::keep(std::size_t size, Fault& fault) {
  if (size > max_kept - kept_) {
    return refuse(fault, "more than 16 MiB of what describes sections and interfaces");
  }
  kept_ += size;
  return true;
}

bool PcapngDescriptions::add(Section section, Fault& fault) {
  if (sections_.size() >= max_sections) return refuse(fault, "more than 65536 sections");
  if (!keep(section.options.size(), fault)) return false;
  sections_.push_back(std::make_shared<const Section>(std::move(section)));
  return true;
}

bool PcapngDescriptions::add(Interface interface, Fault& fault) {
  if (interfaces_.size() >= max_interfaces) return refuse(fault, "more than 65536 interfaces");
  if (!keep(interface.options.size(), fault)) return false;
  interface.section = sections_.back();
  interfaces_.push_back(std::move(interface));
  statistics_of_.push_back(0);
  return true;
}

bool PcapngDescriptions::add(InterfaceStatistics statistics, Fault& fault) {
  if (!keep(statistics.options.size(), fault)) return false;
  std::size_t& place = statistics_of_[statistics.interface_index];
  if (place == 0) {
    statistics_.push_back(std::move(statistics));
    place = statistics_.size();
    return true;
  }
  InterfaceStatistics& last = statistics_[place - 1];
  kept_ -= last.options.size();
  statistics.number = last.number + 1;
  last = std::move(statistics);
  return true;
}

}  // namespace weir::savefile

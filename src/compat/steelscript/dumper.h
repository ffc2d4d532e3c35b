// The pcap file that packets are dumped into.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "weir/compat/steelscript/pcap.h"
#include "weir/savefile/writer.h"
#include "weir/source.h"

namespace weir::compat::steelscript {

/// One file at a time. Times are exact: a file of microseconds becomes one of nanoseconds when the
/// first packet needs it, if it can be written anew. Throws as savefile::Writer.
class PCAPBase::Dumper {
 public:
  /// Ends the file before. The interface is that of the packets to come: where its times are finer
  /// than microseconds, the file has nanoseconds. `longest`: bytes kept of each packet.
  void open(const std::string& file_name, const Interface& interface,
            std::size_t longest = SIZE_MAX);
  void close();
  [[nodiscard]] bool is_open() const noexcept { return writer_.has_value(); }

  /// Of the packet that was walked last, whose header is dumped next.
  void at_hand(LinkType link_type) noexcept { at_hand_ = link_type; }
  void refuse_other_link_type() const;
  void dump(const pcap_pkthdr_t& hdr, Bytes data);
  void flush_if_due();

 private:
  [[nodiscard]] savefile::Writer made() const;
  [[nodiscard]] Bytes kept(const pcap_pkthdr_t& hdr, Bytes data) const;
  void refine();

  std::string file_name_{};
  Interface interface_{};
  std::optional<LinkType> at_hand_{};
  std::size_t longest_ = SIZE_MAX;
  bool has_nanoseconds_ = false;
  std::optional<savefile::Writer> writer_{};
};

}  // namespace weir::compat::steelscript

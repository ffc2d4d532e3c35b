// Pcap files at the limits of the readers, which no capture and no spoiled one comes near.
#include "made_files.h"

#include "weir/bytes.h"

namespace weir::differential {
namespace {

constexpr std::uint32_t ethernet = 1;
constexpr std::uint32_t usb_linux_mmapped = 220;
constexpr std::uint32_t dbus = 231;
constexpr std::uint32_t snapshot_length = 0x7fffffff;

class Pcap {
 public:
  explicit Pcap(std::uint32_t link_type) {
    for (const std::uint32_t word :
         {0xa1b2c3d4U, 0x00040002U, 0U, 0U, snapshot_length, link_type}) {
      add(word);
    }
  }

  Pcap& record(std::uint32_t seconds, std::vector<std::uint8_t> data) {
    const auto size = static_cast<std::uint32_t>(data.size());
    for (const std::uint32_t word : {seconds, 0U, size, size}) add(word);
    bytes_.insert(bytes_.end(), data.begin(), data.end());
    return *this;
  }

  MadeFile named(std::string name) { return {std::move(name), std::move(bytes_)}; }

 private:
  void add(std::uint32_t word) {
    bytes_.resize(bytes_.size() + 4);
    store_le(bytes_.data() + bytes_.size() - 4, word);
  }

  std::vector<std::uint8_t> bytes_;
};

std::vector<std::uint8_t> of_size(std::size_t size) {
  return std::vector<std::uint8_t>(size, 0x5a);
}

// A Linux USB pseudo header of 64 bytes (Documentation/usb/usbmon.rst) of a completed isochronous
// transfer to the host, with one descriptor that says 1,000 bytes came at offset 0.
std::vector<std::uint8_t> isochronous_transfer() {
  std::vector<std::uint8_t> data(64 + 16);
  data[8] = 'C';
  data[9] = 0;                                          // isochronous
  data[10] = 0x81;                                      // towards the host
  store_le(data.data() + 60, std::uint32_t{1});         // descriptors
  store_le(data.data() + 64 + 8, std::uint32_t{1000});  // length of the first
  return data;
}

}  // namespace

std::vector<MadeFile> made_files() {
  std::vector<MadeFile> files;
  for (const std::size_t size : {262'144U, 262'145U, 16U << 20, (16U << 20) + 1}) {
    for (const std::uint32_t link_type : {ethernet, dbus}) {
      files.push_back(Pcap{link_type}
                          .record(1, of_size(60))
                          .record(2, of_size(size))
                          .record(3, of_size(60))
                          .named("record of " + std::to_string(size) + " bytes, link type " +
                                 std::to_string(link_type)));
    }
  }
  files.push_back(Pcap{usb_linux_mmapped}.record(1, isochronous_transfer()).named("isochronous"));
  // Behind 2038 the seconds are negative to libpcap.
  files.push_back(Pcap{ethernet}.record(0xffffffff, of_size(60)).named("last second"));
  return files;
}

}  // namespace weir::differential

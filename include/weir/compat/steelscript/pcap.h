// steelscript.packets.core.pcap: packets of an adapter or of a capture file, and capture files of
// them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <memory>
#include <string>

#include "weir/api.h"
#include "weir/bytes.h"
#include "weir/error.h"
#include "weir/packet.h"

namespace weir::compat::steelscript {

/// When a packet was captured.
struct pcap_timeval_t {
  /// Since 1970-01-01 00:00 UTC.
  std::int64_t tv_sec = 0;
  /// Of that second, 0 to 999,999.
  std::uint32_t tv_usec = 0;
  /// Not published: of that second, tv_usec included. It counts where it says the same as tv_usec,
  /// only finer; otherwise tv_usec alone does.
  std::uint32_t tv_nsec = 0;
};

/// What is told of a packet beside its bytes.
struct pcap_pkthdr_t {
  pcap_timeval_t ts{};
  /// Bytes captured.
  std::uint32_t caplen = 0;
  /// Bytes on the wire.
  std::uint32_t len = 0;
};

/// One step of an iteration.
struct PCAPItem {
  /// Seconds since 1970-01-01 00:00 UTC.
  double ts = 0;
  pcap_pkthdr_t hdr{};
  /// Valid until the next step, or close(). Empty, and hdr all zeros, where none came in time.
  Bytes pkt{};
};

/// Not published: what became of a wait for the next packet. `nothing`: none came in time.
enum class PCAPStep : std::uint8_t { packet, nothing, end };

/// Makes what has `bool next(PCAPItem&)` work in a range-for. One thread at a time.
template <class Source>
class PCAPIterator {
 public:
  using value_type = PCAPItem;
  using difference_type = std::ptrdiff_t;

  explicit PCAPIterator(Source& source) : source_{&source} { ++*this; }

  const PCAPItem& operator*() const noexcept { return item_; }
  const PCAPItem* operator->() const noexcept { return &item_; }
  PCAPIterator& operator++() {
    if (!source_->next(item_)) source_ = nullptr;
    return *this;
  }
  void operator++(int) { ++*this; }
  bool operator==(std::default_sentinel_t) const noexcept { return source_ == nullptr; }

 private:
  Source* source_;
  PCAPItem item_{};
};

/// What the three have in common: packets are dumped into a pcap file.
///
/// Names, defaults and meanings are the published ones; docs/coming-from-steelscript.md says what
/// was decided where the document is silent. What cannot be done throws Error: invalid_argument,
/// also where nothing is open; SystemError, FormatError, FilterError. An int that is returned is 0,
/// but for sendpacket() and getnonblock(). One thread at a time.
class WEIR_API PCAPBase {
 public:
  PCAPBase(const PCAPBase&) = delete;
  PCAPBase& operator=(const PCAPBase&) = delete;

  /// Ends the file; everything is in it then. Nothing where none is open.
  void close_pcap_dumper();
  /// Writes a packet as its header says: `caplen` of the bytes, or as many as there are. Where one
  /// of the last two is not 0, that is its time. Times between 1970 and 2106; at most 262144 bytes.
  void dump_hdr_pkt(const pcap_pkthdr_t& hdr, Bytes data, std::uint32_t tv_sec = 0,
                    std::uint32_t tv_usec = 0);
  /// Writes a packet of that length, and the present time unless one is given.
  void dump_pkt(Bytes data, std::uint32_t tv_sec = 0, std::uint32_t tv_usec = 0);

 protected:
  class WEIR_PRIVATE Dumper;

  WEIR_PRIVATE PCAPBase();
  /// Ends the file; what goes wrong then is lost.
  ~PCAPBase();

  std::unique_ptr<Dumper> dumper_;
};

/// What ends the iteration of a PCAPSocket. Copies are of the same socket, which they may outlive.
/// Any thread, at any time.
class WEIR_API StopEvent {
 public:
  /// The wait for packets ends at once. The socket closes itself in the thread that walks its
  /// packets: in the step that waits, or the next one.
  void set() const noexcept;
  [[nodiscard]] bool is_set() const noexcept;

 private:
  friend class PCAPSocket;
  struct WEIR_PRIVATE State;
  WEIR_PRIVATE explicit StopEvent(std::shared_ptr<State> state) noexcept;
  std::shared_ptr<State> state_;
};

/// Walks the packets of an adapter, as they come and go. One thread at a time, but for the stop
/// event.
class WEIR_API PCAPSocket : public PCAPBase {
 public:
  /// Begins to listen. `snaplen`: bytes kept of each packet, 0 for all. `promisc`: whether what is
  /// addressed to others is wanted too. `to_ms`: milliseconds that next() waits for a packet, 0 for
  /// ever. Throws as capture::Live.
  explicit PCAPSocket(const std::string& devicename, int snaplen = 0, int promisc = 1,
                      int to_ms = 1000);
  ~PCAPSocket();

  /// Whether it is open.
  [[nodiscard]] explicit operator bool() const noexcept { return state_ != nullptr; }
  [[nodiscard]] StopEvent get_stop_event() const noexcept { return stop_event_; }
  /// Of the first IPv4 address that the device had: "192.0.2.0" and "255.255.255.0"; empty where it
  /// had none.
  [[nodiscard]] const std::string& get_network() const noexcept { return network_; }
  [[nodiscard]] const std::string& get_netmask() const noexcept { return netmask_; }
  /// These change it while it listens.
  int set_snaplen(int snaplen);
  int set_promisc(int promisc);
  int set_timeout(int timeout);
  /// Whether next() returns at once where no packet is there: 0 or 1.
  [[nodiscard]] int getnonblock() const;
  int setnonblock(int nonblock);
  /// Sends a frame on the device as it is; returns its length. Throws SystemError, and Error
  /// (invalid_argument) for one that is too short or too long.
  int sendpacket(Bytes pktdata);
  /// pcap-filter(7), in place of the one before, for packets not walked yet; host names are looked
  /// up here. What came before the first filter, with no packet walked yet, is dropped.
  int add_bpf_filter(const std::string& bpf_filter);
  /// Begins a pcap file for packets of this link type, of nanoseconds; another that is open ends
  /// first.
  int open_pcap_dumper(const std::string& file_name);
  /// The next packet, or an empty item where none came in time; false once it is closed, by
  /// close() or the stop event. Throws SystemError when the adapter went away, and is closed then.
  bool next(PCAPItem& item);
  [[nodiscard]] PCAPIterator<PCAPSocket> begin() { return PCAPIterator{*this}; }
  [[nodiscard]] std::default_sentinel_t end() const noexcept { return {}; }
  /// Ends everything, the dump too. Nothing the second time.
  void close();
  /// Not published: the next packet that was received already; false where that has to be waited
  /// for, and where the stop event is set.
  [[nodiscard]] bool next_at_hand(PCAPItem& item) noexcept;
  /// Not published: as next(), but waits for so long at most, whatever the timeout.
  PCAPStep next_within(PCAPItem& item, Duration longest);
  /// Not published: how long next() waits; Duration::max() for ever.
  [[nodiscard]] Duration patience() const noexcept;

 private:
  struct WEIR_PRIVATE State;
  WEIR_PRIVATE State& open_state() const;

  StopEvent stop_event_;
  std::unique_ptr<State> state_;
  std::string network_{};
  std::string netmask_{};
};

/// Walks the packets of a capture file: pcap, nanosecond pcap and pcapng, in either byte order,
/// compressed or not; "-" is standard input. One thread at a time.
class WEIR_API PCAPReader : public PCAPBase {
 public:
  /// Throws as savefile::Reader.
  explicit PCAPReader(const std::string& filename);
  ~PCAPReader();

  /// Whether it is open.
  [[nodiscard]] explicit operator bool() const noexcept { return state_ != nullptr; }
  /// pcap-filter(7), in place of the one before, for packets not walked yet; host names are looked
  /// up here.
  int add_bpf_filter(const std::string& bpf_filter);
  /// Begins a pcap file for packets of this link type, of nanoseconds where this one has them;
  /// another that is open ends first. The file that is read is refused.
  int open_pcap_dumper(const std::string& file_name);
  /// The next packet; false at the end, after close(). Of a damaged file all that is whole comes
  /// first, then it closes itself and throws FormatError.
  bool next(PCAPItem& item);
  [[nodiscard]] PCAPIterator<PCAPReader> begin() { return PCAPIterator{*this}; }
  [[nodiscard]] std::default_sentinel_t end() const noexcept { return {}; }
  /// Ends everything, the dump too. Nothing the second time.
  void close();
  /// Not published: the next packet without reading from the file; false where that is needed.
  [[nodiscard]] bool next_at_hand(PCAPItem& item) noexcept;
  /// Not published: as next(), but reads for so long at most.
  PCAPStep next_within(PCAPItem& item, Duration longest);

 private:
  struct WEIR_PRIVATE State;
  std::unique_ptr<State> state_;
};

/// Writes packets into a pcap file of its own, for Ethernet. One thread at a time.
class WEIR_API PCAPWriter : public PCAPBase {
 public:
  /// Creates the file (mode 0600) or empties it; "-" is standard output. `snaplen`: bytes
  /// kept of each packet, 1 to 262144, which the file says of itself; 0 is 262144. Throws as
  /// savefile::Writer.
  explicit PCAPWriter(const std::string& filename, int snaplen = 0);
  ~PCAPWriter();

  /// Begins another file; the one that is open ends first.
  int open_pcap_dumper(const std::string& file_name);
  /// Ends the file.
  void close();

 private:
  int snaplen_;
};

}  // namespace weir::compat::steelscript

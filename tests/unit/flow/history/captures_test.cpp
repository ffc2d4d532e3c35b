// The history of every flow of the captures, field by field, against its packets as they decode.
#include <gtest/gtest.h>

#include <filesystem>
#include <map>

#include "unit/flow/frames.h"
#include "weir/error.h"
#include "weir/savefile/reader.h"
#include "weir/wire/icmp.h"
#include "weir/wire/icmpv6.h"
#include "weir/wire/layers.h"

namespace weir::flow::test {
namespace {

namespace fs = std::filesystem;
using Fields = HistoryFields;

/// The header of one kind that belongs to the datagram.
template <class View>
std::optional<View> header(const Packet& packet, const wire::Layers& layers, std::uint8_t index) {
  if (index == wire::IpDatagram::absent) return std::nullopt;
  const wire::Layer& layer = layers[index];
  if (!View::protocols.contains(layer.protocol)) return std::nullopt;
  return wire::view<View>(packet, layers, layer);
}

void read_transport(const Packet& packet, const wire::Layers& layers, const wire::IpDatagram& ip,
                    HistoryPacket& decoded) {
  const std::uint32_t network = layers[ip.network].offset;
  const std::uint32_t carried = ip.length - (ip.payload_offset - network);
  if (const auto tcp_header = header<wire::TcpView>(packet, layers, ip.transport)) {
    decoded.sequence = tcp_header->sequence_number();
    decoded.acknowledgment = tcp_header->acknowledgment_number();
    decoded.window = tcp_header->window();
    decoded.tcp_flags = static_cast<std::uint8_t>(tcp_header->flags());
    decoded.payload_bytes = carried - static_cast<std::uint32_t>(tcp_header->header_length());
    decoded.fields = decoded.fields | Fields::sequence | Fields::acknowledgment | Fields::window |
                     Fields::tcp_flags | Fields::payload;
  } else if (header<wire::UdpView>(packet, layers, ip.transport)) {
    const auto udp_header = header<wire::UdpView>(packet, layers, ip.transport);
    const std::uint32_t stated = udp_header->length();
    decoded.payload_bytes = (stated < 8 ? carried : std::min(stated, carried)) - 8;
    decoded.fields = decoded.fields | Fields::payload;
  } else if (const auto icmp_header = header<wire::IcmpView>(packet, layers, ip.transport)) {
    decoded.icmp = {static_cast<std::uint8_t>(icmp_header->type()), icmp_header->code()};
    decoded.payload_bytes = carried;
    decoded.fields = decoded.fields | Fields::icmp | Fields::payload;
  } else if (const auto icmpv6 = header<wire::Icmpv6View>(packet, layers, ip.transport)) {
    decoded.icmp = {static_cast<std::uint8_t>(icmpv6->type()), icmpv6->code()};
    decoded.payload_bytes = carried;
    decoded.fields = decoded.fields | Fields::icmp | Fields::payload;
  }
}

/// What its headers say; of the transport header, if all of it was captured.
HistoryPacket decode_packet(const Packet& packet, bool inner) {
  const wire::Layers layers = wire::decode(packet);
  const wire::IpDatagram& ip = inner ? layers.inner : layers.outer;
  HistoryPacket decoded{.fields = Fields::ip_length | Fields::ttl};
  if (!has(packet.flags, PacketFlags::no_timestamp)) {
    decoded.timestamp = packet.timestamp;
    decoded.fields = decoded.fields | Fields::timestamp;
  }
  std::size_t stated = 0;
  if (const auto v4 = header<wire::Ipv4View>(packet, layers, ip.network)) {
    decoded.ip_id = v4->identification();
    decoded.ttl = v4->ttl();
    decoded.fields = decoded.fields | Fields::ip_id;
    stated = v4->total_length();
  } else if (const auto v6 = header<wire::Ipv6View>(packet, layers, ip.network)) {
    decoded.ttl = v6->hop_limit();
    if (v6->payload_field() != 0) stated = v6->header_length() + v6->payload_field();
  }
  const std::uint32_t room = packet.wire_length - layers[ip.network].offset;
  decoded.ip_length =
      static_cast<std::uint32_t>(stated != 0 && stated <= room ? stated : ip.length);
  if (ip.fragment == wire::Fragment::none) read_transport(packet, layers, ip, decoded);
  return decoded;
}

/// Keeps what packets decode to, and compares it with the history when their flow ends.
class Decoder final : public Observer {
 public:
  explicit Decoder(bool inner) : inner_{inner} {}

  [[nodiscard]] bool wants_packets() const noexcept override { return true; }
  void on_packet(const Flow& flow, const Packet& packet, bool is_from_originator) override {
    live_[flow.id()].push_back(
        {decode_packet(packet, inner_), is_from_originator, flow.originator()});
  }
  void on_end(const Flow& flow, EndReason /*reason*/) override {
    const std::vector<Told> told = std::move(live_[flow.id()]);
    live_.erase(flow.id());
    const FlowHistory history = tracker->history(flow);
    ASSERT_EQ(history.size(), told.size());
    Counters sums[2]{};
    auto next = told.begin();
    for (const HistoryPacket& packet : history) {
      compare(packet, *next, flow);
      Counters& sum = sums[packet.is_from_originator ? 0 : 1];
      ++sum.packets;
      sum.ip_bytes += packet.ip_length;
      sum.payload_bytes += packet.payload_bytes;
      ++next;
      if (testing::Test::HasFailure()) return;
    }
    compare(sums[0], flow.from_originator());
    compare(sums[1], flow.from_responder());
    packets += told.size();
    bytes += history.bytes();
  }

  const Tracker* tracker = nullptr;
  std::uint64_t packets = 0;
  std::uint64_t bytes = 0;
  std::map<Fields, std::uint64_t> compared;

 private:
  struct Told {
    HistoryPacket decoded;
    bool is_from_originator;
    /// As known then.
    Endpoint originator;
  };

  static void compare(const Counters& sum, const Counters& counted) {
    EXPECT_EQ(sum.packets, counted.packets);
    EXPECT_EQ(sum.ip_bytes, counted.ip_bytes);
    EXPECT_EQ(sum.payload_bytes, counted.payload_bytes);
  }
  /// What the packet was decoded to stands in the history; that may have more.
  void compare(const HistoryPacket& packet, const Told& told, const Flow& flow) {
    const HistoryPacket& decoded = told.decoded;
    EXPECT_EQ(packet.fields & decoded.fields, decoded.fields);
    EXPECT_EQ(packet.has(Fields::timestamp), decoded.has(Fields::timestamp));
    EXPECT_EQ(packet.has(Fields::ip_id), decoded.has(Fields::ip_id));
    EXPECT_EQ(packet.timestamp, decoded.timestamp);
    EXPECT_EQ(packet.ip_length, decoded.ip_length);
    EXPECT_EQ(packet.ip_id, decoded.ip_id);
    EXPECT_EQ(packet.ttl, decoded.ttl);
    if (decoded.has(Fields::payload)) {
      EXPECT_EQ(packet.payload_bytes, decoded.payload_bytes);
    }
    if (decoded.has(Fields::tcp_flags)) {
      EXPECT_EQ(packet.tcp_flags, decoded.tcp_flags);
      EXPECT_EQ(packet.sequence, decoded.sequence);
      EXPECT_EQ(packet.acknowledgment, decoded.acknowledgment);
      EXPECT_EQ(packet.window, decoded.window);
    }
    if (decoded.has(Fields::icmp)) {
      EXPECT_EQ(packet.icmp, decoded.icmp);
    }
    const bool has_turned = told.originator != flow.originator();
    EXPECT_EQ(packet.is_from_originator, told.is_from_originator != has_turned);
    for (const Fields field :
         {Fields::timestamp, Fields::ip_id, Fields::tcp_flags, Fields::icmp, Fields::payload}) {
      if (decoded.has(field)) ++compared[field];
    }
  }

  bool inner_;
  std::map<std::uint64_t, std::vector<Told>> live_;
};

struct Compared {
  std::uint64_t packets = 0;
  std::uint64_t bytes = 0;
  std::map<Fields, std::uint64_t> fields{};
};

void compare_capture(const fs::path& path, TrackerOptions options, Compared& compared) {
  options.history.fields = Fields::all;
  Decoder decoder{options.inner};
  Tracker tracker{decoder, options};
  decoder.tracker = &tracker;
  try {
    savefile::Reader reader{path.string()};
    for (const Batch& batch : reader.batches()) tracker.add(batch.packets);
  } catch (const Error&) {  // damaged, or no capture
  }
  tracker.finish();
  EXPECT_EQ(tracker.history_counts().packets, 0U);
  EXPECT_EQ(decoder.packets, tracker.counts().tracked);
  compared.packets += decoder.packets;
  compared.bytes += decoder.bytes;
  for (const auto& [field, count] : decoder.compared) compared.fields[field] += count;
}

std::vector<fs::path> files_in(const fs::path& folder) {
  std::vector<fs::path> files;
  if (folder.empty()) return files;
  for (const auto& entry : fs::recursive_directory_iterator{folder}) {
    if (entry.is_regular_file()) files.push_back(entry.path());
  }
  std::ranges::sort(files);
  return files;
}

/// The project's own, and the shared ones.
std::vector<fs::path> captures() {
  std::vector<fs::path> files = files_in(WEIR_CAPTURES);
  const std::vector<fs::path> others = files_in(WEIR_EXPECTED_CAPTURES);
  files.insert(files.end(), others.begin(), others.end());
  return files;
}

TEST(History, IsWhatThePacketsOfEveryCaptureDecodeTo) {
  const TrackerOptions choices[] = {
      {.idle = 0s, .fin = 0s},
      {.idle = 5s, .active = 1s, .vlan = true},
      {.max_flows = 10, .inner = true, .fragments = Fragments::separate}};
  Compared compared;
  int files = 0;
  for (const fs::path& file : captures()) {
    const std::uint64_t before = compared.packets;
    for (const TrackerOptions& options : choices) {
      compare_capture(file, options, compared);
      ASSERT_FALSE(HasFailure()) << file;
    }
    files += compared.packets != before ? 1 : 0;
  }
  EXPECT_GE(files, std::string_view{WEIR_EXPECTED_CAPTURES}.empty() ? 10 : 200);
  EXPECT_GT(compared.packets, 3000U);
  EXPECT_LE(compared.bytes, compared.packets * 12);
  for (const Fields field :
       {Fields::timestamp, Fields::ip_id, Fields::tcp_flags, Fields::icmp, Fields::payload}) {
    EXPECT_GT(compared.fields[field], 100U) << static_cast<unsigned>(field);
  }
  RecordProperty("files", files);
  RecordProperty("packets", static_cast<int>(compared.packets));
  RecordProperty("bytes", static_cast<int>(compared.bytes));
}

}  // namespace
}  // namespace weir::flow::test

// The snippets of docs/guide.md, as functions that compile; those on files run: guide CAPTURE OUT
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "weir/address.h"
#include "weir/capture/group.h"
#include "weir/copy.h"
#include "weir/error.h"
#include "weir/filter/filter.h"
#include "weir/flow/owned_flow.h"
#include "weir/flow/tracker.h"
#include "weir/record/packet_row.h"
#include "weir/savefile/pcap_header.h"
#include "weir/savefile/reader.h"
#include "weir/savefile/rotating_writer.h"
#include "weir/savefile/walk.h"
#include "weir/savefile/writer.h"
#include "weir/sink/conversation_text.h"
#include "weir/sink/flow_sink.h"
#include "weir/wire/decoders.h"
#include "weir/wire/ip_protocol.h"
#include "weir/wire/ipv4.h"
#include "weir/wire/tcp.h"

namespace {

using namespace std::chrono_literals;

std::size_t read(const std::string& path) {
  std::size_t bytes = 0;
  // [reading]
  weir::savefile::Reader reader{path};
  for (const weir::Packet& packet : reader) {
    bytes += packet.wire_length;  // packet.data: what was captured of it
  }
  // [/reading]
  return bytes;
}

std::size_t read_batches(const std::string& path) {
  std::size_t count = 0;
  weir::savefile::Reader reader{path};
  // [batches]
  for (const weir::Batch& batch : reader.batches(weir::Deadline::in(200ms))) {
    count += batch.packets.size();  // none, where the deadline passed
  }
  // [/batches]
  return count;
}

std::vector<weir::OwnedPacket> keep(const std::string& path) {
  weir::savefile::Reader reader{path};
  // [keeping]
  std::vector<weir::OwnedPacket> kept;
  for (const weir::Packet& packet : reader) {
    if (packet.wire_length > 1000) kept.emplace_back(packet);
  }
  // [/keeping]
  return kept;
}

std::size_t keep_all(const std::string& path) {
  weir::savefile::Reader reader{path};
  // [kept]
  std::vector<weir::Packet> all;
  std::vector<std::shared_ptr<const void>> buffers;  // as long as these live, so do the bytes
  for (const weir::Batch& batch : reader.batches()) {
    buffers.push_back(reader.keep_batch());
    for (const weir::Packet& packet : batch.packets) all.emplace_back(packet).meta = nullptr;
  }
  // [/kept]
  std::size_t zeros = 0;
  for (const weir::Packet& packet : all) {
    zeros += static_cast<std::size_t>(std::ranges::count(packet.data, 0));
  }
  return zeros;
}

void walk(const std::vector<std::string>& paths) {
  // [walking]
  weir::savefile::Walk walk{weir::savefile::expand(paths), {.merge = false}};
  for (const weir::Batch& batch : walk.batches()) {
    std::printf("%zu packets\n", batch.packets.size());
    for (const weir::savefile::FileOutcome& outcome : walk.outcomes()) {
      if (outcome.trouble) std::fprintf(stderr, "%s\n", outcome.trouble->message.c_str());
    }
  }
  // [/walking]
}

std::size_t filter(const std::string& path) {
  std::size_t count = 0;
  // [filtering]
  const weir::filter::Filter web{"tcp port 80 or tcp port 443"};
  std::vector<weir::Packet> chosen;
  weir::savefile::Reader reader{path};
  for (const weir::Batch& batch : reader.batches()) {
    chosen.clear();
    web.select(batch.packets, chosen);  // descriptors; the bytes stay where they are
    count += chosen.size();
  }
  if (web.refused() != 0) std::fprintf(stderr, "%s\n", web.refusals().front().error.what());
  // [/filtering]
  return count;
}

void decode(const std::string& path) {
  weir::savefile::Reader reader{path};
  // [decoding]
  for (const weir::Packet& packet : reader) {
    const weir::wire::Layers layers = weir::wire::decode(packet);
    const auto ip = weir::wire::view<weir::wire::Ipv4View>(packet, layers);
    const auto tcp = weir::wire::view<weir::wire::TcpView>(packet, layers);
    if (!ip || !tcp) continue;
    std::printf("%s:%u %zu bytes\n", to_string(ip->source()).c_str(), tcp->source_port(),
                tcp->payload().size());
  }
  // [/decoding]
}

// [own_header]
std::optional<weir::wire::DecodedHeader> read_shim(weir::Bytes rest, std::size_t, void*) noexcept {
  if (rest.size() < 4 || rest[0] != 0x77) return std::nullopt;  // what the port says otherwise
  return weir::wire::DecodedHeader{4, {weir::wire::NumberSpace::ether_type, 0x0800}};
}
// [/own_header]

void decode_own(const std::string& path) {
  weir::savefile::Reader reader{path};
  // [decoders]
  auto decoders = weir::wire::Decoders::parse("udp.port==14789,vxlan");
  const auto shim = decoders.add({.name = "shim", .decode = read_shim, .udp_ports = {7777}});
  for (const weir::Packet& packet : reader) {
    const weir::wire::Layers layers = weir::wire::decode(packet, decoders);
    if (const weir::wire::Layer* header = layers.find(shim)) std::printf("at %u\n", header->offset);
  }
  // [/decoders]
}

void rows(const std::string& path) {
  // [rows]
  weir::savefile::Reader reader{path, {.ordinals = true}};  // or PacketPlace::number by hand
  weir::record::PacketRow row{{"number", "ip.ttl", "tcp.destination_port"}};
  for (const weir::Packet& packet : reader) {
    const weir::wire::Layers layers = weir::wire::decode(packet);
    row.set(packet, layers, {.interfaces = reader.interfaces()});
    const weir::record::Value ttl = row.value(1);
    if (ttl.has_value())
      std::printf("%ju\n", std::uintmax_t{std::get<std::uint64_t>(ttl.content())});
  }
  // [/rows]
}

// [observing]
class Longest final : public weir::flow::Observer {
 public:
  void on_end(const weir::flow::Flow& flow, weir::flow::EndReason) override {
    if (flow.end() - flow.start() < duration) return;
    duration = flow.end() - flow.start();
    kept.assign(1, weir::flow::OwnedFlow{flow});
  }
  weir::Duration duration{};
  std::vector<weir::flow::OwnedFlow> kept;
};
// [/observing]

std::uint64_t track(const std::string& path) {
  weir::savefile::Reader reader{path};
  // [tracking]
  Longest longest;
  weir::flow::Tracker tracker{longest, {.idle = 5min}};
  for (const weir::Batch& batch : reader.batches()) {
    tracker.add(batch.packets);
    tracker.advance(batch.now);
  }
  tracker.finish();
  // [/tracking]
  return tracker.counts().flows_ended;
}

void ask(const std::string& path) {
  weir::savefile::Reader reader{path};
  weir::flow::Observer nobody;
  weir::flow::Tracker tracker{nobody};
  for (const weir::Batch& batch : reader.batches()) tracker.add(batch.packets);
  // [asking]
  const weir::flow::Endpoint client{weir::parse_ip("192.0.2.1").value(), 40000};
  const weir::flow::Endpoint server{weir::parse_ip("198.51.100.2").value(), 443};
  const weir::flow::Flow* const flow = tracker.find(weir::wire::ip_protocol::tcp, client, server);
  if (flow != nullptr) std::puts(name(flow->tcp_state()));
  const auto answered = std::ranges::count_if(tracker.flows(), [](const weir::flow::Flow& live) {
    return live.from_responder().packets != 0;
  });
  std::printf("%td of %zu answered\n", answered, tracker.size());
  for (const weir::flow::Flow* const busy : tracker.top(10, weir::flow::Order::byte_rate)) {
    std::puts(to_string(busy->originator().address).c_str());
  }
  // [/asking]
}

// [remembering]
class Resets final : public weir::flow::Observer {
 public:
  void on_end(const weir::flow::Flow& flow, weir::flow::EndReason reason) override {
    if (reason != weir::flow::EndReason::rst) return;
    const weir::flow::FlowHistory history = tracker->history(flow);
    for (const weir::flow::HistoryPacket& packet : history) {
      std::printf("%s %s %u\n", weir::to_string(packet.timestamp).c_str(),
                  packet.is_from_originator ? ">" : "<", packet.payload_bytes);
    }
  }
  const weir::flow::Tracker* tracker = nullptr;
};
// [/remembering]

void remember(const std::string& path) {
  weir::savefile::Reader reader{path};
  // [history]
  using weir::flow::HistoryFields;
  Resets resets;
  weir::flow::Tracker tracker{
      resets,
      {.history = {
           .fields = HistoryFields::timestamp | HistoryFields::payload | HistoryFields::direction,
           .budget = 64 << 20}}};
  resets.tracker = &tracker;
  // [/history]
  for (const weir::Batch& batch : reader.batches()) tracker.add(batch.packets);
  tracker.finish();
}

void tell_conversation(const std::string& path) {
  weir::savefile::Reader reader{path};
  // [conversation]
  const weir::flow::Conversation which{{weir::parse_ip("192.0.2.1").value(), 40000},
                                       {weir::parse_ip("198.51.100.2").value()}};  // any port
  weir::sink::ConversationText text{which, [](std::string_view block) { std::cout << block; }};
  weir::flow::Tracker tracker{
      text, {.history = {.fields = weir::flow::HistoryFields::all, .only = which}}};
  text.ask(&tracker);
  // [/conversation]
  for (const weir::Batch& batch : reader.batches()) tracker.add(batch.packets);
  tracker.finish();
}

// [sinking]
class Messages final : public weir::sink::FlowSink {
 public:
  void add(const weir::record::FlowRow& row) override {
    const auto fields = weir::record::flow_row_fields();
    std::string message = "conversation=" + std::to_string(row.id);
    for (std::size_t i = 0; i < fields.size(); ++i) {
      const weir::record::Value value = row.value(i);
      if (const auto* const number = std::get_if<std::uint64_t>(&value.content())) {
        message += ' ' + std::string{fields[i].name} + '=' + std::to_string(*number);
      }
    }
    std::puts(message.c_str());
  }
};
// [/sinking]

void tell(const std::string& path) {
  weir::savefile::Reader reader{path};
  Messages messages;
  weir::flow::Tracker tracker{messages};
  for (const weir::Batch& batch : reader.batches()) tracker.add(batch.packets);
  tracker.finish();
}

void copy(const std::string& from, const std::string& to) {
  // [copying]
  weir::savefile::Reader reader{from};
  weir::savefile::Writer writer{to};
  reader.copy_to(writer);
  writer.close();  // throws if what is left cannot be written
  // [/copying]
}

void copy_to_pcap(const std::vector<std::string>& paths, const std::string& to) {
  // [pcap]
  const std::vector<weir::savefile::InputFile> files = weir::savefile::expand(paths);
  weir::savefile::WriterOptions options{.format = weir::savefile::Format::pcap};
  if (const auto header = weir::savefile::PcapHeader::of(files)) header->apply(options);
  weir::savefile::Writer writer{to, options};
  weir::savefile::Walk{files}.copy_to(writer);
  writer.close();
  // [/pcap]
}

void capture(const std::string& adapter, const std::string& to) {
  // [capturing]
  weir::capture::Group group;
  group.add(adapter, {.filter = weir::filter::Filter{"udp port 53"}});
  weir::savefile::RotatingWriter writer{to, {}, {.period = 1h, .files = 24}};
  const std::jthread other{[&group] {
    std::this_thread::sleep_for(10s);
    group.stop();  // what the adapter had received by then is still delivered
  }};
  for (const weir::Batch& batch : group.batches(weir::Deadline::in(1s))) {
    writer.write(group.interfaces(), batch.packets);
    writer.advance(batch.now);
  }
  writer.close();
  // [/capturing]
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) return 2;
  const std::string path = argv[1];
  // [errors]
  try {
    std::printf("%zu bytes\n", read(path));
  } catch (const weir::FormatError& error) {
    std::fprintf(stderr, "damaged at %ju: %s\n", std::uintmax_t{error.offset()}, error.what());
  } catch (const weir::Error& error) {
    std::fprintf(stderr, "%s (%s)\n", error.what(), weir::error_name(error.code()));
  }
  // [/errors]
  std::printf("%zu %zu %zu %zu\n", read_batches(path), keep(path).size(), keep_all(path),
              filter(path));
  walk({path});
  decode(path);
  decode_own(path);
  rows(path);
  std::printf("%ju flows\n", std::uintmax_t{track(path)});
  ask(path);
  remember(path);
  tell_conversation(path);
  tell(path);
  copy(path, argv[2]);
  copy_to_pcap({path}, argv[2] + std::string{".pcap"});
  std::printf("%zu bytes copied\n", read(argv[2]));
  if (argc > 3) capture(argv[3], argv[2]);
}

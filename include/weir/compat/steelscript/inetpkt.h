// The packet classes of steelscript.packets, as published: Ethernet(pkt), its payload, and so on.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "weir/api.h"
#include "weir/bytes.h"
#include "weir/compat/steelscript/field.h"
#include "weir/compat/steelscript/headers.h"
#include "weir/compat/steelscript/ip_const.h"
#include "weir/compat/steelscript/raw_headers.h"
#include "weir/error.h"

namespace weir::compat::steelscript {

class PKT;
/// A layer, shared with whoever else has it as payload.
using Payload = std::shared_ptr<PKT>;
/// Makes the class for a port of UDP or TCP of the payload's bytes.
using L7Class = std::function<Payload(Bytes)>;
/// By port; 0 stands for all that have none.
using L7Ports = std::map<std::uint16_t, L7Class>;

/// Base of the packet classes, and a layer that holds nothing.
///
/// Names, defaults and meanings are the published ones; docs/coming-from-steelscript.md says what
/// was decided. A class is made of bytes, or has its defaults and is set member by member; wrong
/// combinations may be built. Layers own copies of what they were made of. What cannot be read by
/// the class for it is a NullPkt. One thread at a time.
class WEIR_API PKT {
 public:
  PKT();
  PKT(const PKT&) = delete;
  PKT& operator=(const PKT&) = delete;
  virtual ~PKT() = default;

  /// "Ethernet", "IP", ...: what get_layer() goes by.
  std::string pkt_name;
  /// What get_layer_by_type() goes by.
  std::uint16_t pq_type = 0;
  /// What get_field_val() knows.
  std::vector<std::string_view> query_fields{};
  /// Which classes payloads of UDP and TCP are of; taken over by the layers within.
  L7Ports l7_ports{};

  /// The `instance`th layer of that name from here on, this one included; an empty NullPkt where
  /// there is none, which is this layer's own until the next call.
  PKT& get_layer(std::string_view name, int instance = 1);
  PKT& get_layer_by_type(std::uint16_t type, int instance = 1);

  /// By the name that Wireshark gives it, or nearly: "ip.src". Nothing for a name that this layer
  /// does not have.
  [[nodiscard]] virtual std::optional<Value> get_field_val(std::string_view field);
  /// The layer and all within it, in network order. Throws Error (invalid_argument) where a number
  /// does not fit its field, or more follows than a length can tell.
  Octets pkt2net(const Pkt2Net& told = {});
  /// The same, behind what `out` has: what a class of one's own writes.
  virtual void append(Octets& out, const Pkt2Net& told);

  /// What follows this layer; null where nothing does, or no packet class.
  [[nodiscard]] virtual PKT* next_layer() noexcept { return nullptr; }

 protected:
  explicit PKT(const LayerClass& layer);

 private:
  template <class Matches>
  WEIR_PRIVATE PKT& find(int instance, Matches matches);

  Payload absent_{};
};

namespace header_layer {

/// What `layer` says follows it, read. `depth`: how many layers are around it.
[[nodiscard]] WEIR_API Payload read_payload(const LayerClass& layer, const void* header,
                                            Bytes payload, const L7Ports& ports, std::size_t depth);
/// Throws Error: that those are no bytes of the class.
[[noreturn]] WEIR_API void refuse(const LayerClass& layer, wire::ParseError error);
/// Throws Error where a header of the class could not be written: why.
WEIR_API void check_written(const LayerClass& layer, const void* header,
                            const wire::Written& written);

}  // namespace header_layer

/// A layer of that struct: its members are the attributes. One thread at a time.
template <class Header>
class Layer : public PKT, public Header {
 public:
  Layer() : PKT{Header::layer} {}

  std::optional<Value> get_field_val(std::string_view field) override {
    const Query* const query = Header::layer.query(field);
    if (query == nullptr) return PKT::get_field_val(field);
    if (Header::layer.answers != nullptr && !Header::layer.answers(own(), field)) {
      return PKT::get_field_val(field);
    }
    const Field* const found = Header::layer.field(query->attribute);
    return found != nullptr ? std::optional{found->get(own())} : std::nullopt;
  }

  void append(Octets& out, const Pkt2Net& told) override {
    header_layer::check_written(
        Header::layer, own(),
        write_layer(Header::layer, own(), out, told, trailer_, payload_length_,
                    [&](const Pkt2Net& inner) { append_payload(out, inner); }));
  }

  /// Becomes what the bytes begin with, and what follows that. An error leaves the attributes as
  /// they are. `depth`: how many layers are around it.
  std::expected<void, wire::ParseError> assign(Bytes bytes, L7Ports ports = {},
                                               std::size_t depth = 0) {
    const auto rest = this->read(bytes);
    if (!rest) return std::unexpected{rest.error()};
    l7_ports = std::move(ports);
    trailer_.assign(rest->trailer.begin(), rest->trailer.end());
    payload_length_ = rest->payload.size();
    take_payload(rest->payload, depth);
    return {};
  }

 protected:
  void assign_or_refuse(Bytes bytes, L7Ports ports = {}) {
    const auto done = assign(bytes, std::move(ports));
    if (!done) header_layer::refuse(Header::layer, done.error());
  }
  virtual void take_payload(Bytes /*payload*/, std::size_t /*depth*/) {}
  /// What the header says the payload is, read.
  Payload read_payload(Bytes payload, std::size_t depth) {
    return header_layer::read_payload(Header::layer, own(), payload, l7_ports, depth);
  }
  /// What stands behind the header.
  virtual void append_payload(Octets& /*out*/, const Pkt2Net& /*told*/) {}

 private:
  [[nodiscard]] Header* own() noexcept { return this; }

  /// Behind the payload, as it was read.
  Octets trailer_{};
  std::size_t payload_length_ = 0;
};

/// Bytes that no class was found for, or that the class for them could not read. One thread at a
/// time.
class NullPkt : public Layer<NullHeader> {
 public:
  NullPkt() = default;
  explicit NullPkt(Bytes data) { assign_or_refuse(data); }
};

/// What NetFlow begins with, of versions 1 to 9: enough to set its times. One thread at a time.
class NetflowSimple : public Layer<NetflowHeader> {
 public:
  NetflowSimple() = default;
  /// Throws Error (invalid_argument) where there are less than 16 bytes.
  explicit NetflowSimple(Bytes data) { assign_or_refuse(data); }
  /// 2005 and 2055.
  [[nodiscard]] static std::span<const std::uint16_t> default_ports() noexcept {
    return NetflowHeader::layer.ports;
  }
};

/// A layer with a payload. One thread at a time.
template <class Header>
class Carrier : public Layer<Header> {
 public:
  Carrier() : payload{std::make_shared<NullPkt>()} {}
  /// Throws Error (invalid_argument) where the bytes do not begin with such a header.
  explicit Carrier(Bytes data, L7Ports ports = {}) {
    this->assign_or_refuse(data, std::move(ports));
  }

  /// Null is as an empty NullPkt.
  Payload payload;

  std::optional<Value> get_field_val(std::string_view field) override;
  [[nodiscard]] PKT* next_layer() noexcept override { return payload.get(); }

 protected:
  void take_payload(Bytes bytes, std::size_t depth) override {
    payload = this->read_payload(bytes, depth);
  }
  void append_payload(Octets& out, const Pkt2Net& told) override {
    if (payload) payload->append(out, told);
  }

 private:
  /// What the last query of the payload's bytes was answered with.
  Octets asked_{};
};

template <class Header>
std::optional<Value> Carrier<Header>::get_field_val(std::string_view field) {
  if constexpr (requires(const Header header) { header.answers(field); }) {
    // The top of a stack of labels answers what it asks of the bottom.
    if (!this->answers(field)) return payload ? payload->get_field_val(field) : std::nullopt;
  }
  const Query* const query = Header::layer.query(field);
  const Field* const found = query != nullptr ? Header::layer.field(query->attribute) : nullptr;
  if (found != nullptr && found->is_payload_length) {
    Octets written;
    if (payload) payload->append(written, {.within = true});
    return static_cast<std::uint32_t>(std::min<std::size_t>(written.size(), found->most));
  }
  const std::string_view protocol = Header::layer.payload_query;
  if (protocol.empty() || !field.starts_with(protocol)) return Layer<Header>::get_field_val(field);
  const auto slice = payload_slice(field, protocol);
  const bool is_whole = field.substr(protocol.size()) == ".payload";
  if (!slice && !is_whole) return Layer<Header>::get_field_val(field);
  asked_ = payload ? payload->pkt2net() : Octets{};
  return slice ? slice->of(asked_) : Bytes{asked_};
}

/// An ARP packet. One thread at a time.
class ARP : public Layer<ArpHeader> {
 public:
  ARP() = default;
  /// Throws Error (invalid_argument) where the bytes are no ARP packet.
  explicit ARP(Bytes data) { assign_or_refuse(data); }
};

/// An ICMP message. One thread at a time.
class ICMP : public Layer<IcmpHeader> {
 public:
  ICMP() : hdr_pkt{std::make_shared<NullPkt>()} {}
  /// Throws Error (invalid_argument) where the bytes are no ICMP message.
  explicit ICMP(Bytes bytes) { assign_or_refuse(bytes); }

  /// The datagram that an error quotes.
  Payload hdr_pkt;

 protected:
  void take_payload(Bytes bytes, std::size_t depth) override {
    hdr_pkt = read_payload(bytes, depth);
  }
  void append_payload(Octets& out, const Pkt2Net& told) override {
    if (hdr_pkt) hdr_pkt->append(out, told);
  }
};

using Ethernet = Carrier<EthernetHeader>;
using MPLS = Carrier<MplsHeader>;
using IP = Carrier<IpHeader>;
using UDP = Carrier<UdpHeader>;
using TCP = Carrier<TcpHeader>;

}  // namespace weir::compat::steelscript

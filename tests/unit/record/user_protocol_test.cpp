// Headers of the user's own in packet records.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "support/frames.h"
#include "weir/record/header_row.h"
#include "weir/record/packet_json.h"

namespace weir::record {
namespace {

using test::eth;
using test::frame;
using test::ip4;
using test::Octets;
using test::udp;

wire::Decoders shim_on_port_7() {
  wire::Decoders decoders;
  decoders.add({.name = "shim",
                .decode =
                    [](Bytes, std::size_t, void*) noexcept {
                      return std::optional{
                          wire::DecodedHeader{2, wire::NextHeader{wire::NumberSpace::udp_port, 7}}};
                    },
                .udp_ports = {7}});
  return decoders;
}

TEST(UserProtocol, HasItsNamePlaceAndBytesInAPacketRecord) {
  const Octets bytes = frame(eth(0x0800), ip4(17), udp(7), Octets{0xca, 0xfe, 0xba, 0xbe});
  const Packet packet{.data = bytes, .wire_length = static_cast<std::uint32_t>(bytes.size())};
  const wire::Decoders decoders = shim_on_port_7();
  std::string line;
  PacketJson{{.layers = true, .decoders = decoders}}.append(
      line, packet, wire::decode(packet, decoders), {.number = 1});
  const auto record = nlohmann::json::parse(line);
  EXPECT_EQ(record["protocol"], "shim");
  EXPECT_EQ(record["shim"], nlohmann::json::parse(R"([
      {"offset": 42, "length": 2, "bytes": "cafe"}, {"offset": 44, "length": 2, "bytes": "babe"}])"));
  EXPECT_EQ(record["layers"][3],
            nlohmann::json::parse(R"({"protocol": "shim", "offset": 42, "length": 2})"));
}

TEST(UserProtocol, ItsHeaderHasNoFields) {
  const Octets bytes = frame(eth(0x0800), ip4(17), udp(7), Octets{1, 2});
  const Packet packet{.data = bytes, .wire_length = static_cast<std::uint32_t>(bytes.size())};
  const wire::Layers layers = wire::decode(packet, shim_on_port_7());
  ASSERT_EQ(layers.size(), 4U);
  const HeaderRow row{packet, layers, layers[3]};
  EXPECT_TRUE(row.format().fields().empty());
  EXPECT_TRUE(wire::is_user_protocol(row.format().protocol()));
  EXPECT_EQ(row.bytes().size(), 2U);
}

}  // namespace
}  // namespace weir::record

// Fuzzes the packet classes of steelscript.packets: any bytes as an Ethernet frame are written as
// they were read, and everything that is asked of them, or computed anew, ends. Input: one byte
// that says what payloads of UDP and TCP are read as, then the frame.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>

#include "weir/bytes.h"
#include "weir/compat/steelscript/dns.h"
#include "weir/compat/steelscript/igmp.h"
#include "weir/compat/steelscript/inetpkt.h"
#include "weir/error.h"

namespace {

using namespace weir::compat::steelscript;  // NOLINT(google-build-using-namespace)
using weir::Bytes;

void require(bool condition) {
  if (!condition) std::abort();
}

L7Ports ports_of(std::uint8_t choice) {
  switch (choice % 3) {
    case 1:
      return {{0, [](Bytes bytes) -> Payload {
                 if (bytes.size() < 12) return nullptr;
                 return std::make_shared<DNS>(bytes);
               }}};
    case 2:
      return {{0, [](Bytes bytes) -> Payload {
                 if (bytes.size() < 16) return nullptr;
                 return std::make_shared<NetflowSimple>(bytes);
               }}};
    default:
      return {};
  }
}

void ask(PKT& frame) {
  for (PKT* layer = &frame; layer != nullptr; layer = layer->next_layer()) {
    for (const std::string_view field : layer->query_fields) (void)layer->get_field_val(field);
    (void)layer->get_field_val("udp.payload.offset[1:70000]");
  }
  (void)frame.get_layer("DNS");
  (void)frame.get_layer_by_type(IP_CONST::PQ_MPLS, 3);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 15) return 0;
  const Bytes bytes{data + 1, size - 1};
  Ethernet frame{bytes, ports_of(data[0])};
  ask(frame);
  if (data[0] % 3 != 1) {  // names of DNS are written anew
    const Octets written = frame.pkt2net();
    require(written.size() == std::max<std::size_t>(bytes.size(), 60));
    require(std::ranges::equal(bytes, Bytes{written}.first(bytes.size())));
  }
  try {
    const Octets written =
        frame.pkt2net({.csum = true, .update = true, .eth_crc = true, .compress = data[0] < 128});
    Ethernet again{written, ports_of(data[0])};
    ask(again);
  } catch (const weir::Error&) {
    // What cannot be written: a name of DNS that its reader takes, more than a length can tell.
  }
  return 0;
}

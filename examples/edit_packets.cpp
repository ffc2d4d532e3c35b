// Makes a capture fit another network: edit_packets CAPTURE OUT maps the addresses of 192.0.2.0/24,
// takes VLAN tags out, and counts the time to live down as a router would.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <vector>

#include "weir/error.h"
#include "weir/savefile/reader.h"
#include "weir/savefile/writer.h"
#include "weir/wire/edit.h"

int main(int argc, char** argv) try {
  if (argc != 3) return 2;
  weir::wire::AddressMap map;
  map.add(weir::Ipv4Address{{192, 0, 2, 0}}, weir::Ipv4Address{{10, 1, 2, 0}}, 24);

  weir::savefile::Reader reader{argv[1]};
  weir::savefile::Writer writer{argv[2]};
  std::vector<std::uint8_t> room;
  int changed = 0;
  for (const weir::Batch& batch : reader.batches()) {
    for (const weir::Packet& packet : batch.packets) {
      // [README]
      room.assign(packet.data.begin(), packet.data.end());
      weir::wire::Editor editor{room, packet};
      while (editor.pop_vlan()) continue;
      const auto ip = weir::wire::view<weir::wire::Ipv4View>(editor.packet(), editor.layers());
      if (ip && ip->ttl() > 1) (void)editor.set_ttl(static_cast<std::uint8_t>(ip->ttl() - 1));
      if (editor.map_addresses(map)) ++changed;
      writer.write(reader.interfaces(), {&editor.packet(), 1});
      // [/README]
    }
  }
  writer.close();
  std::printf("%d packets changed\n", changed);
} catch (const weir::Error& error) {
  std::fprintf(stderr, "%s\n", error.what());
  return 1;
}

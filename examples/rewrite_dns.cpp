// Gives a name another address in the answers that pass: rewrite_dns ADAPTER NAME ADDRESS
#include <algorithm>
#include <cstdio>

#include "weir/error.h"
#include "weir/gate/gate.h"
#include "weir/gate/rule_text.h"
#include "weir/wire/dns.h"
#include "weir/wire/layers.h"

void rewrite(weir::gate::HeldPacket& held, std::string_view name, const weir::Ipv4Address& to) {
  const weir::MutableBytes bytes = held.edit();
  const auto dns =
      weir::wire::view<weir::wire::DnsView>(held.packet(), weir::wire::decode(held.packet()));
  if (!dns) return;  // goes on as it came: Policies::undecided
  weir::wire::DnsReader reader{*dns};
  weir::wire::DnsNameBuffer text;
  while (const auto record = reader.next_record()) {
    if (!record->ipv4() || reader.name(record->name_offset, text) != name) continue;
    std::ranges::copy(to.octets, bytes.begin() + (record->data.data() - bytes.data()));
  }
  held.accept_modified(weir::gate::Repair::checksums);
}

int main(int argc, char** argv) try {
  const auto address = argc == 4 ? weir::parse_ipv4(argv[3]) : std::nullopt;
  if (!address) return 2;
  // [README]
  const auto handler = [&](weir::gate::HeldPacket& held) { rewrite(held, argv[2], *address); };
  weir::gate::Gate gate{{.adapters = {argv[1]}}, {.on_held = handler}};
  gate.add(weir::gate::parse_rule("hold any : udp src port 53"));
  gate.start();
  std::getchar();  // it runs until a line is read
  // [/README]
} catch (const weir::Error& error) {
  std::fprintf(stderr, "%s\n", error.what());
  return 1;
}

// A user's program: touches each module of weir::weir.
#include <weir/bpf/jit.h>
#include <weir/filter/filter.h>
#include <weir/flow/tracker.h>
#include <weir/savefile/reader.h>
#include <weir/version.h>
#include <weir/wire/layers.h>

#include <cstdio>

int main(int, char** argv) {
  weir::savefile::Reader reader{argv[1]};
  weir::flow::Observer observer;
  weir::flow::Tracker tracker{observer};
  const weir::filter::Filter icmp{"icmp"};
  // "The first octet is 0", as machine code where there is a compiler for it.
  const weir::bpf::Program program{
      {0x30, 0, 0, 0}, {0x15, 0, 1, 0}, {0x06, 0, 0, 1}, {0x06, 0, 0, 0}};
  const auto jit = weir::bpf::Jit::compile(program);
  if (jit.has_value() != weir::bpf::Jit::supported()) return 1;
  std::size_t layers = 0;
  std::size_t matches = 0;
  for (const weir::Packet& packet : reader) {
    layers += weir::wire::decode(packet).size();
    if (icmp.matches(packet)) ++matches;
    const std::uint32_t answer = weir::bpf::run(program, packet.data, packet.wire_length);
    if (jit && jit->run(packet.data, packet.wire_length) != answer) return 1;
    tracker.add(packet);
  }
  tracker.finish();
  std::printf("weir %s: %zu layers, %zu icmp, %llu flows\n", weir::version, layers, matches,
              static_cast<unsigned long long>(tracker.counts().flows_ended));
  return layers > 0 && matches > 0 && tracker.counts().flows_ended > 0 ? 0 : 1;
}

// A user's program: touches each module of weir::weir.
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
  const weir::filter::Filter icmp{"icmp", weir::LinkType::ethernet};
  std::size_t layers = 0;
  std::size_t matches = 0;
  for (const weir::Packet& packet : reader) {
    layers += weir::wire::decode(packet).size();
    if (icmp.matches(packet)) ++matches;
    tracker.add(packet);
  }
  tracker.finish();
  std::printf("weir %s: %zu layers, %zu icmp, %llu flows\n", weir::version, layers, matches,
              static_cast<unsigned long long>(tracker.counts().flows_ended));
  return layers > 0 && matches > 0 && tracker.counts().flows_ended > 0 ? 0 : 1;
}

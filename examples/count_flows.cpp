// Prints every flow of a capture when it ends: count_flows CAPTURE
#include <cstdio>

#include "weir/address.h"
#include "weir/error.h"
#include "weir/flow/tracker.h"
#include "weir/savefile/walk.h"

class Printer final : public weir::flow::Observer {
  void on_end(const weir::flow::Flow& flow, weir::flow::EndReason) override {
    const auto packets = flow.from_originator().packets + flow.from_responder().packets;
    std::printf("%s > %s %llu packets\n", to_string(flow.originator().address).c_str(),
                to_string(flow.responder().address).c_str(),
                static_cast<unsigned long long>(packets));
  }
};

int main(int argc, char** argv) try {
  if (argc != 2) return 2;
  const char* path = argv[1];
  // [README]
  Printer printer;  // a weir::flow::Observer: on_start, on_end, on_finish
  weir::flow::Tracker tracker{printer, {.idle = std::chrono::minutes{5}}};
  weir::savefile::Walk walk{weir::savefile::expand({path})};  // of a file, a directory, "-"
  for (const weir::Packet& packet : walk) tracker.add(packet);
  tracker.finish();
  for (const weir::savefile::FileOutcome& outcome : walk.troubles()) {
    std::fprintf(stderr, "%s\n", outcome.trouble->message.c_str());
  }
  // [/README]
  return walk.troubles().empty() ? 0 : 1;
} catch (const weir::Error& error) {
  std::fprintf(stderr, "%s\n", error.what());
  return 1;
}

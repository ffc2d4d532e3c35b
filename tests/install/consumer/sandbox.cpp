// A user's program: touches weir::sandbox.
#include <fcntl.h>
#include <weir/sandbox/broker.h>
#include <weir/sandbox/sandbox.h>
#include <weir/savefile/reader.h>

#include <cstdio>

int main(int, char** argv) {
  const std::string path = argv[1];
  weir::sandbox::Broker broker{{.readable = {path}}};
  for (const auto& means : weir::sandbox::enter({})) {
    std::printf("%s: %s\n", means.name, means.detail.c_str());
  }
  if (weir::sandbox::support().landlock > 0 && open("/etc/passwd", O_RDONLY) >= 0) return 1;
  weir::savefile::Reader reader{
      path, {.open = [&](const std::string& name) { return broker.open_for_reading(name); }}};
  std::size_t packets = 0;
  for (const weir::Packet& packet : reader) packets += packet.data.empty() ? 0U : 1U;
  return packets > 0 ? 0 : 1;
}

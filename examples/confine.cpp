// Counts the packets of a capture in a process that could do nothing else.
#include <fcntl.h>
#include <weir/sandbox/sandbox.h>
#include <weir/savefile/reader.h>

#include <cstdio>

int main(int argc, char** argv) {
  if (argc < 2) return 2;
  const char* const path = argv[1];
  std::size_t packets = 0;
  try {
    // [README]
    const int file = open(path, O_RDONLY | O_CLOEXEC);  // while there are rights
    for (const auto& [name, holds, detail] : weir::sandbox::enter({})) {
      if (!holds) std::fprintf(stderr, "%s: %s\n", name, detail.c_str());
    }
    weir::savefile::Reader reader{path, {.open = [file](const auto&) { return file; }}};
    for (const weir::Packet& packet : reader) packets += packet.data.empty() ? 0U : 1U;
    // [/README]
  } catch (const std::exception& error) {
    std::printf("ERROR: %s\n", error.what());
    return 1;
  }
  std::printf("%zu packets\n", packets);
  return 0;
}

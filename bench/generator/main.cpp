// Generates the traces that bench/compare measures on.
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "traces.h"

namespace {

constexpr std::string_view usage =
    "usage: generate mixed|small OUT.pcap [--seed N] [--packets N]\n"
    "Writes OUT.pcap and what is in it to OUT.truth. Same seed and packets, same bytes.\n";
constexpr std::uint64_t most_packets = 100'000'000;

struct Request {
  bool small = false;
  std::string path;
  std::uint64_t seed = 1;
  std::uint64_t packets = 0;
};

bool parse_number(std::string_view text, std::uint64_t& value) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc{} && end == text.data() + text.size();
}

std::optional<Request> parse(int argc, char** argv) {
  if (argc < 3 || argc % 2 == 0) return std::nullopt;
  const std::string_view kind = argv[1];
  if (kind != "mixed" && kind != "small") return std::nullopt;
  Request request{.small = kind == "small", .path = argv[2]};
  request.packets = request.small ? 10'000'000 : 2'400'000;
  for (int i = 3; i < argc; i += 2) {
    const std::string_view option = argv[i];
    std::uint64_t value = 0;
    if (!parse_number(argv[i + 1], value)) return std::nullopt;
    if (option == "--seed") {
      request.seed = value;
    } else if (option == "--packets" && value >= 1 && value <= most_packets) {
      request.packets = value;
    } else {
      return std::nullopt;
    }
  }
  return request;
}

// Writes under another name first: a file called OUT.pcap is always whole.
void generate(const Request& request) {
  const std::filesystem::path path{request.path};
  const std::string part = request.path + ".part";
  bench::TraceFile file{part};
  if (request.small) {
    bench::write_small(file, request.seed, request.packets);
  } else {
    bench::write_mixed(file, request.seed, request.packets);
  }
  file.close();
  const std::string title = std::string{"trace "} + (request.small ? "small" : "mixed") +
                            "\nseed " + std::to_string(request.seed) + '\n';
  bench::write_truth(std::filesystem::path{path}.replace_extension(".truth").string(), title,
                     file.truth());
  std::filesystem::rename(part, path);
}

}  // namespace

int main(int argc, char** argv) {
  const std::optional<Request> request = parse(argc, argv);
  if (!request) {
    std::fputs(usage.data(), stderr);
    return 2;
  }
  try {
    generate(*request);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "generate: %s\n", error.what());
    return 1;
  }
  return 0;
}

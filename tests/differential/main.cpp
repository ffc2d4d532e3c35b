// weir_differential_reader DIR...: every pcap below the folders, and spoiled copies of each, read
// by weir and by libpcap: the same records, and both stop or neither. Exits 1 with the differences,
// and with the rules that no file needed. Spoiled copies are the same in every run; --keep DIR
// stores those that differ.
#include <zlib.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string_view>

#include "comparison.h"
#include "made_files.h"
#include "mutator.h"

namespace {

using namespace weir::differential;
namespace fs = std::filesystem;

constexpr std::size_t mutants_per_file = 1000;
// Large files get fewer mutants, so that all take a minute.
constexpr std::size_t bytes_per_file = 64 << 20;
constexpr int shown_differences = 20;

struct Run {
  Comparison comparison;
  fs::path kept_in;
  std::uint64_t compared = 0;
  std::uint64_t records = 0;
  int differing = 0;

  void compare(const std::string& name, weir::Bytes file) {
    const OwnReading own = read_with_weir(file);
    if (!own.is_pcap) return;
    ++compared;
    records += own.reading.records.size();
    const std::string found = comparison.difference(file, own.reading, read_with_libpcap(file));
    if (found.empty()) return;
    if (++differing <= shown_differences) std::printf("%s: %s\n", name.c_str(), found.c_str());
    if (kept_in.empty()) return;
    std::ofstream kept{kept_in / (std::to_string(differing) + ".pcap"), std::ios::binary};
    kept.write(reinterpret_cast<const char*>(file.data()),
               static_cast<std::streamsize>(file.size()));
  }
};

// Also of a gzip file what is in it.
std::vector<std::uint8_t> content(const fs::path& path) {
  std::vector<std::uint8_t> bytes;
  gzFile file = gzopen(path.c_str(), "rb");
  if (file == nullptr) return bytes;
  std::array<std::uint8_t, 65536> block{};
  int got = 0;
  while ((got = gzread(file, block.data(), block.size())) > 0) {
    bytes.insert(bytes.end(), block.begin(), block.begin() + got);
  }
  gzclose(file);
  return bytes;
}

bool is_pcap(weir::Bytes bytes) noexcept {
  if (bytes.size() < 24) return false;
  const auto magic = weir::load_be<std::uint32_t>(bytes.data());
  constexpr std::array known{0xa1b2c3d4U, 0xd4c3b2a1U, 0xa1b23c4dU,
                             0x4d3cb2a1U, 0xa1b2cd34U, 0x34cdb2a1U};
  return std::ranges::find(known, magic) != known.end();
}

void compare_file(Run& run, const fs::path& path) {
  const std::vector<std::uint8_t> bytes = content(path);
  if (!is_pcap(bytes)) return;
  run.compare(path, bytes);
  Mutator mutator{bytes, 1};
  const std::size_t mutants = std::min(mutants_per_file, bytes_per_file / bytes.size());
  for (std::size_t number = 1; number <= mutants; ++number) {
    run.compare(path.string() + ", mutant " + std::to_string(number), mutator.next());
  }
}

}  // namespace

int main(int argc, char** argv) {
  Run run;
  std::vector<fs::path> files;
  for (int i = 1; i < argc; ++i) {
    if (std::string_view{argv[i]} == "--keep" && i + 1 < argc) {
      run.kept_in = argv[++i];
      continue;
    }
    for (const fs::directory_entry& entry : fs::recursive_directory_iterator{argv[i]}) {
      if (entry.is_regular_file()) files.push_back(entry.path());
    }
  }
  std::ranges::sort(files);
  for (const fs::path& path : files) compare_file(run, path);
  for (const MadeFile& file : made_files()) run.compare(file.name, file.bytes);

  int unneeded = 0;
  for (const RuleUse& rule : run.comparison.rules()) {
    std::printf("%8llu  %s: %s\n", static_cast<unsigned long long>(rule.needed), rule.name,
                rule.reason);
    if (rule.needed != 0) continue;
    ++unneeded;
    std::printf("the rule \"%s\" is not needed\n", rule.name);
  }
  std::printf("%llu files and mutants with %llu records compared, %d differ\n",
              static_cast<unsigned long long>(run.compared),
              static_cast<unsigned long long>(run.records), run.differing);
  return run.compared > 0 && run.differing == 0 && unneeded == 0 ? 0 : 1;
}

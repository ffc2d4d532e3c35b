// Names of formats and compressions, and what file names say of them.
#include "weir/savefile/format.h"

#include <algorithm>
#include <array>

namespace weir::savefile {
namespace {

struct Ending {
  std::string_view text;
  Format format;
};
constexpr std::array format_endings{Ending{".pcap", Format::pcap},
                                    Ending{".pcapng", Format::pcapng}};

struct Packing {
  std::string_view text;
  Compression compression;
};
constexpr std::array packing_endings{
    Packing{".gz", Compression::gzip}, Packing{".zst", Compression::zstd},
    Packing{".lz4", Compression::lz4}, Packing{".xz", Compression::xz}};

/// Endings of other files: of other captures, packed otherwise, of text and tables.
constexpr std::array<std::string_view, 66> other_endings{
    ".erf",    ".snoop", ".btsnoop", ".pklg",   ".ntar",  ".5vw",     ".tr1",     ".trc",
    ".enc",    ".apc",   ".wpc",     ".wpz",    ".vwr",   ".rf5",     ".bfr",     ".iptrace",
    ".netmon", ".nettl", ".ipfix",   ".nfcapd", ".silk",  ".bz2",     ".bz",      ".bzip2",
    ".gzip",   ".zstd",  ".z",       ".lz",     ".lzma",  ".lzo",     ".br",      ".sz",
    ".zip",    ".7z",    ".rar",     ".tar",    ".tgz",   ".tbz",     ".tbz2",    ".txz",
    ".tzst",   ".csv",   ".tsv",     ".json",   ".jsonl", ".ndjson",  ".geojson", ".yaml",
    ".yml",    ".toml",  ".xml",     ".pdml",   ".psml",  ".html",    ".htm",     ".md",
    ".txt",    ".xlsx",  ".xls",     ".ods",    ".pdf",   ".parquet", ".arrow",   ".feather",
    ".avro",   ".npy"};

constexpr std::array<std::string_view, 5> database_endings{".db", ".db3", ".sqlite", ".sqlite3",
                                                           ".sqlitedb"};

constexpr char lower(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool ends_with(std::string_view path, std::string_view ending) noexcept {
  if (path.size() < ending.size()) return false;
  path.remove_prefix(path.size() - ending.size());
  for (std::size_t i = 0; i < ending.size(); ++i) {
    if (lower(path[i]) != ending[i]) return false;
  }
  return true;
}

}  // namespace

const char* name(Format format) noexcept {
  switch (format) {
    case Format::pcap:
      return "pcap";
    case Format::pcap_nanosecond:
      return "pcap-ns";
    case Format::pcap_modified:
      return "pcap-modified";
    case Format::pcapng:
      return "pcapng";
  }
  return "";
}

const char* name(Compression compression) noexcept {
  switch (compression) {
    case Compression::none:
      return "none";
    case Compression::gzip:
      return "gzip";
    case Compression::zstd:
      return "zstd";
    case Compression::lz4:
      return "lz4";
    case Compression::xz:
      return "xz";
  }
  return "";
}

std::optional<Format> written_format(std::string_view name) noexcept {
  for (const Format format : {Format::pcap, Format::pcap_nanosecond, Format::pcapng}) {
    if (name == savefile::name(format)) return format;
  }
  return std::nullopt;
}

std::optional<Compression> compression_named(std::string_view ending) noexcept {
  for (const Packing& packing : packing_endings) {
    if (ending == packing.text.substr(1)) return packing.compression;
  }
  return std::nullopt;
}

FileType file_type(std::string_view path) noexcept {
  FileType type;
  for (const Packing& packing : packing_endings) {
    if (!ends_with(path, packing.text)) continue;
    type.compression = packing.compression;
    path.remove_suffix(packing.text.size());
    break;
  }
  for (const Ending& ending : format_endings) {
    if (ends_with(path, ending.text)) type.format = ending.format;
  }
  const auto is_ending = [path](std::string_view ending) { return ends_with(path, ending); };
  type.is_database = std::ranges::any_of(database_endings, is_ending);
  type.is_other = type.is_database || std::ranges::any_of(other_endings, is_ending);
  return type;
}

}  // namespace weir::savefile

// The names of capture file formats, and of what they are packed in.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "weir/api.h"

namespace weir::savefile {

/// What kind of file it is; pcap_modified is the variant with 24-byte record headers, never
/// written.
enum class Format : std::uint8_t { pcap, pcap_nanosecond, pcap_modified, pcapng };
/// What the file is packed in.
enum class Compression : std::uint8_t { none, gzip, zstd, lz4, xz };
/// In which the file keeps its integers; of a pcapng file, in the section being read.
enum class ByteOrder : std::uint8_t { little, big };

/// "pcap", "pcap-ns", "pcap-modified", "pcapng".
[[nodiscard]] WEIR_API const char* name(Format format) noexcept;
/// "none", "gzip", "zstd", "lz4", "xz".
[[nodiscard]] WEIR_API const char* name(Compression compression) noexcept;

/// Of the formats that are written, the one of that name().
[[nodiscard]] WEIR_API std::optional<Format> written_format(std::string_view name) noexcept;
/// "gz", "zst", "lz4" and "xz", as file names end.
[[nodiscard]] WEIR_API std::optional<Compression> compression_named(
    std::string_view ending) noexcept;

/// What the end of a file name asks for: "a.pcapng.zst".
struct FileType {
  /// None where the name says nothing of it.
  std::optional<Format> format{};
  Compression compression = Compression::none;
  /// It promises what is not written: .csv, .erf, .bz2, .tar.gz.
  bool is_other = false;
  /// And that is an SQLite database: .db .sqlite.
  bool is_database = false;
};
/// Looks at .pcap .pcapng, then .gz .zst .lz4 .xz, in any letter case, and for what else is_other.
[[nodiscard]] WEIR_API FileType file_type(std::string_view path) noexcept;

}  // namespace weir::savefile

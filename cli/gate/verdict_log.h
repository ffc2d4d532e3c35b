// --log: packets that rules drop, hold and tell of, as JSON.
#pragma once

#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

#include "weir/capture/adapter_names.h"
#include "weir/error.h"
#include "weir/packet.h"
#include "weir/record/packet_json.h"
#include "weir/source.h"

namespace weir::cli {

/// Written line by line. By several threads at once.
class VerdictLog {
 public:
  /// A file that is there is added to; "-" is standard output. Throws SystemError.
  explicit VerdictLog(const std::string& path);
  VerdictLog(const VerdictLog&) = delete;
  VerdictLog& operator=(const VerdictLog&) = delete;
  ~VerdictLog();

  /// `verdict`: "accepted", "dropped", "notified", "changed", ... After a failure nothing more is
  /// written; never throws.
  void add(const Packet& packet, const std::string& rule, const char* verdict) noexcept;

  /// Whether nothing more is written: writing has failed, or nobody reads any more.
  [[nodiscard]] bool has_ended() const;
  /// Throws why it has: OutputFailed, ReaderGone.
  void expect_whole() const;

  [[nodiscard]] bool is_standard_output() const noexcept { return descriptor_ < 0; }
  /// Nothing is written as long as it lives: for what else goes to standard output.
  [[nodiscard]] std::unique_lock<std::mutex> hold_back() const { return std::unique_lock{mutex_}; }

 private:
  [[nodiscard]] const Interface& adapter_of(std::uint32_t index);
  void write(const std::string& line);

  std::string path_;
  /// -1 for standard output.
  int descriptor_ = -1;
  mutable std::mutex mutex_{};
  record::PacketJson json_{};
  capture::AdapterNames names_{};
  std::unordered_map<std::uint32_t, Interface> adapters_{};
  std::string line_{};
  std::uint64_t lines_ = 0;
  /// What writing failed with first.
  std::optional<SystemError> failure_{};
  bool is_reader_gone_ = false;
};

}  // namespace weir::cli

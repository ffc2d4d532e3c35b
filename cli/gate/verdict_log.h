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

  /// What writing failed with first.
  [[nodiscard]] std::optional<SystemError> failure() const;
  [[nodiscard]] std::uint64_t lines() const;

 private:
  [[nodiscard]] const Interface& adapter_of(std::uint32_t index);
  void write(const std::string& line);

  std::string path_;
  int descriptor_ = -1;
  mutable std::mutex mutex_{};
  record::PacketJson json_{};
  capture::AdapterNames names_{};
  std::unordered_map<std::uint32_t, Interface> adapters_{};
  std::string line_{};
  std::uint64_t lines_ = 0;
  std::optional<SystemError> failure_{};
};

}  // namespace weir::cli

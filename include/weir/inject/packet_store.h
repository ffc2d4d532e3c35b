// Packets kept in memory, to be replayed without reading anything.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "weir/api.h"
#include "weir/sink.h"

namespace weir::inject {

/// A sink that copies what it is given: bytes, lengths, times, directions and flags. const calls
/// from several threads at once.
class WEIR_API PacketStore final : public PacketSink {
 public:
  /// Keeps no more than takes so many bytes of memory.
  explicit PacketStore(std::uint64_t limit = UINT64_MAX) noexcept : limit_{limit} {}
  PacketStore(PacketStore&&) noexcept = default;
  PacketStore& operator=(PacketStore&&) noexcept = default;
  ~PacketStore() override;

  /// Throws std::bad_alloc. Once is_full() nothing more is kept.
  void write(std::span<const Interface> interfaces, std::span<const Packet> packets) override;
  void flush() override {}
  void flush_if_due() override {}
  void rotate() override;
  /// Whether a packet came for which there was no room within the limit.
  [[nodiscard]] bool is_full() const noexcept override { return is_full_; }
  void close() override {}
  [[nodiscard]] SinkCounts counts() const noexcept override;

  /// Those between calls of rotate(), likewise.
  [[nodiscard]] std::vector<std::span<const Packet>> files() const;
  /// All, in their order. Valid until the next write().
  [[nodiscard]] std::span<const Packet> packets() const noexcept { return packets_; }

 private:
  /// A place for so many bytes, which stays where it is.
  [[nodiscard]] WEIR_PRIVATE std::uint8_t* room(std::size_t size);

  std::vector<std::unique_ptr<std::uint8_t[]>> blocks_;
  std::uint8_t* free_ = nullptr;
  std::size_t free_size_ = 0;
  std::vector<Packet> packets_;
  /// Where files end among them.
  std::vector<std::size_t> ends_;
  std::uint64_t bytes_ = 0;
  std::uint64_t limit_;
  bool is_full_ = false;
};

}  // namespace weir::inject

// Spoils a pcap file the same way every time.
#pragma once

#include <cstdint>
#include <random>
#include <vector>

#include "weir/bytes.h"

namespace weir::differential {

/// Makes copies of a file that differ in a bit, a length, a header field, or in what was cut out,
/// put in or put twice. A function of the file and the seed.
class Mutator {
 public:
  /// `file` must outlive the mutator and hold at least a pcap header.
  Mutator(Bytes file, std::uint32_t seed);

  /// One to three faults in a fresh copy.
  [[nodiscard]] std::vector<std::uint8_t> next();

 private:
  void spoil(std::vector<std::uint8_t>& copy);
  void change_header(std::vector<std::uint8_t>& copy);
  void change_record(std::vector<std::uint8_t>& copy);
  void flip(std::vector<std::uint8_t>& copy);
  void splice(std::vector<std::uint8_t>& copy);
  /// Below `end`, which is not 0.
  [[nodiscard]] std::size_t any_below(std::size_t end);
  [[nodiscard]] std::uint32_t odd_word(std::uint32_t was);

  Bytes file_;
  bool big_endian_;
  std::size_t record_header_size_;
  /// Offsets of the records of the file as it was.
  std::vector<std::size_t> records_;
  std::minstd_rand random_;
};

}  // namespace weir::differential

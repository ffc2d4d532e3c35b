// Spoils a pcap file the same way every time.
#include "mutator.h"

#include <algorithm>
#include <array>

namespace weir::differential {
namespace {

constexpr std::size_t header_size = 24;
// Wherein the readers have special cases: versions, snapshot lengths, link types.
constexpr std::array versions{0x00020002U, 0x00020003U, 0x00020004U, 0x00020005U,
                              0x00010000U, 0x021f0000U, 0x00030000U};
constexpr std::array lengths{0U,          1U,         14U,      60U,      96U,
                             262'143U,    262'144U,   262'145U, 1U << 24, (1U << 24) + 1,
                             0x7fffffffU, 0x80000000U};
constexpr std::array link_types{0U,   1U,   50U,  101U, 103U, 104U, 113U,        117U,
                                189U, 195U, 220U, 228U, 231U, 239U, 0x04000001U, 0x10000U};
constexpr std::array magics{0xa1b2c3d4U, 0xa1b23c4dU, 0xa1b2cd34U, 0xa1b2c3d5U};

std::uint32_t load(Bytes bytes, std::size_t at, bool big_endian) noexcept {
  return big_endian ? load_be<std::uint32_t>(bytes.data() + at)
                    : load_le<std::uint32_t>(bytes.data() + at);
}

void store(std::vector<std::uint8_t>& bytes, std::size_t at, std::uint32_t word,
           bool big_endian) noexcept {
  for (std::size_t i = 0; i < 4 && at + i < bytes.size(); ++i) {
    bytes[at + i] = static_cast<std::uint8_t>(word >> 8 * (big_endian ? 3 - i : i));
  }
}

std::vector<std::size_t> find_records(Bytes file, std::size_t header, bool big_endian) {
  std::vector<std::size_t> found;
  for (std::size_t at = header_size; at + header <= file.size();) {
    found.push_back(at);
    const std::uint32_t captured = load(file, at + 8, big_endian);
    if (captured > file.size() - at - header) break;
    at += header + captured;
  }
  return found;
}

}  // namespace

Mutator::Mutator(Bytes file, std::uint32_t seed)
    : file_{file},
      big_endian_{file[0] == 0xa1},
      record_header_size_{load(file, 0, big_endian_) == 0xa1b2cd34 ? 24U : 16U},
      records_{find_records(file, record_header_size_, big_endian_)},
      random_{seed} {}

std::size_t Mutator::any_below(std::size_t end) { return random_() % end; }

std::uint32_t Mutator::odd_word(std::uint32_t was) {
  switch (any_below(4)) {
    case 0:
      return lengths[any_below(lengths.size())];
    case 1:
      return was + static_cast<std::uint32_t>(any_below(9)) - 4;
    case 2:
      return was ^ 1U << any_below(32);
    default:
      return static_cast<std::uint32_t>(any_below(2000));
  }
}

std::vector<std::uint8_t> Mutator::next() {
  std::vector<std::uint8_t> copy{file_.begin(), file_.end()};
  for (std::size_t faults = 1 + any_below(3); faults > 0 && !copy.empty(); --faults) spoil(copy);
  return copy;
}

void Mutator::spoil(std::vector<std::uint8_t>& copy) {
  switch (any_below(8)) {
    case 0:
      return flip(copy);
    case 1:
      return change_header(copy);
    case 2:
      copy.resize(1 + any_below(copy.size()));
      return;
    case 3:
    case 4:
      return splice(copy);
    default:
      return change_record(copy);
  }
}

void Mutator::flip(std::vector<std::uint8_t>& copy) {
  copy[any_below(copy.size())] ^= static_cast<std::uint8_t>(1U << any_below(8));
}

void Mutator::change_header(std::vector<std::uint8_t>& copy) {
  switch (any_below(5)) {
    case 0:
      return store(copy, 0, magics[any_below(magics.size())], big_endian_);
    case 1: {
      // Two halves, each in the file's byte order.
      const std::uint32_t version = versions[any_below(versions.size())];
      return store(copy, 4, big_endian_ ? version : version << 16 | version >> 16, big_endian_);
    }
    case 2:
      return store(copy, 16, lengths[any_below(lengths.size())], big_endian_);
    case 3:
      return store(copy, 20, static_cast<std::uint32_t>(any_below(300)), big_endian_);
    default:
      return store(copy, 20, link_types[any_below(link_types.size())], big_endian_);
  }
}

// A word of a record header: mostly a length, sometimes a time.
void Mutator::change_record(std::vector<std::uint8_t>& copy) {
  if (records_.empty()) return flip(copy);
  // Splices may have moved the records: then this spoils packets.
  const std::size_t word = any_below(8);
  const std::size_t at = records_[any_below(records_.size())] + (word < 4   ? 8
                                                                 : word < 7 ? 12
                                                                            : word % 2 * 4);
  if (at + 4 > copy.size()) return flip(copy);
  store(copy, at, odd_word(load(copy, at, big_endian_)), big_endian_);
}

// A piece is taken out, put in again elsewhere, or put over something; every other time it begins
// and ends with a record.
void Mutator::splice(std::vector<std::uint8_t>& copy) {
  const bool records = !records_.empty() && any_below(2) == 0;
  const auto edge = [&] {
    const std::size_t at = records ? records_[any_below(records_.size())] : any_below(copy.size());
    return static_cast<std::ptrdiff_t>(std::min(at, copy.size()));
  };
  auto [begin, end] = std::minmax({edge(), edge()});
  end = std::min<std::ptrdiff_t>(end, begin + 4096);
  const std::vector<std::uint8_t> piece{copy.begin() + begin, copy.begin() + end};
  const std::ptrdiff_t to = edge();
  switch (any_below(3)) {
    case 0:
      copy.erase(copy.begin() + begin, copy.begin() + end);
      return;
    case 1:
      copy.insert(copy.begin() + to, piece.begin(), piece.end());
      return;
    default:
      std::copy_n(piece.begin(),
                  std::min<std::size_t>(piece.size(), copy.size() - static_cast<std::size_t>(to)),
                  copy.begin() + to);
  }
}

}  // namespace weir::differential

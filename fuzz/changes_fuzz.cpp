// Fuzzes the changes of rules on their way out and their reverse on the way back. Nothing is read
// or written beyond the frames, checksums that were right stay right, and whether a frame is an
// answer is what giving it its destination back does. Input: six bytes (flags, time to live, port,
// length of the first frame), then the frame that is changed, and one that may answer it.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <vector>

#include "gate/rules/changes.h"
#include "weir/wire/checksum_verdict.h"
#include "weir/wire/layers.h"

namespace {

using weir::Bytes;
using weir::LinkType;
using weir::MutableBytes;
using weir::Packet;
using weir::gate::Change;
using weir::gate::Changes;
using weir::wire::ChecksumVerdict;

constexpr std::size_t head_size = 6;
constexpr std::uint64_t now = 1'000'000'000;

void require(bool condition) {
  if (!condition) std::abort();
}

/// In a block of exactly its size: the sanitizer sees an access one byte past it.
class Frame {
 public:
  Frame(Bytes bytes, LinkType link_type)
      : bytes_(bytes.begin(), bytes.end()), link_type_{link_type} {}
  [[nodiscard]] MutableBytes bytes() noexcept { return bytes_; }
  [[nodiscard]] Bytes bytes() const noexcept { return bytes_; }
  [[nodiscard]] Packet packet() const noexcept {
    return {.data = bytes_,
            .wire_length = static_cast<std::uint32_t>(bytes_.size()),
            .link_type = link_type_};
  }

 private:
  std::vector<std::uint8_t> bytes_;
  LinkType link_type_;
};

/// Checksums that were right before are right after.
void require_right(const Packet& before, const Packet& after) {
  const weir::wire::Layers was = weir::wire::decode(before);
  const weir::wire::Layers is = weir::wire::decode(after);
  const auto were = weir::wire::verify_checksums(before, was);
  const auto are = weir::wire::verify_checksums(after, is);
  // Another port may name another protocol behind it.
  for (std::size_t i = 0; i < std::min(was.size(), is.size()); ++i) {
    if (was[i].protocol != is[i].protocol) return;
    require(were[i] != ChecksumVerdict::good || are[i] != ChecksumVerdict::bad);
  }
}

std::vector<Change> chosen(std::uint8_t flags, std::uint8_t ttl, std::uint16_t port) {
  std::vector<Change> changes;
  if ((flags & 2) != 0) changes.emplace_back(weir::gate::SetTtl{ttl});
  if ((flags & 4) != 0) changes.emplace_back(weir::gate::SetDestinationPort{port});
  if ((flags & 8) != 0)
    changes.emplace_back(weir::gate::SetDestination{*weir::parse_ip("192.0.2.2")});
  if ((flags & 16) != 0) {
    changes.emplace_back(weir::gate::SetDestination{*weir::parse_ip("2001:db8::2")});
  }
  return changes;
}

void restore(Changes& changes, Bytes bytes, LinkType link_type) {
  const Frame came{bytes, link_type};
  Frame back{bytes, link_type};
  const bool is_answer = changes.is_answer(came.packet(), now);
  require(changes.restore(back.bytes(), came.packet(), now) == is_answer);
  if (is_answer) {
    require_right(came.packet(), back.packet());
  } else {
    require(std::ranges::equal(came.bytes(), back.bytes()));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < head_size) return 0;
  const LinkType link_type = (data[0] & 1) != 0 ? LinkType::raw : LinkType::ethernet;
  const Bytes frames{data + head_size, size - head_size};
  const std::size_t first =
      std::min<std::size_t>(weir::load_le<std::uint16_t>(data + 4), frames.size());
  Changes changes{{}};
  const Frame came{frames.first(first), link_type};
  Frame gone{frames.first(first), link_type};
  const bool is_changed =
      changes.make(chosen(data[0], data[1], weir::load_le<std::uint16_t>(data + 2)), gone.bytes(),
                   came.packet(), now);
  require(is_changed || std::ranges::equal(came.bytes(), gone.bytes()));
  require_right(came.packet(), gone.packet());
  restore(changes, frames.subspan(first), link_type);
  restore(changes, gone.bytes(), link_type);
  return 0;
}

// RFC 1624: a checksum updated by what changed is the one computed anew, whatever changes, in any
// stack; and nothing else changes.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "edit_samples.h"

namespace weir::wire {
namespace {

using samples::Frame;

/// Numbers of which many are the ends of ones' complement.
class Numbers {
 public:
  std::uint16_t word() {
    switch (engine_() % 4) {
      case 0:
        return 0;
      case 1:
        return 0xffff;
      default:
        return static_cast<std::uint16_t>(engine_());
    }
  }
  std::size_t below(std::size_t end) { return engine_() % end; }
  IpAddress address(int version) {
    std::array<std::uint8_t, 16> octets;
    for (std::size_t i = 0; i < octets.size(); i += 2) store_be(octets.data() + i, word());
    if (version == 4) return Ipv4Address::load(octets.data());
    return Ipv6Address{octets};
  }

 private:
  std::mt19937 engine_{1624};
};

/// The same change made twice: by the editor, and by hand in a copy.
class Change {
 public:
  Change(Frame& edited, Frame& by_hand, Numbers& numbers)
      : packet_{samples::packet_of(edited)},
        editor_{edited, packet_},
        copy_{by_hand},
        numbers_{numbers} {}

  /// To a field of some layer; false where that has none.
  bool make() {
    const std::size_t index = numbers_.below(editor_.layers().size());
    const Which which = at_layer(index);
    copied_ = copy_.data() + editor_.layers()[index].offset;
    const auto number = numbers_.word();
    const auto byte = static_cast<std::uint8_t>(number);
    switch (editor_.layers()[index].protocol) {
      case Protocol::ethernet: {
        const MacAddress address{{byte, 1, byte, byte, 0, 9}};
        std::ranges::copy(address.octets, copied_ + 6);
        return editor_.set_mac_source(address, which).has_value();
      }
      case Protocol::vlan:
        put(0, 0x0fff, number);
        return editor_.set_vlan_identifier(number & 0x0fff, which).has_value();
      case Protocol::ipv4:
        return ipv4(which, number);
      case Protocol::ipv6:
        return ipv6(which, number);
      case Protocol::tcp:
        return tcp(which, number);
      case Protocol::udp:
      case Protocol::udp_lite:
      case Protocol::dccp:
        // A tunnel's destination port is what makes it one.
        put(0, 0xffff, number | 0x8000U);
        return editor_.set_source_port(number | 0x8000U, which).has_value();
      default:
        return false;
    }
  }

 private:
  void put(std::size_t offset, unsigned mask, unsigned value) {
    const auto word = load_be<std::uint16_t>(copied_ + offset);
    store_be(copied_ + offset, static_cast<std::uint16_t>((word & ~mask) | (value & mask)));
  }
  void put(std::size_t offset, const IpAddress& address) {
    std::ranges::copy(address.bytes(), copied_ + offset);
  }

  bool ipv4(Which which, std::uint16_t number) {
    const auto byte = static_cast<std::uint8_t>(number);
    switch (numbers_.below(6)) {
      case 0:
        put(8, 0xff00, unsigned{byte} << 8);
        return editor_.set_ttl(byte, which).has_value();
      case 1:
        put(0, 0x00fc, unsigned{byte} << 2);
        return editor_.set_dscp(byte & 63, which).has_value();
      case 2:
        put(4, 0xffff, number);
        return editor_.set_identification(number, which).has_value();
      case 3:
        put(6, 0x4000, number);
        return editor_.set_dont_fragment((number & 0x4000) != 0, which).has_value();
      default: {
        const IpAddress address = numbers_.address(4);
        const bool source = (number & 1) != 0;
        put(source ? 12 : 16, address);
        return (source ? editor_.set_source(address, which)
                       : editor_.set_destination(address, which))
            .has_value();
      }
    }
  }
  bool ipv6(Which which, std::uint16_t number) {
    const auto byte = static_cast<std::uint8_t>(number);
    switch (numbers_.below(5)) {
      case 0:
        put(6, 0x00ff, byte);
        return editor_.set_ttl(byte, which).has_value();
      case 1:
        put(0, 0x0030, unsigned{byte} << 4);
        return editor_.set_ecn(byte & 3, which).has_value();
      case 2:
        put(0, 0x000f, byte);
        put(2, 0xffff, number);
        return editor_.set_flow_label((byte & 15U) << 16 | number, which).has_value();
      default: {
        const IpAddress address = numbers_.address(6);
        const bool source = (number & 1) != 0;
        put(source ? 8 : 24, address);
        return (source ? editor_.set_source(address, which)
                       : editor_.set_destination(address, which))
            .has_value();
      }
    }
  }
  bool tcp(Which which, std::uint16_t number) {
    switch (numbers_.below(4)) {
      case 0:
        put(2, 0xffff, number | 0x8000U);
        return editor_.set_destination_port(number | 0x8000U, which).has_value();
      case 1:
        put(4, 0xffff, number);
        put(6, 0xffff, static_cast<std::uint16_t>(~number));
        return editor_
            .set_sequence_number(std::uint32_t{number} << 16 | static_cast<std::uint16_t>(~number),
                                 which)
            .has_value();
      case 2:
        put(12, 0x01ff, number);
        return editor_.set_flags(number & 0x1ff, which).has_value();
      default:
        put(14, 0xffff, number);
        return editor_.set_window(number, which).has_value();
    }
  }

  Packet packet_;
  Editor editor_;
  Frame& copy_;
  Numbers& numbers_;
  std::uint8_t* copied_ = nullptr;
};

TEST(edit_property, samples_have_datagrams_at_odd_places) {
  const std::vector<Frame> frames = samples::stacks();
  const auto found = std::ranges::find_if(frames, [](const Frame& frame) {
    return samples::protocols_of(samples::packet_of(frame)) == "eth ip udp l2tp ppp ip tcp";
  });
  ASSERT_NE(found, frames.end());
  EXPECT_EQ(decode(samples::packet_of(*found)).inner.payload_offset % 2, 1U);
}

TEST(edit_property, updated_checksums_are_those_computed_anew) {
  std::vector<Frame> frames = samples::stacks();
  for (Frame& frame : frames) ASSERT_EQ(samples::bad_checksum(samples::packet_of(frame)), "");
  Numbers numbers;
  int made = 0;
  while (made < 1'000'000) {
    Frame& frame = frames[numbers.below(frames.size())];
    Frame by_hand = frame;
    if (!Change{frame, by_hand, numbers}.make()) continue;
    samples::recompute(by_hand);
    ASSERT_EQ(frame, by_hand) << "after change " << made;
    ++made;
  }
}

TEST(edit_property, a_lowered_maximum_segment_size_is_as_if_it_had_been_sent) {
  using namespace samples;  // NOLINT(google-build-using-namespace): frames by their headers' names
  Numbers numbers;
  const auto frame_with = [](std::uint16_t size, bool odd) {
    std::array<std::uint8_t, 8> options{1, 2, 4, 0, 0, 1, 1, 0};
    if (!odd) options = {2, 4, 0, 0, 1, 1, 1, 0};
    store_be(options.data() + (odd ? 3 : 2), size);
    TcpFields syn = tcp;
    syn.flags = tcp_flags::syn;
    syn.options = options;
    return frame_of(ethernet, ipv6, UdpFields{}, VxlanFields{}, ethernet, ipv4, syn, text);
  };
  for (int round = 0; round < 10'000; ++round) {
    const std::uint16_t size = numbers.word();
    const std::uint16_t most = numbers.word();
    const bool odd = numbers.below(2) == 1;
    Frame frame = frame_with(size, odd);
    Editor editor{frame, packet_of(frame)};
    ASSERT_TRUE(editor.clamp_mss(most, Which::inner));
    ASSERT_EQ(frame, frame_with(std::min(size, most), odd)) << size << " " << most;
  }
}

/// The ones' complement difference of two frames' words, where they differ.
std::uint16_t difference(const Frame& a, const Frame& b, std::size_t offset) {
  const auto left = load_be<std::uint16_t>(a.data() + offset);
  const auto right = load_be<std::uint16_t>(b.data() + offset);
  const auto sum = (WordSum::of(left) + WordSum::of(static_cast<std::uint16_t>(~right))).folded();
  return sum == 0xffff ? std::uint16_t{0} : sum;
}

TEST(edit_property, a_wrong_checksum_stays_exactly_as_wrong) {
  Numbers numbers;
  for (Frame frame : samples::stacks()) {
    const Layers layers = decode(samples::packet_of(frame));
    const Layer& last = layers[layers.size() - 1];
    if (last.protocol != Protocol::tcp) continue;
    const std::size_t field = last.offset + std::size_t{16};
    for (int round = 0; round < 2'000; ++round) {
      Frame wrong = frame;
      store_be(wrong.data() + field, static_cast<std::uint16_t>(numbers.word() | 1U));
      const std::uint16_t before = difference(wrong, frame, field);
      Numbers same = numbers;
      Frame unused = frame;
      Frame right = frame;
      const bool made = Change{right, unused, numbers}.make();
      numbers = same;
      ASSERT_EQ((Change{wrong, unused, numbers}.make()), made);
      ASSERT_EQ(difference(wrong, right, field), before) << "round " << round;
    }
  }
}

}  // namespace
}  // namespace weir::wire

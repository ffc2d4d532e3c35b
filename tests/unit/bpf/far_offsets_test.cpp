// Offsets beyond 2 GiB, in memory that is only promised.
#include <gtest/gtest.h>
#include <sys/mman.h>

#include "support/libpcap_bpf.h"
#include "weir/bpf/disassemble.h"
#include "weir/bpf/interpreter.h"
#include "weir/bpf/jit.h"

namespace weir::bpf {
namespace {

constexpr std::size_t size = 0x8000'1000;

// A packet of 2 GiB and a page, all 0 but for what is written to the last page.
class HugePacket {
 public:
  HugePacket()
      : start_{::mmap(nullptr, size, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)} {}
  HugePacket(const HugePacket&) = delete;
  HugePacket& operator=(const HugePacket&) = delete;
  ~HugePacket() {
    if (start_ != MAP_FAILED) ::munmap(start_, size);
  }

  [[nodiscard]] bool exists() const { return start_ != MAP_FAILED; }
  [[nodiscard]] MutableBytes bytes() const { return {static_cast<std::uint8_t*>(start_), size}; }

 private:
  void* start_;
};

TEST(FarOffsets, AreReadByAllEngines) {
  const HugePacket packet;
  if (!packet.exists()) GTEST_SKIP() << "no address space for 2 GiB";
  store_be<std::uint32_t>(&packet.bytes()[0x8000'0010], 0x8182'8384);
  const auto offset_in_x = [](std::uint32_t x, std::uint16_t load, std::uint32_t k) {
    return Program{
        {code::ldx | code::imm, 0, 0, x}, {load, 0, 0, k}, {code::ret | code::a, 0, 0, 0}};
  };
  for (const std::uint16_t width : {code::w, code::h, code::b}) {
    const auto absolute = static_cast<std::uint16_t>(code::ld | width | code::abs);
    const auto indirect = static_cast<std::uint16_t>(code::ld | width | code::ind);
    const std::uint32_t there = width == code::w ? 0x8182'8384 : width == code::h ? 0x8182 : 0x81;
    for (const Program& program :
         {offset_in_x(0, absolute, 0x8000'0010), offset_in_x(0x10, indirect, 0x8000'0000),
          offset_in_x(0x8000'0000, indirect, 0x10),
          offset_in_x(0x4000'0000, indirect, 0x4000'0010)}) {
      for (const std::size_t captured : {size, std::size_t{0x8000'0010}}) {
        const Bytes cut = packet.bytes().first(captured);
        const std::uint32_t expected = captured == size ? there : 0;
        EXPECT_EQ(test::libpcap::run(program, cut, 0), expected) << disassemble(program);
        EXPECT_EQ(run(program, cut, 0), expected) << disassemble(program);
        if (const auto jit = Jit::compile(program)) {
          EXPECT_EQ(jit->run(cut, 0), expected) << disassemble(program) << assembly(program);
        }
      }
    }
  }
}

}  // namespace
}  // namespace weir::bpf

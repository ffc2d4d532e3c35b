// The kernel level of the verifier is what the kernel says: random programs, attached to a socket.
#include <gtest/gtest.h>
#include <linux/filter.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>
#include <random>

#include "support/bpf_program.h"
#include "sys/file_descriptor.h"
#include "weir/bpf/disassemble.h"
#include "weir/bpf/verify.h"

namespace weir::bpf {
namespace {

class Socket {
 public:
  Socket() : descriptor_{::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)} {}

  [[nodiscard]] int attach(ProgramView program) const {
    std::vector<sock_filter> copy(program.size());
    std::memcpy(copy.data(), program.data(), program.size_bytes());
    const sock_fprog filter{static_cast<unsigned short>(copy.size()), copy.data()};
    const bool taken = ::setsockopt(descriptor_.number(), SOL_SOCKET, SO_ATTACH_FILTER, &filter,
                                    sizeof filter) == 0;
    return taken ? 0 : errno;
  }

 private:
  sys::FileDescriptor descriptor_;
};

TEST(KernelLevel, IsWhatTheKernelTakesFromASocket) {
  const Socket socket;
  if (const int error = socket.attach(Program{{code::ret, 0, 0, 1}}); error != 0) {
    GTEST_SKIP() << "the kernel attaches no filter: " << std::strerror(error);
  }
  std::mt19937_64 random{5};
  int taken = 0;
  int refused = 0;
  for (int i = 0; i < 6'000; ++i) {
    std::vector<std::uint8_t> bytes(8 * (random() % 16));
    for (auto& byte : bytes) byte = static_cast<std::uint8_t>(random());
    Program program =
        test::program_from(bytes, {.memory_written = i % 3 == 0, .loops = i % 7 == 0});
    Instruction& damaged = program[random() % program.size()];
    if (i % 5 == 0) damaged.k = static_cast<std::uint32_t>(0xffff'f000 + random() % 80);
    if (i % 5 == 1) damaged.jump_false = static_cast<std::uint8_t>(random() % 16);
    if (i % 5 == 2) damaged.code = static_cast<std::uint16_t>(random() % 256);
    const bool expected = verify(program, Level::kernel).has_value();
    EXPECT_EQ(socket.attach(program), expected ? 0 : EINVAL) << disassemble(program);
    ++(expected ? taken : refused);
  }
  EXPECT_GT(taken, 500);
  EXPECT_GT(refused, 500);
}

}  // namespace
}  // namespace weir::bpf

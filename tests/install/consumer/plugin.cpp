// A user's plugin: weir inside a module that is loaded at run time.
#include <weir/bpf/jit.h>

extern "C" __attribute__((visibility("default"))) int compiled_answers() {
  // "The wire length is 7".
  const weir::bpf::Program program{
      {0x80, 0, 0, 0}, {0x15, 0, 1, 7}, {0x06, 0, 0, 1}, {0x06, 0, 0, 0}};
  const auto jit = weir::bpf::Jit::compile(program);
  if (!jit) return weir::bpf::Jit::supported() ? 1 : 0;
  return jit->run({}, 7) == 1 && jit->run({}, 8) == 0 ? 0 : 1;
}

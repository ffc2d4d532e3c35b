// A map whose value the kernel knows to be a reference to a task: its types are described in BTF,
// and a program that runs once in the process puts the reference there.
#include "gate/kernel/owner_watch.h"

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <linux/bpf.h>

#include <cassert>
#include <cerrno>
#include <memory>
#include <string>
#include <string_view>

#include "weir/error.h"

namespace weir::gate {

using namespace bpf::ebpf;
using enum bpf::ebpf::Register;
namespace code = weir::bpf::code;

namespace {

using Types = std::unique_ptr<btf, decltype(&btf__free)>;

/// include/linux/sched/signal.h.
constexpr std::int32_t signal_group_exit = 4;

/// Numbers of types in Adoption::types.
constexpr int key_type = 1;
constexpr int value_type = 5;

[[noreturn]] void refuse(int number, const std::string& what) {
  throw SystemError{number, "watch the owner of the gate: " + what};
}

/// As LIBBPF_OPTS makes them, in C++.
template <class Options>
Options sized() noexcept {
  Options options{};
  options.sz = sizeof options;
  return options;
}

Types checked(btf* types, const char* what) {
  if (types == nullptr) refuse(errno, what);
  return {types, &btf__free};
}

std::int32_t type_of(const btf& kernel, const char* name, std::uint32_t kind) {
  const std::int32_t number = btf__find_by_name_kind(&kernel, name, kind);
  if (number < 0) refuse(-number, std::string{name} + " of the kernel");
  return number;
}

/// Bytes from the start of a structure of the kernel.
int offset_of(const btf& kernel, const char* structure, std::string_view member) {
  const btf_type& type = *btf__type_by_id(
      &kernel, static_cast<std::uint32_t>(type_of(kernel, structure, BTF_KIND_STRUCT)));
  for (std::uint32_t i = 0; i < btf_vlen(&type); ++i) {
    const btf_member& candidate = btf_members(&type)[i];
    if (btf__name_by_offset(&kernel, candidate.name_off) == member) {
      return static_cast<int>(btf_member_bit_offset(&type, i) / 8);
    }
  }
  refuse(ENOENT, std::string{structure} + "." + std::string{member} + " of the kernel");
}

/// struct owner { struct task_struct __kptr *task; }, and 32-bit keys.
std::vector<std::uint8_t> owner_types() {
  const Types types = checked(btf__new_empty(), "types");
  [[maybe_unused]] const int key = btf__add_int(types.get(), "unsigned int", 4, 0);
  const int task = btf__add_struct(types.get(), "task_struct", 0);
  const int reference = btf__add_ptr(types.get(), btf__add_type_tag(types.get(), "kptr", task));
  [[maybe_unused]] const int value = btf__add_struct(types.get(), "owner", 8);
  btf__add_field(types.get(), "task", reference, 0, 0);
  assert(key == key_type && value == value_type);
  std::uint32_t size = 0;
  const auto* const bytes = static_cast<const std::uint8_t*>(btf__raw_data(types.get(), &size));
  if (bytes == nullptr) refuse(ENOMEM, "types");
  return {bytes, bytes + size};
}

RelocatableProgram adopting_program() {
  constexpr std::int32_t owner = 0;
  constexpr std::int32_t acquire = 1;
  constexpr std::int32_t release = 2;
  Assembler to;
  const auto failed = to.new_label();
  const auto done = to.new_label();
  to.store_zero(dw, r10, -8);
  to.load_map(r1, owner);
  to.move(r2, r10);
  to.alu(code::add, r2, -8);
  to.call(function::map_lookup_elem);
  to.jump_if(code::jeq, r0, 0, failed);
  to.move(r6, r0);
  to.call(function::current_task_btf);
  to.move(r1, r0);
  to.call_kernel(acquire);
  to.jump_if(code::jeq, r0, 0, failed);
  to.move(r1, r6);
  to.move(r2, r0);
  to.call(function::kptr_exchange);
  to.jump_if(code::jeq, r0, 0, done);
  to.move(r1, r0);
  to.call_kernel(release);
  to.bind(done);
  to.move(r0, 0);
  to.exit();
  to.bind(failed);
  to.move(r0, 1);
  to.exit();
  static_cast<void>(to.link());
  return {.code = to.take(),
          .symbols = {Symbol::owner, Symbol::task_acquire, Symbol::task_release}};
}

sys::FileDescriptor make_map(Bytes owner_types) {
  const sys::FileDescriptor types{bpf_btf_load(owner_types.data(), owner_types.size(), nullptr)};
  if (!types.is_open()) refuse(errno, "types");
  auto options = sized<bpf_map_create_opts>();
  options.btf_fd = static_cast<std::uint32_t>(types.number());
  options.btf_key_type_id = key_type;
  options.btf_value_type_id = value_type;
  sys::FileDescriptor map{bpf_map_create(BPF_MAP_TYPE_ARRAY, "weir_owner", 4, 8, 1, &options)};
  if (!map.is_open()) refuse(errno, "create a BPF map");
  return map;
}

void adopt(const RelocatableProgram& adopting, int map, const btf& kernel) {
  const auto program = linked(adopting, [&](Symbol symbol) {
    return symbol == Symbol::owner ? map : type_of(kernel, name_of(symbol).data(), BTF_KIND_FUNC);
  });
  auto options = sized<bpf_prog_load_opts>();
  options.prog_flags = BPF_F_SLEEPABLE;
  const sys::FileDescriptor loaded{
      bpf_prog_load(BPF_PROG_TYPE_SYSCALL, "weir_adopt", "Dual BSD/GPL",
                    reinterpret_cast<const bpf_insn*>(program.data()), program.size(), &options)};
  if (!loaded.is_open()) refuse(errno, "load a BPF program");
  auto run = sized<bpf_test_run_opts>();
  if (bpf_prog_test_run_opts(loaded.number(), &run) != 0) refuse(errno, "run a BPF program");
  if (run.retval != 0) refuse(ESRCH, "run a BPF program");
}

/// libbpf, which writes to standard error, says nothing while this lives.
class Silence {
 public:
  Silence() noexcept
      : before_{libbpf_set_print([](libbpf_print_level, const char*, va_list) { return 0; })} {}
  Silence(const Silence&) = delete;
  Silence& operator=(const Silence&) = delete;
  ~Silence() { libbpf_set_print(before_); }

 private:
  libbpf_print_fn_t before_;
};

}  // namespace

Adoption adoption() { return {.program = adopting_program(), .types = owner_types()}; }

OwnerWatch::OwnerWatch(const Adoption& how) {
  const Silence silence;
  const Types kernel = checked(btf__load_vmlinux_btf(), "types of the kernel");
  signal_ = offset_of(*kernel, "task_struct", "signal");
  flags_ = offset_of(*kernel, "signal_struct", "flags");
  map_ = make_map(how.types);
  adopt(how.program, map_.number(), *kernel);
}

void OwnerWatch::check(Assembler& to, Assembler::Label dying) const {
  const auto unknown_owner = to.new_label();
  to.load_map_value(r1, map_.number(), 0);
  to.load(dw, r1, r1, 0);
  to.jump_if(code::jeq, r1, 0, unknown_owner);
  to.load(dw, r1, r1, signal_);
  to.load(code::w, r1, r1, flags_);
  to.alu(code::and_, r1, signal_group_exit);
  to.jump_if(jne, r1, 0, dying);
  to.bind(unknown_owner);
}

}  // namespace weir::gate

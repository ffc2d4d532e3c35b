// A program that knows nothing of weir and loads a plugin that uses it, twice.
#include <dlfcn.h>

#include <cstdio>

int main(int, char** argv) {
  for (int round = 0; round < 2; ++round) {
    void* const plugin = dlopen(argv[1], RTLD_NOW | RTLD_LOCAL);
    if (plugin == nullptr) {
      std::fprintf(stderr, "%s\n", dlerror());
      return 1;
    }
    const auto answers = reinterpret_cast<int (*)()>(dlsym(plugin, "compiled_answers"));
    if (answers == nullptr || answers() != 0) return 1;
    dlclose(plugin);
  }
  return 0;
}

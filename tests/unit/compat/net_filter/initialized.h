// A NetFilter that is initialized, and runs no filter.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <string>

#include "support/net_filter_state.h"
#include "system/network_namespace.h"
#include "weir/capture/adapter.h"

namespace weir::test {

/// Changes of what is installed are root's: without its rights the tests are skipped. In a network
/// namespace, so that a filter which starts against all expectation is at no adapter of the
/// machine.
class NetFilterTest : public NetworkTest {
 protected:
  void SetUp() override {
    NetworkTest::SetUp();
    if (!IsSkipped() && ::geteuid() != 0) GTEST_SKIP() << "installing takes root";
  }

  NetFilterState state;
};

class InitializedTest : public NetFilterTest {
 protected:
  void SetUp() override {
    NetFilterTest::SetUp();
    if (IsSkipped()) return;
    state.install();
    filter.initialize(guid);
  }

  compat::NetFilter filter;
};

/// The id of the loopback; 0 where there is none.
inline int loopback() {
  for (const capture::Adapter& adapter : capture::adapters()) {
    if (has(adapter.flags, capture::AdapterFlags::loopback)) return static_cast<int>(adapter.id);
  }
  return 0;
}

}  // namespace weir::test

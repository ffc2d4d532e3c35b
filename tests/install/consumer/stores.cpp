// A user's program: touches weir::stores.
#include <weir/stores/flow_database.h>

#include <cstdio>

int main(int, char** argv) {
  weir::stores::FlowDatabase database{argv[1]};
  database.begin_run({.source = "nothing"});
  database.end_run(weir::stores::RunState::complete);
  database.commit();
  try {
    const weir::stores::FlowDatabase nowhere{"/no/such/folder/flows.db"};
  } catch (const weir::Error& error) {
    std::puts(weir::error_name(error.code()));
    return 0;
  }
  return 1;
}

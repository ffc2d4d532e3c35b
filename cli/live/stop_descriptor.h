// What a signal handler makes readable, for commands that wait for descriptors.
#pragma once

namespace weir::cli {

/// For StopOnSignal; stop() by any thread too.
class StopDescriptor {
 public:
  /// Throws SystemError.
  StopDescriptor();
  StopDescriptor(const StopDescriptor&) = delete;
  StopDescriptor& operator=(const StopDescriptor&) = delete;
  ~StopDescriptor();

  void stop() const noexcept;
  /// It is not readable any more.
  void clear() const noexcept;
  [[nodiscard]] int number() const noexcept { return number_; }

 private:
  int number_;
};

}  // namespace weir::cli

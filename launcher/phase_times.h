#pragma once

#include <chrono>
#include <string>
#include <string_view>

namespace launcher {

/// How long each phase of a start took, for --explain. A phase lasts until the next one begins.
class PhaseTimes {
 public:
  void begin(std::string_view phase);
  /// "time: PHASE 0.4 ms, PHASE 101.2 ms", in their order; ends the last one.
  [[nodiscard]] std::string text();

 private:
  void end();

  std::string current_;
  std::chrono::microseconds since_{};
  std::string ended_;
};

}  // namespace launcher

#include "launcher/phase_times.h"

#include "base/clock.h"

namespace launcher {

void PhaseTimes::begin(std::string_view phase) {
  end();
  current_ = phase;
  since_ = base::monotonic_now();
}

std::string PhaseTimes::text() {
  end();
  return "time: " + ended_;
}

void PhaseTimes::end() {
  if (current_.empty()) return;
  const auto tenths = (base::monotonic_now() - since_).count() / 100;
  ended_ += (ended_.empty() ? "" : ", ") + current_ + " " + std::to_string(tenths / 10) + "." +
            std::to_string(tenths % 10) + " ms";
  current_.clear();
}

}  // namespace launcher

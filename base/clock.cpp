#include "base/clock.h"

#include <array>
#include <ctime>
#include <thread>

namespace base {

UnixSeconds now() {
  return static_cast<UnixSeconds>(std::time(nullptr));
}

std::chrono::microseconds monotonic_now() {
  return std::chrono::duration_cast<std::chrono::microseconds>(
      std::chrono::steady_clock::now().time_since_epoch());
}

void pause(std::chrono::milliseconds time) {
  std::this_thread::sleep_for(time);
}

std::string format_utc(UnixSeconds time, const char* format) {
  const std::time_t seconds = time;
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  std::array<char, 128> text{};
  const std::size_t size = std::strftime(text.data(), text.size(), format, &parts);
  return {text.data(), size};
}

}  // namespace base

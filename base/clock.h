#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace base {

/// Seconds since 1970-01-01 UTC. Stages that need the time take it as a value; only main asks.
using UnixSeconds = std::int64_t;

[[nodiscard]] UnixSeconds now();

/// Whether a time is one that cannot be: of a machine whose clock was not set, it is before this
/// program was written.
[[nodiscard]] constexpr bool is_before_this_program(UnixSeconds time) {
  return time < 1767225600;  // 2026-01-01 UTC
}

/// Time since an arbitrary start, for measuring phases.
[[nodiscard]] std::chrono::microseconds monotonic_now();

/// Waits that long, or longer.
void pause(std::chrono::milliseconds time);

/// `strftime` in UTC; "%d-%m-%Y %H:%M:%S UTC" is the form in elasticsearch.yml.
[[nodiscard]] std::string format_utc(UnixSeconds time, const char* format);

}  // namespace base

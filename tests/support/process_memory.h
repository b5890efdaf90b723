#pragma once

#include <sys/types.h>

#include <cstddef>
#include <string>
#include <vector>

namespace test_support {

/// A place in the memory of a process where a text stands.
struct MemoryPlace {
  std::string mapping;  ///< what /proc/PID/smaps calls it; empty: anonymous memory
  bool locked = false;  ///< it is never swapped
};

struct MemorySearch {
  std::size_t bytes_seen = 0;
  std::vector<MemoryPlace> found;
};

/// Looks for a text in all that can be read of a process. Needs root, or the right to trace it.
[[nodiscard]] MemorySearch search_memory(pid_t pid, const std::string& text);

/// The relay of a node that runs: the process whose stdin is the pipe that the JVM's stderr goes
/// to. 0: there is none.
[[nodiscard]] pid_t relay_of(pid_t jvm);

}  // namespace test_support

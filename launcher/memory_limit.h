#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace launcher {

/// How much memory this process may use, and which file says so.
struct MemoryLimit {
  std::uint64_t bytes = 0;
  std::string source;
};

/// One limit of a control group or of the machine.
using MemoryLimits = std::vector<MemoryLimit>;

/// The smallest of them; {0, ""} for none.
[[nodiscard]] MemoryLimit smallest(const MemoryLimits& limits);

/// The files that may limit the memory of a process, from /proc/self/cgroup and
/// /proc/self/mountinfo: memory.max (v2) or memory.limit_in_bytes (v1) of its group and of every
/// group above it that can be seen.
[[nodiscard]] std::vector<std::string> memory_limit_files(const std::string& self_cgroup,
                                                          const std::string& mountinfo);

/// Bytes that such a file allows; nullopt for "max" and anything else that is no number.
[[nodiscard]] std::optional<std::uint64_t> parse_limit(std::string_view text);

/// Bytes of MemTotal, the first line of /proc/meminfo (proc_meminfo(5)); nullopt where it is not.
[[nodiscard]] std::optional<std::uint64_t> parse_total_memory(std::string_view meminfo);

/// Reads them, and MemTotal of /proc/meminfo. A file that is missing or says "max" limits nothing.
[[nodiscard]] MemoryLimit observe_memory_limit();

}  // namespace launcher

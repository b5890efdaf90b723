#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace launcher {

/// The end of the node's log, where the reason of a failed start stands.
struct NodeLog {
  std::string path;
  std::uint64_t size_at_start = 0;  ///< what earlier starts wrote
};

/// The lines of the last ERROR or FATAL events in `text` (the pattern layout of log4j2.properties:
/// [time][LEVEL][logger] [node] message), without stack frames, each with its newline. At most
/// `max_lines`, the last ones. Empty: there is no such event.
[[nodiscard]] std::string fatal_lines(std::string_view text, std::size_t max_lines);

/// fatal_lines() of what the log has gained since the start, or of the whole where it is shorter
/// than then (the node rotated it). Empty where the file cannot be read. Reads 64 KiB at most.
[[nodiscard]] std::string last_fatal_lines(const NodeLog& log);

}  // namespace launcher

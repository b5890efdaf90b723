#pragma once

#include <cstdint>
#include <span>

/// Each reads the bytes as what comes from outside while a node starts, and aborts where a parser
/// breaks its promises. Returns whether the bytes were of use.
bool fuzz_stderr_filter(std::span<const std::uint8_t> bytes);     ///< the node's stderr
bool fuzz_node_log(std::span<const std::uint8_t> bytes);          ///< the end of its log
bool fuzz_enrollment_token(std::span<const std::uint8_t> bytes);  ///< --enrollment-token
bool fuzz_enroll_reply(std::span<const std::uint8_t> bytes);      ///< body of the enroll API
bool fuzz_control_groups(std::span<const std::uint8_t> bytes);    ///< /proc and cgroup files

#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "launcher/memory_limit.h"
#include "launcher/node_state.h"

namespace launcher {

/// One limit of the process; nullopt is unlimited.
using Limit = std::optional<std::uint64_t>;

/// A path that the node writes to, and whether it can.
struct WritablePath {
  std::string path;
  bool writable = false;
};

/// What the machine offers the node.
struct HostFacts {
  base::UnixSeconds now = 0;
  std::optional<std::uint64_t> max_map_count;  ///< vm.max_map_count
  Limit open_files;
  Limit processes;
  Limit locked_memory_bytes;
  bool locks_memory = false;  ///< bootstrap.memory_lock
  std::string temp_directory;
  bool temp_noexec = false;
  MemoryLimit memory;
  std::uint64_t heap_bytes = 0;  ///< what the node would get; 0: the options settle it
  std::vector<WritablePath> writable_paths;
  std::vector<std::string> ports_in_use;
  std::vector<std::string> public_addresses;  ///< of those that the node would bind to
  std::vector<std::string> certificate_complaints;
};

/// Looks at the machine for this node. Changes nothing.
[[nodiscard]] HostFacts observe_host(const NodeState& node, const Environment& environment);

/// Whether an address in text form can be reached from the internet: none of the private, shared,
/// loopback, link-local, documentation and multicast ranges (RFC 6890).
[[nodiscard]] bool is_public_address(const std::string& address);

/// One preflight check: advice, never in the way of a start.
struct PreflightCheck {
  std::string_view name;
  std::string_view looks_at;
  /// nullopt: as it should be.
  std::optional<Finding> (*run)(const HostFacts& host);
};
[[nodiscard]] std::span<const PreflightCheck> preflight_checks();

}  // namespace launcher

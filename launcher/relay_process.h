#pragma once

#include <sys/types.h>

#include <array>
#include <cstdint>
#include <type_traits>

#include "launcher/stderr_filter.h"

namespace launcher {

/// What main tells the process beside the node, each time as a whole; written in one piece, smaller
/// than PIPE_BUF, and without pointers.
struct RelayOrders {
  std::uint64_t log_size_at_start = 0;
  bool armed = false;
  bool node_notifies = false;
  StderrRules rules;
  std::array<char, 2048> log_file{};
  std::array<char, 108> notify_socket{};
};
// Padding would carry bytes of a stack that has held secrets.
static_assert(std::has_unique_object_representations_v<RelayOrders>);

/// What the process beside the node has.
struct RelayRole {
  int node_stderr = -1;  ///< what the node says
  int control = -1;      ///< where orders come from, up to the exec
  pid_t node = 0;        ///< its child that becomes the node; 0: the node is not its child
  bool until_ready = false;
};

/// Passes the node's stderr on and informs the service manager until the stream ends. As the parent
/// of the node it also passes signals on to it, reaps whatever else becomes its child, and ends
/// with the node's exit code (128+n for a signal n), or with 0 once the node is ready where that is
/// all it waits for.
[[noreturn]] void become_relay(RelayRole role);

}  // namespace launcher

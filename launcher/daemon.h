#pragma once

#include <span>

#include "base/result.h"
#include "base/secret.h"

namespace launcher {

/// In the caller of --daemonize: the exit code to end with. In the process that goes on to become
/// the node: where the relay says that it is ready.
struct DaemonFork {
  bool is_caller = false;
  int exit_code = 0;
  int notify_ready_fd = -1;
};

/// Forks the process that becomes the node. The caller's side wipes `secrets` and returns once the
/// node is ready (0) or has ended (its exit code, 128+n for a signal). Error: kInternal.
base::Result<DaemonFork> fork_daemon(std::span<base::Secret* const> secrets);

}  // namespace launcher

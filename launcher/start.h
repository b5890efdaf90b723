#pragma once

#include <optional>

#include "base/result.h"
#include "launcher/node_state.h"
#include "launcher/process_state.h"
#include "launcher/relay.h"
#include "launcher/service_manager.h"

namespace launcher {

/// What a start works with.
struct StartContext {
  Request request;
  Relay* relay = nullptr;
  ServiceManager manager;
  std::optional<SigpipeIgnored>* sigpipe = nullptr;
};

/// The chain: observe, decide, configure where all checks pass, then become the JVM. Returns only
/// on failure.
[[nodiscard]] base::Error start(StartContext* context);

/// The same without a change: prints what would be written and the command of the JVM. Exit codes
/// as those of `esboot check`. Errors: those of a start, except the ones of writing.
base::Result<int> dry_run(const Request& request);

}  // namespace launcher

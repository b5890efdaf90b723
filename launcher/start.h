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

}  // namespace launcher

#pragma once

#include <optional>
#include <string>

#include "base/result.h"
#include "launcher/environment.h"
#include "launcher/options.h"
#include "launcher/process_state.h"
#include "launcher/relay.h"

namespace launcher {

/// What a start works with.
struct StartContext {
  std::string invoked_as;  ///< argv[0]
  StartOptions options;
  Environment environment;
  EnvironmentSecrets secrets;
  Relay* relay = nullptr;
  std::optional<SigpipeIgnored>* sigpipe = nullptr;
};

/// The chain: observe, decide, configure where all checks pass, then become the JVM. Returns only
/// on failure.
[[nodiscard]] base::Error start(StartContext* context);

}  // namespace launcher

#pragma once

#include <optional>
#include <string>

#include "base/files.h"
#include "base/result.h"
#include "launcher/environment.h"
#include "launcher/first_start_checks.h"
#include "launcher/node_keystore.h"
#include "launcher/node_site.h"
#include "launcher/options.h"

namespace launcher {

/// Who asks, with what.
struct Request {
  std::string invoked_as;  ///< argv[0]
  StartOptions options;
  Environment environment;
  EnvironmentSecrets secrets;
  /// What the checks take the node's stdout for; nullopt: what the stdout of this process is.
  std::optional<StreamKind> assumed_stdout;
};

/// A node as it is on disk, what its settings are, and whether it would be configured.
struct NodeState {
  NodeSite site;
  NodeSettings settings;
  NodeKeystore keystore;
  base::Secret supplied_password;  ///< for elastic; empty: nobody supplied one
  NodeFacts facts;
  Verdict verdict;
};

/// Reads and decides, changes nothing. Errors: those of the settings and the keystore.
base::Result<NodeState> observe_node(NodeSite site, const Request& request);

}  // namespace launcher

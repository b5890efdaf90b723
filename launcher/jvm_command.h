#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "launcher/environment.h"
#include "launcher/heap.h"
#include "launcher/installation.h"
#include "launcher/jvm_options.h"
#include "launcher/memory_limit.h"
#include "launcher/settings.h"

namespace launcher {

/// What is executed in the end: nothing about it is secret.
struct JvmCommand {
  std::string program;
  std::vector<std::string> arguments;  ///< without argv[0]
  std::map<std::string, std::string> environment;
  std::string working_directory;
  std::string heap_explanation;  ///< one sentence: limit, where it is from, class of node, result
};

struct JvmCommandInput {
  const Installation& installation;
  const Jdk& jdk;
  const Environment& environment;
  const Settings& settings;
  const std::optional<std::string>& yml;  ///< text of elasticsearch.yml, nullopt: there is none
  const std::vector<JvmOption>& options;
  std::string config_directory;
  std::string logs_directory;
  std::string temp_directory;
  std::string entitlement_bridge;  ///< relative to home; empty where the version has none
  MemoryLimit memory;
  int available_processors = 1;
  std::vector<std::string> apm_options = {};  ///< from make_apm_options
};

/// The one jar below lib/entitlement-bridge, relative to home; empty where there is no such
/// directory. Error: kInternal unless there is exactly one.
base::Result<std::string> find_entitlement_bridge(const std::string& home);

/// Puts the command together (behaviour page 2.5 and 3). Asks a JVM for its flags only where they
/// cannot be derived. Errors: kInternal.
base::Result<JvmCommand> make_jvm_command(const JvmCommandInput& input);

}  // namespace launcher

#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "keystore/keystore.h"
#include "launcher/installation.h"
#include "launcher/settings.h"

namespace launcher {

struct ApmInput {
  const Installation& installation;
  const Settings& settings;
  const keystore::Entries& secrets;
  std::string logs_directory;
  std::string temp_directory;
};

/// The JVM options that attach the APM agent (behaviour page 3.9); none where telemetry.agent names
/// no server. What the agent takes from a file only is written into the temp directory, mode 0600.
/// Errors: kInternal without exactly one agent jar, which is looked for at every start; kConfig for
/// a setting that is not the user's; kIo.
base::Result<std::vector<std::string>> make_apm_options(const ApmInput& input);

}  // namespace launcher

#pragma once

#include <span>
#include <string>

#include "launcher/environment.h"
#include "launcher/keystore_options.h"
#include "launcher/keystore_store.h"

/// `esboot keystore`, which is elasticsearch-keystore when called by that name (behaviour page
/// section 8).
namespace launcher {

/// What every command needs to know about where it runs.
struct KeystoreContext {
  std::string home;  ///< ES_HOME: the relative paths of add-file start here, as in stock
  KeystoreSite site;
  std::string credentials_directory;  ///< $CREDENTIALS_DIRECTORY, or empty
};

/// Runs the command that `arguments` (what follows `keystore`) name for the installation that
/// `invoked_as` (argv[0]) and the environment lead to, and reports its failure. Returns the exit
/// code of the process.
[[nodiscard]] int run_keystore_command(std::span<const std::string> arguments,
                                       const std::string& invoked_as,
                                       const Environment& environment);

}  // namespace launcher

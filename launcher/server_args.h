#pragma once

#include <optional>
#include <string>

#include "base/secret.h"
#include "keystore/keystore.h"
#include "launcher/settings.h"
#include "launcher/version_table.h"

namespace launcher {

/// What the server reads from its stdin before anything else.
struct ServerArgs {
  bool daemonize = false;
  bool quiet = false;
  std::string pid_file;  ///< absolute, or empty
  int keystore_format = 0;
  bool keystore_has_passphrase = false;
  /// The encrypted block of the keystore file; nullptr for one that is in memory only.
  const std::vector<std::uint8_t>* keystore_data_block = nullptr;
  const keystore::Entries& secrets;
  const base::Secret& keystore_passphrase;  ///< only 8.3 is given it
  const Settings& settings;
  std::string config_directory;
  std::string logs_directory;
};

/// The bytes (behaviour page section 7) in the form of one version.
[[nodiscard]] base::Secret encode_server_args(const ServerArgs& args, ServerArgsForm form);

}  // namespace launcher

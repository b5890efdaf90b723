#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace test_support {

/// ServerArgs as the server reads them, decoded without the code under test (behaviour page 7).
struct DecodedServerArgs {
  std::string keystore_password;  ///< 8.3 only, which has no secrets here
  bool daemonize = false;
  bool quiet = false;
  std::string pid_file;
  int keystore_format = 0;
  bool has_passphrase = false;
  bool has_data_block = false;
  std::map<std::string, std::string> secrets;
  std::map<std::string, std::vector<std::string>> settings;  ///< a text is a list of one
  std::string config_directory;
  std::string logs_directory;
};

/// What the stream holds beside settings and paths.
enum class ServerArgsLayout {
  kPassword,        ///< 8.3: the keystore's passphrase; no logs directory
  kSecrets,         ///< 8.4 to 8.12: the keystore; no logs directory
  kSecretsAndLogs,  ///< from 8.13
};

/// nullopt where the bytes are not exactly one ServerArgs of that layout.
[[nodiscard]] std::optional<DecodedServerArgs> decode_server_args(
    const std::string& bytes, ServerArgsLayout layout = ServerArgsLayout::kSecretsAndLogs);

}  // namespace test_support

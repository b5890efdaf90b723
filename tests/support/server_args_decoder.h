#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace test_support {

/// ServerArgs as the server reads them, decoded without the code under test (behaviour page 7).
struct DecodedServerArgs {
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

/// nullopt where the bytes are not exactly one ServerArgs of 8.13 or later.
[[nodiscard]] std::optional<DecodedServerArgs> decode_server_args(const std::string& bytes);

}  // namespace test_support

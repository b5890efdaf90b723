#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/secret.h"

namespace launcher {

/// What came in secret variables. A variable that was not set gives an empty secret.
struct EnvironmentSecrets {
  base::Secret elastic_password;   ///< ELASTIC_PASSWORD
  base::Secret keystore_password;  ///< KEYSTORE_PASSWORD
  base::Secret enrollment_token;   ///< ENROLLMENT_TOKEN

  void wipe();
};

/// The variables of the process as a value, without those that are secret.
struct Environment {
  std::map<std::string, std::string> variables;

  [[nodiscard]] bool has(const std::string& name) const { return variables.contains(name); }
  /// The value, or empty.
  [[nodiscard]] std::string get(const std::string& name) const;
};

/// Moves the secret variables out of the process: their values in the initial environment block,
/// which /proc shows, are overwritten. The first act of the program.
EnvironmentSecrets take_environment_secrets();

/// Everything else. HOSTNAME is the host's name where the caller did not set it, as a shell would
/// do it (behaviour page 1.1 step 6).
Environment read_environment();

}  // namespace launcher

#pragma once

#include <string>

#include "base/secret.h"

namespace launcher {

/// What an operator needs after a first start.
struct Credentials {
  const base::Secret& elastic_password;  ///< empty: the keystore already had one
  std::string http_ca_path;
  std::string http_ca_sha256_hex;
  std::string http_port;
  std::string password_file_path;  ///< where it was written, or empty: show it on the terminal
};

/// Shows them on the terminal that stdout is, else on the one that stderr is. Without a terminal
/// only says on stderr where the password was written.
void show_credentials(const Credentials& credentials);

}  // namespace launcher

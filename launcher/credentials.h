#pragma once

#include <string>

#include "base/secret.h"

namespace launcher {

/// What an operator needs after a first start.
struct Credentials {
  const base::Secret& elastic_password;  ///< empty: supplied, or the keystore already had one
  std::string http_ca_path;              ///< empty: HTTP has no TLS
  std::string http_ca_sha256_hex;
  std::string http_port;
  std::string bin;            ///< where the stock tools are
  bool gives_tokens = false;  ///< whether they can make enrollment tokens for this node
  std::string written_to;     ///< the file that has the password, or empty: show it on the terminal
};

/// Shows them on the terminal that stdout is, else on the one that stderr is. Without a terminal,
/// or where a file was named, only says on stderr where the password was written.
void show_credentials(const Credentials& credentials);

/// {"user": ..., "password": ..., "ca_file": ..., "ca_sha256": ...} and a newline, for programs.
[[nodiscard]] base::Secret credentials_json(const std::string& user, const base::Secret& password,
                                            const std::string& http_ca_path,
                                            const std::string& http_ca_sha256_hex);

}  // namespace launcher

#pragma once

#include <filesystem>
#include <string>

#include "certgen/tls_material.h"
#include "tests/support/child_process.h"
#include "tests/support/temp_dir.h"

namespace test_support {

/// An ES_HOME that holds no Elasticsearch, but a configuration as auto-configuration leaves it: the
/// settings, the keystore with the store passwords, and certs.
class NodeDirectories {
 public:
  /// EC keys, made as if at `made_at`.
  explicit NodeDirectories(base::UnixSeconds made_at, const std::string& passphrase = "");

  /// Writes a keystore with these store passwords.
  void write_keystore(const std::string& http_password, const std::string& transport_password,
                      const std::string& passphrase) const;

  /// Runs the built program for this home.
  [[nodiscard]] ChildResult esboot(const std::vector<std::string>& arguments) const;

  [[nodiscard]] std::filesystem::path config() const { return home_ / "config"; }
  [[nodiscard]] std::filesystem::path certs() const { return config() / "certs"; }
  [[nodiscard]] std::filesystem::path http_p12() const { return certs() / "http.p12"; }
  [[nodiscard]] std::filesystem::path http_ca_crt() const { return certs() / "http_ca.crt"; }
  [[nodiscard]] const std::string& http_password() const { return http_password_; }
  [[nodiscard]] const std::string& transport_password() const { return transport_password_; }

 private:
  TempDir home_;
  std::string http_password_;
  std::string transport_password_;
};

}  // namespace test_support

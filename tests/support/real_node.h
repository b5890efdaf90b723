#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tests/support/background_process.h"

namespace test_support {

/// A real Elasticsearch of one version in a directory of its own, owned by the unprivileged user of
/// tests, with esboot in its bin and ports of its own.
class RealNode {
 public:
  /// nullptr, with a SKIPPED line for `test`, where the distribution or a JDK for it is not to be
  /// had.
  static std::unique_ptr<RealNode> make(const std::string& test, const std::string& version);
  ~RealNode();
  RealNode(const RealNode&) = delete;
  RealNode& operator=(const RealNode&) = delete;

  [[nodiscard]] std::filesystem::path home() const { return directory_ / "es"; }
  [[nodiscard]] std::filesystem::path config() const { return home() / "config"; }
  [[nodiscard]] std::filesystem::path file(const std::string& name) const {
    return directory_ / name;
  }
  [[nodiscard]] int http_port() const { return http_port_; }

  /// Starts esboot with stdout on a terminal; what it shows goes to file("terminal").
  [[nodiscard]] std::unique_ptr<BackgroundProcess> start_on_terminal();
  /// Starts it with stdout and stderr in file("out") and file("err").
  [[nodiscard]] std::unique_ptr<BackgroundProcess> start_redirected();
  /// The same through pipes, so that neither is a terminal nor a regular file.
  [[nodiscard]] std::unique_ptr<BackgroundProcess> start_piped(
      const std::vector<std::string>& arguments = {});

  /// Runs a stock tool of this node as its user to the end; what it said on stdout.
  [[nodiscard]] std::string run_stock(const std::vector<std::string>& command) const;

  /// The exit code of `esboot ready`.
  [[nodiscard]] int ready() const;

  /// The status of GET /_security/_authenticate with http_ca.crt, "000" for none. `password`
  /// nullopt: without credentials.
  [[nodiscard]] std::string authenticate(const std::optional<std::string>& password) const;
  /// authenticate() until it is 200, or two minutes have passed: the last answer. A node that has
  /// just become ready answers 503 or 401 for some seconds, until the security index is there.
  [[nodiscard]] std::string authenticate_when_up(const std::string& password) const;
  /// curl's exit code for plain http.
  [[nodiscard]] int plain_http() const;

  [[nodiscard]] std::string text_of(const std::string& name) const;

 private:
  explicit RealNode(std::filesystem::path directory) : directory_(std::move(directory)) {}
  [[nodiscard]] BackgroundProcess::Request request(const std::vector<std::string>& wrapper) const;

  std::filesystem::path directory_;
  std::string jdk_;
  int http_port_ = 0;
  int transport_port_ = 0;
};

}  // namespace test_support
